"""The asyncio client: the same names as the blocking one, as coroutines."""

import asyncio
import os
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import msgspec

from gsmd.client import types
from gsmd.client.async_groups import (
    AsyncBlocks,
    AsyncCampaigns,
    AsyncLists,
    AsyncOptOut,
    AsyncPeople,
    AsyncPolls,
    AsyncVerify,
)
from gsmd.client.async_link import AsyncLink
from gsmd.client.async_stream import AsyncEventStream, AsyncListener
from gsmd.client.conversation import patience, socket_path
from gsmd.client.errors import NotSent
from gsmd.client.options import Duration, ListOptions, SendOptions, StatsOptions, to_wire
from gsmd.protocol.message import Message, State
from gsmd.protocol.modems import LinePage

T = TypeVar("T")

Modems = list[types.ModemStatus]
Handlers = list[types.HandlerStatus]
DeadLetters = list[types.DeadLetter]


class AsyncClient:
    """Talks to the daemon, any number of calls at once. Connects when first needed, and again when it has to.

    ``socket`` is the path, else ``$GSMD_SOCKET``, else ``/run/gsmd/gsmd.sock``. ``timeout`` is how
    many seconds an answer may take beyond what the call itself waits for; None: any time.

    Errors of every method: `GsmdError` and what is derived from it.
    """

    def __init__(
        self, socket: str | os.PathLike[str] | None = None, *, timeout: float | None = 60.0
    ) -> None:
        self.path = socket_path(socket)
        self._timeout = timeout
        self.optout = AsyncOptOut(self)
        self.blocks = AsyncBlocks(self)
        self.lists = AsyncLists(self)
        self.campaigns = AsyncCampaigns(self)
        self.polls = AsyncPolls(self)
        self.verify = AsyncVerify(self)
        self.people = AsyncPeople(self)
        self._link: AsyncLink | None = None
        self._connecting = asyncio.Lock()

    async def close(self) -> None:
        """End the connection."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def call(self, method: str, /, **params: Any) -> Any:
        """Any method of the protocol; returns the result as JSON values. Parameters that are None are left out."""
        wire = to_wire(params)
        timeout = patience(method, wire, self._timeout)
        link = await self._connected()
        try:
            return await link.request(method, wire, timeout)
        except NotSent:
            # the daemon was restarted since the last call, and has not seen this one
            return await (await self._connected()).request(method, wire, timeout)

    async def _connected(self) -> AsyncLink:
        async with self._connecting:
            if self._link is None or not self._link.alive:
                self._link = await AsyncLink.open(self.path)
            return self._link

    async def _typed(self, kind: type[T], method: str, /, **params: Any) -> T:
        return msgspec.convert(await self.call(method, **params), kind)

    # Messages

    async def send(
        self, to: str, text: str | None = None, **options: Unpack[SendOptions]
    ) -> Message:
        """Send a text (or ``data=``): returns once the message is on the daemon's disk."""
        return await self._typed(Message, "messages.send", to=to, text=text, **options)

    async def get(self, id_: str) -> Message:
        """A message as it is now."""
        return await self._typed(Message, "messages.get", id=id_)

    async def show(self, id_: str) -> types.Story:
        """Everything known about a message."""
        return await self._typed(types.Story, "messages.show", id=id_)

    async def list(self, **options: Unpack[ListOptions]) -> types.Page:
        """Messages, newest first, page by page."""
        return await self._typed(types.Page, "messages.list", **options)

    async def cancel(self, id_: str) -> Message:
        """Do not send a message that is still waiting."""
        return await self._typed(Message, "messages.cancel", id=id_)

    async def retry(self, id_: str) -> Message:
        """Send a message again that failed, expired, was cancelled or is uncertain."""
        return await self._typed(Message, "messages.retry", id=id_)

    async def wait(self, id_: str, state: State | str, timeout: Duration | None = None) -> Message:  # noqa: ASYNC109 -- the daemon keeps this time
        """Wait until a message has come to ``state``, or to an end. Errors: `TimedOut`."""
        return await self._typed(Message, "messages.wait", id=id_, state=state, timeout=timeout)

    async def waiting(self) -> types.Waiting:
        """How many messages are to be sent."""
        return await self._typed(types.Waiting, "messages.waiting")

    def listen(
        self,
        handler: str | None = None,
        *,
        max_in_flight: int = 1,
        from_: str | None = None,
        reconnect: bool = True,
    ) -> AsyncListener:
        """The messages for a handler (`AsyncListener`), on a connection of their own; without a name all, to look at."""
        return AsyncListener(
            self.path,
            handler,
            max_in_flight=max_in_flight,
            from_=from_,
            reconnect=reconnect,
            timeout=self._timeout,
        )

    def events(self, *types_: str, reconnect: bool = True) -> AsyncEventStream:
        """What happens, on a connection of its own: all, or what begins with one of ``types_`` (``"modem."``)."""
        params = {"types": [*types_] or None}
        return AsyncEventStream(
            self.path, "events.subscribe", params, reconnect=reconnect, timeout=self._timeout
        )

    # Handlers

    async def handlers(self) -> Handlers:
        """Who takes messages, and how much waits for each."""
        return msgspec.convert((await self.call("handlers.list"))["handlers"], Handlers)

    async def dead(
        self, handler: str | None = None, *, limit: int | None = None, after: str | None = None
    ) -> DeadLetters:
        """What handlers gave up on."""
        result = await self.call("handlers.dead", handler=handler, limit=limit, after=after)
        return msgspec.convert(result["dead"], DeadLetters)

    async def redrive(self, handler: str | None, id_: str | None = None) -> int:
        """Hand one dead letter, or all of them, to the handler again; returns how many."""
        every = True if id_ is None else None
        result = await self.call("handlers.redrive", handler=handler, id=id_, all=every)
        return int(result["redriven"])

    async def try_out(self, handler: str, from_: str, text: str) -> str | None:
        """What a handler replies to a made-up message; nothing is sent."""
        result = await self.call("handlers.test", handler=handler, from_=from_, text=text)
        reply: str | None = result["reply"]
        return reply

    async def remove(self, handler: str) -> int:
        """Forget a handler that will not come back; returns how many messages are done with for it."""
        result = await self.call("handlers.remove", handler=handler)
        return int(result["written_off"])

    # Modems

    async def modems(self) -> Modems:
        """Every modem as it is now."""
        return msgspec.convert((await self.call("modems.list"))["modems"], Modems)

    async def modem(self, name: str) -> types.ModemStatus:
        """One modem as it is now."""
        return await self._typed(types.ModemStatus, "modems.get", modem=name)

    async def reset(self, modem: str) -> types.ModemStatus:
        """Restart a modem."""
        return await self._typed(types.ModemStatus, "modems.reset", modem=modem)

    async def unlock(self, modem: str, pin: str | None = None) -> types.ModemStatus:
        """Give a SIM its PIN; None: the one of the configuration."""
        return await self._typed(types.ModemStatus, "modems.unlock", modem=modem, pin=pin)

    async def at(self, modem: str, command: str, timeout: Duration | None = None) -> types.AtReply:  # noqa: ASYNC109 -- the daemon keeps this time
        """A raw AT command, for administrators."""
        return await self._typed(
            types.AtReply, "modems.at", modem=modem, command=command, timeout=timeout
        )

    async def ussd(self, modem: str, code: str, timeout: Duration | None = None) -> types.UssdReply:  # noqa: ASYNC109 -- the daemon keeps this time
        """A USSD code, or the next input of a session."""
        return await self._typed(
            types.UssdReply, "modems.ussd", modem=modem, code=code, timeout=timeout
        )

    async def cancel_ussd(self, modem: str) -> None:
        """Leave the menu of a USSD session without an answer."""
        await self.call("modems.cancel_ussd", modem=modem)

    async def record(self, modem: str, after: int = 0, timeout: Duration | None = None) -> LinePage:  # noqa: ASYNC109 -- the daemon keeps this time
        """What went over a modem's line behind entry ``after`` (0: from now on), for administrators."""
        return await self._typed(
            LinePage, "modems.record", modem=modem, after=after, timeout=timeout
        )

    # The daemon

    async def stats(self, **options: Unpack[StatsOptions]) -> types.Statistics:
        """Counts, rates and times; ``by`` hour, day, modem, tag or keyword."""
        return await self._typed(types.Statistics, "stats.get", **options)

    async def log_level(self, level: str | None = None) -> str:
        """How much the daemon logs, after changing it if ``level`` is given."""
        result = await self.call("server.log_level", level=level)
        return str(result["level"])

    async def info(self) -> types.ServerInfo:
        """The daemon, and what this user may do."""
        return await self._typed(types.ServerInfo, "server.info")

    async def purge(self, older_than: Duration) -> int:
        """Remove messages that have come to their end longer ago than this; returns how many."""
        return int((await self.call("store.purge", older_than=older_than))["purged"])

    async def backup(self, path: str | os.PathLike[str]) -> None:
        """Have the daemon write a copy of its database to an absolute path on its machine."""
        await self.call("store.backup", path=os.fspath(path))
