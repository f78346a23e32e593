"""A handler that will not come back is let go of, with what waits for it."""

from pathlib import Path

import pytest

from gsmd.config import HandlerConfig
from gsmd.handlers.base import HandlerError
from gsmd.handlers.socket import SocketSettings
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import State
from gsmd.protocol.messages import MessageListParams
from tests.core.bench import Bench, bench, deliver


async def backlog(it: Bench, name: str, *texts: str) -> None:
    """A handler that subscribed once, and what has come since."""
    worker = await it.worker(name)
    it.app.handlers.unsubscribe(name, worker)
    for count, text in enumerate(texts, 1):
        it.modem.arrive(*deliver(text))
        await it.inbox(count)


async def test_what_waits_for_a_removed_handler_is_written_off_and_says_so(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await backlog(it, "old", "one", "two")
        assert await it.app.handlers.remove("old") == 2
        messages = await it.inbox(2)
        assert [message.state for message in messages] == [State.HANDLED, State.HANDLED]
        history = await it.app.messages.show(messages[0].id)
        assert [event.type for event in history.events][1:] == [
            "delivery.written_off",
            "message.handled",
        ]
        assert [(each.state, each.error) for each in history.deliveries] == [
            ("done", "the handler was removed")
        ]
        assert [event.fields for event in it.told("handler.removed")] == [
            {"handler": "old", "written_off": 2}
        ]
        assert await it.app.handlers.status() == []
        await it.restart()
        assert await it.app.handlers.status() == []


async def test_what_another_handler_still_has_to_do_is_left_to_it(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        good = await it.worker("good")
        good.answer = lambda _delivery: HandlerError("later")
        await backlog(it, "old", "one")
        await it.app.handlers.remove("old")
        (message,) = await it.inbox()
        assert message.state is State.RECEIVED
        good.answer = lambda _delivery: None
        await it.pass_time(15)
        await it.reaches(message, State.HANDLED)


async def test_its_dead_letters_go_with_it(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        worker = await it.worker("old")
        worker.answer = lambda _delivery: HandlerError("never", permanent=True)
        it.modem.arrive(*deliver("one"))
        await it.until(lambda: it.told("message.dead"))
        it.app.handlers.unsubscribe("old", worker)
        await it.settled()
        assert await it.app.handlers.remove("old") == 1
        assert await it.app.handlers.dead(None, 10, None) == []
        (message,) = await it.inbox()
        assert message.state is State.DEAD


async def test_the_name_may_come_again_and_begin_where_it_wants(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await backlog(it, "old", "one", "two")
        await it.app.handlers.remove("old")
        worker = await it.worker("old", from_="beginning")
        assert [each.message.text for each in await worker.gets(2)] == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("crm", "configured"), ("busy", "connected"), ("nobody", "no_such_handler")],
)
async def test_a_handler_that_is_configured_connected_or_unknown_stays(
    tmp_path: Path, name: str, reason: str
) -> None:
    async with bench(
        tmp_path, handlers=(HandlerConfig(name="crm", settings=SocketSettings()),)
    ) as it:
        await it.worker("busy")
        with pytest.raises(Refused) as refusal:
            await it.app.handlers.remove(name)
        assert refusal.value.data["reason"] == reason
        assert {each.name for each in await it.app.handlers.status()} == {"crm", "busy"}


async def test_a_handler_that_was_taken_out_of_the_configuration_can_be_removed(
    tmp_path: Path,
) -> None:
    async with bench(
        tmp_path, handlers=(HandlerConfig(name="crm", settings=SocketSettings()),)
    ) as it:
        it.modem.arrive(*deliver("one"))
        await it.until(lambda: it.told("message.received"))
        await it.stop()
        it.config = type(it.config)(
            state_dir=it.config.state_dir, modems=it.config.modems, inbound=it.config.inbound
        )
        await it.start()
        assert await it.app.handlers.remove("crm") == 1


async def test_a_listing_tells_on_request_why_messages_wait(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.vanish()
        first, second = await it.send("one"), await it.send("two")
        page = await it.app.messages.list(MessageListParams(reasons=True))
        assert page.reasons == {
            first.id: "north is absent: unplugged",
            second.id: "an earlier message to the same number goes first",
        }
        assert not (await it.app.messages.list(MessageListParams())).reasons
