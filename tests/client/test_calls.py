"""One method per call, typed results, the daemon's errors as exceptions: both clients alike."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gsmd import client as library
from gsmd.client import AsyncClient, Client
from gsmd.handlers.base import HandlerError
from gsmd.modem.errors import ModemUnavailable, PinRefused
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.handlers import DeadLetter
from gsmd.protocol.message import Message, Ports, State
from tests.api.fake_backend import AT, FakeReply, FakeResult, a_message
from tests.client.daemon import Daemon


class Calls:
    """Calls the same method of either client, and waits for it where that is needed."""

    def __init__(self, client: Client | AsyncClient) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.client, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            result = method(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        return call


@pytest.fixture(params=[Client, AsyncClient])
async def calls(request: pytest.FixtureRequest, daemon: Daemon) -> Any:
    client = request.param(daemon.path, timeout=20)
    yield Calls(client)
    await Calls(client).close()


async def test_sending_gives_the_message(calls: Calls) -> None:
    message = await calls.send("+33611111111", "hello", tag="t")
    assert isinstance(message, Message)
    assert (message.peer, message.text, message.tag, message.state) == (
        "+33611111111",
        "hello",
        "t",
        State.QUEUED,
    )
    assert message.created_at.tzinfo is not None
    assert await calls.get(message.id) == message


async def test_options_may_be_python_values(calls: Calls, daemon: Daemon) -> None:
    await calls.send(
        "+331",
        data=b"\x00\xff",
        validity=timedelta(hours=1),
        not_before=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        ports=Ports(2948, 0),
    )
    await calls.send("+331", "x", validity="24h", not_before="2026-01-02T03:04:05+01:00")
    first, second = daemon.backend.requests
    assert (first.data, first.validity, first.ports) == ("00ff", 3600.0, Ports(2948, 0))
    assert first.not_before == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert second.validity == 86400.0


async def test_a_time_without_a_zone_is_local(calls: Calls, daemon: Daemon) -> None:
    at = datetime(2026, 7, 1, 12, 0, 0)  # noqa: DTZ001 -- that is the point
    await calls.send("+331", "x", not_before=at)
    assert daemon.backend.requests[0].not_before == at.astimezone()


async def test_listing_page_by_page(calls: Calls) -> None:
    sent = [await calls.send("+331", f"{number}") for number in range(5)]
    first = await calls.list(direction="outbound", limit=3)
    assert [message.id for message in first.messages] == [m.id for m in sent[:1:-1]]
    rest = await calls.list(direction="outbound", limit=3, after=first.next)
    assert [message.id for message in rest.messages] == [sent[1].id, sent[0].id]
    assert rest.next is None


async def test_a_story(calls: Calls) -> None:
    message = await calls.send("+331", "x")
    history = await calls.show(message.id)
    assert history.message == message
    assert (history.parts[0].pdu, history.events[0].at, history.deliveries[0].handler) == (
        "0001",
        AT,
        "crm",
    )


async def test_cancelling_and_retrying(calls: Calls) -> None:
    message = await calls.send("+331", "x")
    assert (await calls.cancel(message.id)).state is State.CANCELLED
    assert (await calls.retry(message.id)).state is State.QUEUED


async def test_waiting_until_a_message_has_got_somewhere(calls: Calls, daemon: Daemon) -> None:
    message = await calls.send("+331", "x")
    daemon.do(daemon.backend.become, message.id, State.SENT)
    assert (await calls.wait(message.id, "sent")).state is State.SENT


async def test_waiting_in_vain(calls: Calls) -> None:
    message = await calls.send("+331", "x")
    with pytest.raises(library.TimedOut) as caught:
        await calls.wait(message.id, State.SENT, timeout=0.01)
    assert (caught.value.code, caught.value.reason) == (7, "timeout")


async def test_modems(calls: Calls, daemon: Daemon) -> None:
    (modem,) = await calls.modems()
    assert (modem.name, modem.state, modem.signal_dbm, modem.since) == ("north", "ready", -71, AT)
    assert (modem.storage.used, modem.storage.total, modem.counters.sent) == (3, 30, 2)
    assert await calls.modem("north") == modem
    assert await calls.reset("north") == modem
    assert await calls.unlock("north", "1234") == modem
    north = daemon.backend.fleet["north"]
    assert (north.resets, north.pins) == (1, ["1234"])


async def test_raw_commands_and_ussd(calls: Calls, daemon: Daemon) -> None:
    north = daemon.backend.fleet["north"]
    north.answers["AT+CSQ"] = FakeReply(("+CSQ: 20,99",), FakeResult("OK"))
    north.answers["*100#"] = FakeReply((), None, "Your balance", session=True)
    reply = await calls.at("north", "AT+CSQ", timeout=5)
    assert (reply.lines, reply.result) == (["+CSQ: 20,99"], "OK")
    answer = await calls.ussd("north", "*100#", timeout=5)
    assert (answer.text, answer.session) == ("Your balance", True)


async def test_handlers_and_dead_letters(calls: Calls, daemon: Daemon) -> None:
    daemon.do(daemon.backend.queue, "crm")
    daemon.receive(id_="i1")
    (handler,) = await calls.handlers()
    assert (handler.name, handler.pending, handler.connected) == ("crm", 1, False)
    letter = DeadLetter(handler="crm", attempts=20, reason="down", at=AT, message=a_message("i1"))
    daemon.backend.letters.append(letter)
    (dead,) = await calls.dead("crm", limit=5)
    assert (dead.reason, dead.message.id, dead.at) == ("down", "i1", AT)
    assert await calls.redrive("crm", "i1") == 1
    assert await calls.redrive("crm") == 1
    assert await calls.redrive("crm", "i2") == 0


async def test_the_daemon_and_its_store(calls: Calls, daemon: Daemon) -> None:
    info = await calls.info()
    assert (info.protocol, info.modems, info.socket) == (1, 1, str(daemon.path))
    assert "admin" in info.roles
    assert await calls.purge("90d") == 7
    await calls.backup("/tmp/copy.db")
    assert daemon.backend.purged == [90 * 86400.0]
    assert daemon.backend.backups == ["/tmp/copy.db"]


async def test_any_method_by_its_name(calls: Calls) -> None:
    assert (await calls.call("server.info"))["protocol"] == 1
    assert (await calls.call("messages.list", limit=1, after=None)) == {
        "messages": [],
        "next": None,
    }


@pytest.mark.parametrize(
    ("method", "params", "kind", "code", "reason"),
    [
        ("messages.get", {"id": "x"}, library.NotFound, 2, "no_such_message"),
        ("messages.send", {"to": "abc", "text": "x"}, library.Invalid, 3, "bad_number"),
        ("messages.send", {"to": 5, "text": "x"}, library.Invalid, -32602, "wrong_type"),
        ("no.such.method", {}, library.ProtocolError, -32601, "unknown_method"),
        ("inbox.subscribe", {"handler": "hook"}, library.Conflict, 6, "not_a_socket"),
    ],
)
async def test_what_the_daemon_refuses_is_an_exception_with_its_reason(
    calls: Calls, method: str, params: Any, kind: type[library.GsmdError], code: int, reason: str
) -> None:
    with pytest.raises(kind) as caught:
        await calls.call(method, **params)
    assert (caught.value.code, caught.value.reason) == (code, reason)
    assert str(caught.value) == caught.value.message != ""
    assert isinstance(caught.value, library.GsmdError)


@pytest.mark.parametrize(
    ("failure", "kind", "reason"),
    [
        (ModemUnavailable("absent: no such port"), library.ModemUnavailable, "modem_unavailable"),
        (PinRefused("2 tries left"), library.RefusedError, "pin_refused"),
        (
            Refused(Code.REFUSED, "no", reason="opted_out", cms=38),
            library.RefusedError,
            "opted_out",
        ),
        (Refused(Code.NOT_PERMITTED, "no", reason="x"), library.NotPermitted, "x"),
        (HandlerError("a defect"), library.ProtocolError, "internal_error"),
    ],
)
async def test_what_a_modem_refuses_is_an_exception_too(
    calls: Calls,
    daemon: Daemon,
    failure: Exception,
    kind: type[library.GsmdError],
    reason: str,
) -> None:
    daemon.backend.fleet["north"].failure = failure
    with pytest.raises(kind) as caught:
        await calls.reset("north")
    assert caught.value.reason == reason


async def test_the_field_at_fault_is_named(calls: Calls) -> None:
    with pytest.raises(library.Invalid) as caught:
        await calls.send("abc", "x")
    assert caught.value.field == "to"


async def test_the_next_call_finds_a_daemon_that_was_restarted(
    calls: Calls, daemon: Daemon
) -> None:
    await calls.info()
    daemon.stop()
    daemon.start()
    assert (await calls.info()).protocol == 1


async def test_without_a_daemon_every_call_says_so(calls: Calls, daemon: Daemon) -> None:
    daemon.stop()
    for _ in range(2):
        with pytest.raises(library.NoDaemon) as caught:
            await calls.info()
        assert str(daemon.path) in str(caught.value)
    daemon.start()


async def test_a_daemon_that_goes_away_before_it_answers(calls: Calls, daemon: Daemon) -> None:
    import asyncio

    daemon.do(daemon.backend.gate.clear)
    pending = asyncio.ensure_future(asyncio.to_thread(_in_a_thread, calls, daemon))
    await asyncio.to_thread(daemon.wait, lambda backend: backend.gated)
    daemon.cut()
    with pytest.raises(library.NoDaemon, match="went away before it answered"):
        await pending
    daemon.do(daemon.backend.gate.set)


def _in_a_thread(calls: Calls, daemon: Daemon) -> None:
    import asyncio

    async def send() -> None:
        other = Calls(type(calls.client)(daemon.path, timeout=20))
        try:
            await other.send("+331", "x")
        finally:
            await other.close()

    asyncio.run(send())


async def test_a_daemon_that_does_not_answer_in_time(calls: Calls, daemon: Daemon) -> None:
    daemon.do(daemon.backend.gate.clear)
    calls.client._connections.timeout = 0.05
    with pytest.raises(library.TimedOut) as caught:
        await calls.send("+331", "x")
    assert (caught.value.code, caught.value.reason) == (None, "no_answer")
    daemon.do(daemon.backend.gate.set)
    calls.client._connections.timeout = 20
    assert (await calls.info()).protocol == 1  # the late answer is not taken for this one's


def test_both_clients_have_the_same_methods_with_the_same_parameters() -> None:
    names = [name for name in dir(Client) if not name.startswith("_")]
    assert names == [name for name in dir(AsyncClient) if not name.startswith("_")]
    for name in names:
        blocking, coroutine = getattr(Client, name), getattr(AsyncClient, name)
        assert signature(blocking) == signature(coroutine), name
        assert blocking.__doc__ is not None


def signature(call: Callable[..., Any]) -> list[tuple[str, object, object]]:
    parameters = inspect.signature(call).parameters.values()
    return [(each.name, each.kind, each.default) for each in parameters]
