"""What typed calls make of parameters and of answers, also those of a daemon of another version."""

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient, Client, ProtocolError
from gsmd.client.parameters import given, to_wire
from gsmd.protocol import optout
from gsmd.protocol.messages import MessageListParams, SendParams
from gsmd.protocol.optout import OptOutParams
from tests.cli.fake_daemon import FakeDaemon
from tests.cli.messages import outbound


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    with FakeDaemon(tmp_path / "s") as daemon:
        yield daemon


@pytest.fixture
def client(daemon: FakeDaemon) -> Iterator[Client]:
    with Client(daemon.path, timeout=20) as client:
        yield client


def listing(daemon: FakeDaemon, *numbers: str) -> None:
    """Lists ``numbers`` at most two on a page."""

    def page(params: dict[str, Any]) -> dict[str, Any]:
        begin = int(params.get("after", 0))
        end = begin + min(2, params["limit"])
        found = [{"peer": each, "at": "2026-01-02T03:04:05.678Z"} for each in numbers[begin:end]]
        return {"optouts": found, "next": str(end) if end < len(numbers) else None}

    daemon.methods["optout.list"] = page


def test_pages_come_one_after_the_other_and_are_asked_for_as_they_are_needed(
    daemon: FakeDaemon, client: Client
) -> None:
    listing(daemon, "+331", "+332", "+333")
    pages = client.pages(client.optout.list)
    assert [each.peer for each in next(pages).optouts] == ["+331", "+332"]
    assert len(daemon.asked("optout.list")) == 1
    assert [each.peer for page in pages for each in page.optouts] == ["+333"]
    assert daemon.asked("optout.list") == [{"limit": 500}, {"limit": 500, "after": "2"}]


def test_pages_may_be_short_and_begin_anywhere(daemon: FakeDaemon, client: Client) -> None:
    listing(daemon, "+331", "+332", "+333")
    pages = client.pages(client.optout.list, limit=1, after="1")
    assert [each.peer for page in pages for each in page.optouts] == ["+332", "+333"]


async def test_pages_of_the_asyncio_client(daemon: FakeDaemon) -> None:
    listing(daemon, "+331", "+332", "+333")
    async with AsyncClient(daemon.path, timeout=20) as client:
        pages = [page async for page in client.pages(client.optout.list)]
    assert [each.peer for page in pages for each in page.optouts] == ["+331", "+332", "+333"]


def test_a_row_and_its_parameters_give_the_whole_result(daemon: FakeDaemon, client: Client) -> None:
    daemon.methods["optout.add"] = lambda _: {"peer": "+331", "added": True}
    assert client.optout.add("331") is True
    assert client.ask(optout.ADD, OptOutParams("331", note="by letter")).peer == "+331"
    assert daemon.asked("optout.add") == [{"peer": "331"}, {"peer": "331", "note": "by letter"}]


def test_what_is_as_usual_is_not_asked_for() -> None:
    assert given(MessageListParams()) == {}
    assert given(MessageListParams(limit=7, reasons=True)) == {"limit": 7, "reasons": True}
    assert given(SendParams("+331", "x", flash=False)) == {"to": "+331", "text": "x"}


def test_parameters_may_be_python_values() -> None:
    assert to_wire(
        {
            "from_": "+331",
            "validity": timedelta(hours=1),
            "not_before": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "data": b"\x00\xff",
            "path": Path("/tmp/x"),
            "tag": None,
        }
    ) == {
        "from": "+331",
        "validity": 3600.0,
        "not_before": "2026-01-02T03:04:05.000Z",
        "data": "00ff",
        "path": "/tmp/x",
    }


def test_what_a_later_daemon_says_besides_is_ignored(daemon: FakeDaemon, client: Client) -> None:
    daemon.methods["messages.get"] = lambda _: outbound(colour="blue")
    assert client.get("out1").id == "out1"


def test_what_an_earlier_daemon_leaves_out_has_its_default(
    daemon: FakeDaemon, client: Client
) -> None:
    daemon.methods["modems.list"] = lambda _: {"modems": [{"name": "north", "state": "ready"}]}
    (modem,) = client.modems()
    assert (modem.reason, modem.storage, modem.counters.sent) == ("", None, 0)


def test_an_answer_that_is_none_is_an_error_that_names_the_place(
    daemon: FakeDaemon, client: Client
) -> None:
    daemon.methods["modems.get"] = lambda _: {"name": "north"}
    with pytest.raises(ProtocolError, match=r"modems\.get cannot be understood.*`state`"):
        client.modem("north")


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_of_many_parameters_two_may_be_given_by_position(kind: type[Any]) -> None:
    places = [
        name
        for name, each in inspect.signature(kind.send).parameters.items()
        if each.kind is each.POSITIONAL_OR_KEYWORD
    ]
    assert places == ["self", "to", "text"]
