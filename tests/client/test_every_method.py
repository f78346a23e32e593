"""Each method of the protocol has its call in both clients, and the calls of two-way messaging give what they say."""

import asyncio
import inspect
import keyword
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from gsmd.api.server import Server
from gsmd.client import AsyncClient, Client, Invalid, TimedOut
from gsmd.config import parse
from gsmd.core.app import App
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.methods import METHODS
from gsmd.store.engine.database import Database

GROUPS = (
    "optout",
    "blocks",
    "lists",
    "consents",
    "campaigns",
    "conversions",
    "carriers",
    "gateways",
    "forms",
    "polls",
    "contests",
    "verify",
    "people",
    "conversations",
)

BY_CLOSING = {"inbox.unsubscribe", "events.unsubscribe", "carriers.detach"}
"""Who wants no more closes the stream."""

IN_GROUPS = [
    each
    for each, row in METHODS.items()
    if each.partition(".")[0] in GROUPS and not row.call and each not in BY_CLOSING
]


def call_of(client: Client | AsyncClient, method: str) -> Any:
    group, _, name = method.partition(".")
    if group in GROUPS and not METHODS[method].call:
        return getattr(getattr(client, group), f"{name}_" if keyword.iskeyword(name) else name)
    return getattr(client, METHODS[method].call or name)


@pytest.mark.parametrize("method", sorted(set(METHODS) - BY_CLOSING))
def test_every_method_has_its_call_in_both_clients(method: str) -> None:
    blocking = call_of(Client("/nowhere"), method)
    coroutine = call_of(AsyncClient("/nowhere"), method)
    assert inspect.signature(blocking).parameters == inspect.signature(coroutine).parameters
    assert blocking.__doc__
    assert coroutine.__doc__


@pytest.mark.parametrize("method", IN_GROUPS)
def test_the_calls_of_a_group_have_the_parameters_of_their_methods(method: str) -> None:
    call = call_of(Client("/nowhere"), method)
    ours = {name.rstrip("_") for name in inspect.signature(call).parameters}
    theirs = set(METHODS[method].params.__struct_encode_fields__)
    assert theirs - ours <= {"dry_run", "after"}  # `forecast`; campaigns come on one page
    assert ours <= theirs


def test_nothing_else_is_in_the_groups() -> None:
    client = Client("/nowhere")
    for group in GROUPS:
        for name, _ in inspect.getmembers(getattr(client, group), inspect.ismethod):
            if not name.startswith("_") and name != "forecast":
                assert f"{group}.{name.rstrip('_')}" in METHODS


# With the real core behind them

CONFIG = (
    "state_dir: {path}\nsocket: {{path: {path}/s}}\nmodems: [{{name: north, port: {path}/none}}]\n"
)


@pytest.fixture
async def path(tmp_path: Path) -> AsyncIterator[Path]:
    config = parse(CONFIG.format(path=tmp_path), "test", HANDLER_KINDS)
    app = await App.open(config, await Database.open(tmp_path / "gsmd.db"))
    server = Server(app, config.socket)
    await server.start()
    yield server.path
    await server.close(grace=1)
    await app.close()


@pytest.fixture(params=[Client, AsyncClient])
async def client(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Any]:
    client = request.param(path, timeout=20)
    yield client
    await ask(client.close)


async def ask(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    if inspect.iscoroutinefunction(function):
        return await function(*args, **kwargs)
    return await asyncio.to_thread(function, *args, **kwargs)


async def test_who_opted_out(client: Any) -> None:
    assert await ask(client.optout.add, "+33611111111", note="by letter")
    assert not await ask(client.optout.add, "+33611111111")
    page = await ask(client.optout.list)
    assert [(each.peer, each.note) for each in page.optouts] == [("+33611111111", "by letter")]
    assert await ask(client.optout.remove, "+33611111111")
    log = await ask(client.optout.log, "+33611111111")
    assert [change.wish for change in log.changes] == ["start", "stop", "stop"]


async def test_lists_and_campaigns(client: Any) -> None:
    assert await ask(client.lists.create, "news")
    people = ["+33611111111", {"peer": "+33622222222", "fields": {"name": "Jo"}}, "nonsense"]
    added = await ask(client.lists.add, "news", people)
    assert (added.added, added.known, added.refused) == (2, 0, ["nonsense"])
    assert [(each.list, each.members) for each in await ask(client.lists.list)] == [("news", 2)]
    page = await ask(client.lists.get, "news", limit=1)
    assert [each.peer for each in page.members] == ["+33611111111"]
    page = await ask(client.lists.get, "news", after=page.next)
    assert page.members[0].fields == {"name": "Jo"}
    forecast = await ask(client.campaigns.forecast, "news", "Hello")
    assert (forecast.recipients, forecast.parts) == (2, 2)
    campaign = await ask(client.campaigns.create, "news", "Hello", per_minute=1)
    assert (await ask(client.campaigns.pause, campaign.id)).state == "paused"
    assert (await ask(client.campaigns.resume, campaign.id)).state == "running"
    assert (await ask(client.campaigns.cancel, campaign.id)).state == "cancelled"
    assert (await ask(client.campaigns.get, campaign.id)).recipients == 2
    assert [each.id for each in (await ask(client.campaigns.list)).campaigns] == [campaign.id]
    converted = await ask(client.conversions.add, "order", "+33611111111", value=2)
    assert (converted.peer, converted.campaigns) == ("+33611111111", [])
    assert await ask(client.lists.remove, "news", ["+33611111111"]) == 1
    await ask(client.lists.delete, "news")
    assert await ask(client.lists.list) == []


async def test_more_people_than_fit_in_one_transaction(client: Any) -> None:
    people = [f"+336{number:08}" for number in range(10_000_000, 10_001_200)]
    added = await ask(client.lists.add, "many", [*people, *people[:5], "nonsense"])
    assert (added.added, added.known, added.refused) == (1200, 5, ["nonsense"])


async def test_polls(client: Any) -> None:
    poll = await ask(client.polls.create, "lunch", ["soup", {"name": "fish", "words": ["F"]}])
    assert (poll.name, poll.tally, poll.votes) == ("lunch", [0, 0], 0)
    assert (await ask(client.polls.get, "lunch")).options == poll.options
    assert (await ask(client.polls.votes, "lunch")).votes == []
    assert (await ask(client.polls.close, "lunch")).state == "closed"
    assert [each.name for each in await ask(client.polls.list)] == ["lunch"]
    draw = await ask(client.polls.draw, "lunch")
    assert (draw.winners, draw.entrants) == ([], 0)
    await ask(client.polls.delete, "lunch")
    assert await ask(client.polls.list) == []


async def test_codes(client: Any) -> None:
    sent = await ask(client.verify.start, "+33611111111", length=5)
    checked = await ask(client.verify.check, sent.id, "wrong")
    assert (checked.ok, checked.reason is None) == (False, False)
    asked = await ask(client.verify.reply, "+33622222222", lifetime="5m")
    assert asked.expires_at > sent.expires_at.replace(year=2000)
    expected = await ask(client.verify.expect, "+33633333333")
    assert expected.code
    with pytest.raises(TimedOut):
        await ask(client.verify.wait, expected.id, timeout=0)


async def test_people(client: Any) -> None:
    await ask(client.send, "+33611111111", "Hello")
    await ask(client.lists.add, "news", ["+33611111111"])
    assert (await ask(client.people.get, "+33611111111")).lists == ["news"]
    page = await ask(client.people.messages, "+33611111111")
    assert [message.text for message in page.messages] == ["Hello"]
    forgotten = await ask(client.people.forget, "+33611111111")
    assert forgotten.peer == "+33611111111"


async def test_the_daemons_figures(client: Any) -> None:
    await ask(client.send, "+33611111111", "Hello")
    waiting = await ask(client.waiting)
    assert (waiting.queued, waiting.held) == (1, 0)
    figures = await ask(client.stats, by="tag")
    assert figures.accepted == 1
    assert figures.sending_time.p50 is None
    assert (await ask(client.log_level)) in ("debug", "info", "warning", "error")
    with pytest.raises(Invalid):
        await ask(client.stats, by="nothing")
