"""Another configuration is taken as a whole, or not at all, wherever it fails."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from gsmd.config import Config, HandlerConfig, parse
from gsmd.core import handler_registry
from gsmd.core.routing import Routing
from gsmd.features.polls.feature import Polls
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.handlers.socket import SocketSettings
from gsmd.protocol import polls as poll_methods
from gsmd.protocol.errors import Refused
from gsmd.protocol.types import Nothing
from gsmd.store.engine.errors import StoreFull
from gsmd.store.tables import deliveries
from tests.core.bench import Bench, bench, deliver
from tests.store.tables.records import message

NEW = """
state_dir: {directory}
modems: [{{name: north, port: /dev/null}}, {{name: south, port: /dev/zero}}]
routes: [{{to: "+44", modems: [north]}}]
handlers: [{{name: fresh, socket: true}}, {{name: crm, socket: true, match: {{keyword: X}}}}]
keywords: {{default: "what?"}}
polls: [{{name: song, question: "Which?", options: [{{name: Anna}}, {{name: Ben}}]}}]
"""

Break = Callable[[pytest.MonkeyPatch, Bench], None]


def other(it: Bench) -> Config:
    return parse(NEW.format(directory=it.path.parent), "test.yaml", HANDLER_KINDS)


def fail(*_arguments: object, **_more: object) -> NoReturn:
    raise StoreFull("no room")


def break_down(*_arguments: object) -> NoReturn:
    raise RuntimeError("a defect")


BREAKS: dict[str, Break] = {
    "the routes": lambda patch, _: patch.setattr(Routing, "of", break_down),
    "a handler": lambda patch, _: patch.setattr(handler_registry, "build", break_down),
    "registering a handler": lambda patch, _: patch.setattr(deliveries, "register", fail),
    "making a poll": lambda patch, _: patch.setattr(Polls, "prepare", fail),
    "the commit": lambda patch, it: patch.setattr(it.database, "write", fail),
}


async def state(it: Bench) -> tuple[object, ...]:
    """Everything that the other configuration would change."""
    try:
        await it.send(to="+33699999999")
        route = "any"
    except Refused as refused:
        route = str(refused)
    return (
        [(each.name, each.transport) for each in await it.app.handlers.status()],
        [each.name for each in it.app.modems.status()],
        [each.name for each in (await it.ask(poll_methods.LIST, Nothing())).polls],
        await it.database.read(lambda c: sorted(deliveries.known(c))),
        it.app._features.fallback(message("hello")),
        route,
    )


CRM = (HandlerConfig(name="crm", settings=SocketSettings()),)


@pytest.mark.parametrize("where", BREAKS)
async def test_what_fails_on_the_way_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        before = await state(it)
        with monkeypatch.context() as patch:
            BREAKS[where](patch, it)
            with pytest.raises((StoreFull, RuntimeError)):
                await it.app.reload(other(it))
        assert await state(it) == before

        await it.app.reload(other(it))
        handlers, modems, polls, known, default, route = await state(it)
        assert handlers == [("crm", "socket"), ("fresh", "socket")]
        assert modems == ["north", "south"]
        assert polls == ["song"]
        assert "fresh" in known  # type: ignore[operator]  # a list, seen as an object
        assert (default, route) == ("gsmd.keywords", "no route leads to +33699999999")


async def test_a_changed_handler_counts_what_its_program_has_in_hand_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bench(tmp_path, handlers=CRM) as it:
        worker = await it.worker(room=1)
        worker.gate = asyncio.Event()
        it.modem.arrive(*deliver("first"), *deliver("X second", at=1))
        await worker.gets(1)

        reloading = asyncio.create_task(it.app.reload(other(it)))
        await it.settled()
        it.modem.arrive(*deliver("X third", at=2))
        await it.inbox(3)
        await it.settled()
        assert worker.texts == ["first"]

        worker.gate.set()
        await reloading
        await worker.gets(3)
        assert worker.most_open == 1
        assert sorted(filter(None, worker.texts)) == ["X second", "X third", "first"]
