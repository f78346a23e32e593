"""The blocking client: one method per call of the protocol, typed results, errors as exceptions."""

import os
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import msgspec

from gsmd.client import types
from gsmd.client.conversation import patience, socket_path
from gsmd.client.errors import GsmdError, NoDaemon, NotSent, ProtocolError
from gsmd.client.groups import Blocks, Campaigns, Lists, OptOut, People, Polls, Verify
from gsmd.client.link import SocketLink
from gsmd.client.options import Duration, ListOptions, SendOptions, StatsOptions, to_wire
from gsmd.client.stream import EventStream, Listener
from gsmd.protocol.message import Message, State
from gsmd.protocol.modems import LinePage

T = TypeVar("T")

Modems = list[types.ModemStatus]
Handlers = list[types.HandlerStatus]
DeadLetters = list[types.DeadLetter]


class Client:
    """Talks to the daemon. Connects when first needed, and again when it has to.

    May be shared by threads: each that waits has a connection of its own.

    ``socket`` is the path, else ``$GSMD_SOCKET``, else ``/run/gsmd/gsmd.sock``. ``timeout`` is how
    many seconds an answer may take beyond what the call itself waits for; None: any time.

    Errors of every method: `GsmdError` and what is derived from it.
    """

    def __init__(
        self, socket: str | os.PathLike[str] | None = None, *, timeout: float | None = 60.0
    ) -> None:
        self.path = socket_path(socket)
        self._timeout = timeout
        self.optout = OptOut(self)
        self.blocks = Blocks(self)
        self.lists = Lists(self)
        self.campaigns = Campaigns(self)
        self.polls = Polls(self)
        self.verify = Verify(self)
        self.people = People(self)
        self._links: set[SocketLink] = set()
        self._idle: list[SocketLink] = []

    def close(self) -> None:
        """End the connections; calls that other threads are waiting on get `NoDaemon`."""
        for link in list(self._links):
            self._drop(link)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def call(self, method: str, /, **params: Any) -> Any:
        """Any method of the protocol; returns the result as JSON values. Parameters that are None are left out."""
        wire = to_wire(params)
        timeout = patience(method, wire, self._timeout)
        try:
            return self._request(self._free(), method, wire, timeout)
        except NotSent:
            # the daemon was restarted since the last call, and has not seen this one
            return self._request(self._connect(), method, wire, timeout)

    def _free(self) -> SocketLink:
        # a thread that waits for long must not hold up the others: each gets its own
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connect(self) -> SocketLink:
        link = SocketLink(self.path)
        self._links.add(link)
        return link

    def _drop(self, link: SocketLink) -> None:
        self._links.discard(link)
        if link in self._idle:
            self._idle.remove(link)
        link.close()

    def _request(
        self, link: SocketLink, method: str, params: dict[str, Any], timeout: float | None
    ) -> Any:
        try:
            result = link.request(method, params, timeout)
        except GsmdError as error:
            if isinstance(error, NoDaemon | ProtocolError) or link.closed:
                self._drop(link)
            else:
                self._release(link)
            raise
        except BaseException:  # Ctrl-C: an answer may be half read
            self._drop(link)
            raise
        self._release(link)
        return result

    def _release(self, link: SocketLink) -> None:
        if link in self._links:  # else the client was closed meanwhile
            self._idle.append(link)

    def _typed(self, kind: type[T], method: str, /, **params: Any) -> T:
        return msgspec.convert(self.call(method, **params), kind)

    # Messages

    def send(self, to: str, text: str | None = None, **options: Unpack[SendOptions]) -> Message:
        """Send a text (or ``data=``): returns once the message is on the daemon's disk."""
        return self._typed(Message, "messages.send", to=to, text=text, **options)

    def get(self, id_: str) -> Message:
        """A message as it is now."""
        return self._typed(Message, "messages.get", id=id_)

    def show(self, id_: str) -> types.Story:
        """Everything known about a message."""
        return self._typed(types.Story, "messages.show", id=id_)

    def list(self, **options: Unpack[ListOptions]) -> types.Page:
        """Messages, newest first, page by page."""
        return self._typed(types.Page, "messages.list", **options)

    def cancel(self, id_: str) -> Message:
        """Do not send a message that is still waiting."""
        return self._typed(Message, "messages.cancel", id=id_)

    def retry(self, id_: str) -> Message:
        """Send a message again that failed, expired, was cancelled or is uncertain."""
        return self._typed(Message, "messages.retry", id=id_)

    def wait(self, id_: str, state: State | str, timeout: Duration | None = None) -> Message:
        """Wait until a message has come to ``state``, or to an end. Errors: `TimedOut`."""
        return self._typed(Message, "messages.wait", id=id_, state=state, timeout=timeout)

    def waiting(self) -> types.Waiting:
        """How many messages are to be sent."""
        return self._typed(types.Waiting, "messages.waiting")

    def listen(
        self,
        handler: str | None = None,
        *,
        max_in_flight: int = 1,
        from_: str | None = None,
        reconnect: bool = True,
    ) -> Listener:
        """The messages for a handler (`Listener`), on a connection of their own; without a name all, to look at."""
        return Listener(
            self.path,
            handler,
            max_in_flight=max_in_flight,
            from_=from_,
            reconnect=reconnect,
            timeout=self._timeout,
        )

    def events(self, *types_: str, reconnect: bool = True) -> EventStream:
        """What happens, on a connection of its own: all, or what begins with one of ``types_`` (``"modem."``)."""
        params = {"types": [*types_] or None}
        return EventStream(
            self.path, "events.subscribe", params, reconnect=reconnect, timeout=self._timeout
        )

    # Handlers

    def handlers(self) -> Handlers:
        """Who takes messages, and how much waits for each."""
        return msgspec.convert(self.call("handlers.list")["handlers"], Handlers)

    def dead(
        self, handler: str | None = None, *, limit: int | None = None, after: str | None = None
    ) -> DeadLetters:
        """What handlers gave up on."""
        result = self.call("handlers.dead", handler=handler, limit=limit, after=after)
        return msgspec.convert(result["dead"], DeadLetters)

    def redrive(self, handler: str | None, id_: str | None = None) -> int:
        """Hand one dead letter, or all of them, to the handler again; returns how many."""
        every = True if id_ is None else None
        result = self.call("handlers.redrive", handler=handler, id=id_, all=every)
        return int(result["redriven"])

    def try_out(self, handler: str, from_: str, text: str) -> str | None:
        """What a handler replies to a made-up message; nothing is sent."""
        result = self.call("handlers.test", handler=handler, from_=from_, text=text)
        reply: str | None = result["reply"]
        return reply

    def remove(self, handler: str) -> int:
        """Forget a handler that will not come back; returns how many messages are done with for it."""
        result = self.call("handlers.remove", handler=handler)
        return int(result["written_off"])

    # Modems

    def modems(self) -> Modems:
        """Every modem as it is now."""
        return msgspec.convert(self.call("modems.list")["modems"], Modems)

    def modem(self, name: str) -> types.ModemStatus:
        """One modem as it is now."""
        return self._typed(types.ModemStatus, "modems.get", modem=name)

    def reset(self, modem: str) -> types.ModemStatus:
        """Restart a modem."""
        return self._typed(types.ModemStatus, "modems.reset", modem=modem)

    def unlock(self, modem: str, pin: str | None = None) -> types.ModemStatus:
        """Give a SIM its PIN; None: the one of the configuration."""
        return self._typed(types.ModemStatus, "modems.unlock", modem=modem, pin=pin)

    def at(self, modem: str, command: str, timeout: Duration | None = None) -> types.AtReply:
        """A raw AT command, for administrators."""
        return self._typed(
            types.AtReply, "modems.at", modem=modem, command=command, timeout=timeout
        )

    def ussd(self, modem: str, code: str, timeout: Duration | None = None) -> types.UssdReply:
        """A USSD code, or the next input of a session."""
        return self._typed(types.UssdReply, "modems.ussd", modem=modem, code=code, timeout=timeout)

    def cancel_ussd(self, modem: str) -> None:
        """Leave the menu of a USSD session without an answer."""
        self.call("modems.cancel_ussd", modem=modem)

    def record(self, modem: str, after: int = 0, timeout: Duration | None = None) -> LinePage:
        """What went over a modem's line behind entry ``after`` (0: from now on), for administrators."""
        return self._typed(LinePage, "modems.record", modem=modem, after=after, timeout=timeout)

    # The daemon

    def stats(self, **options: Unpack[StatsOptions]) -> types.Statistics:
        """Counts, rates and times; ``by`` hour, day, modem, tag or keyword."""
        return self._typed(types.Statistics, "stats.get", **options)

    def log_level(self, level: str | None = None) -> str:
        """How much the daemon logs, after changing it if ``level`` is given."""
        result = self.call("server.log_level", level=level)
        return str(result["level"])

    def info(self) -> types.ServerInfo:
        """The daemon, and what this user may do."""
        return self._typed(types.ServerInfo, "server.info")

    def purge(self, older_than: Duration) -> int:
        """Remove messages that have come to their end longer ago than this; returns how many."""
        return int(self.call("store.purge", older_than=older_than)["purged"])

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Have the daemon write a copy of its database to an absolute path on its machine."""
        self.call("store.backup", path=os.fspath(path))
