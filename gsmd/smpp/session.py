"""One session without I/O: octets come in, events come out; requests and answers go in, octets come out.

Theory of operation. A session begins OPEN, when the connection is there. A bind makes it BOUND_TX,
BOUND_RX or BOUND_TRX at the moment of its positive answer; unbind makes it UNBOUND at its answer; an
error after which nobody knows where the next PDU begins makes it CLOSED. `ALLOWED` says which
request is allowed in which state, and from which side (SMPP 3.4 §2.2, §2.3). The session answers by itself,
with `Automatic`, whatever needs no knowledge of messages:

- enquire_link;
- a request in the wrong state: its own response with RINVBNDSTS (RALYBND for another bind);
- a body that is wrong: its own response with the status of the error;
- a command that nobody knows: generic_nack with RINVCMDID;
- a command_length that cannot be: generic_nack with RINVCMDLEN, and the end (`Ended`).

Windows. ``window`` is how many requests of ours may be without an answer (`free`), ``their_window`` how
many of theirs. When that is full, what has come lies unread until something is answered: call `receive`
with nothing then, and read no more from the connection while `full`. Answers are read all the same, as far as
they come before the next request.

Sequence numbers are the sender's (§3.2): ours count from 1 to 0x7FFFFFFF and pass over those that still wait.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from gsmd.smpp import wire
from gsmd.smpp.commands import RESPONSE, Command
from gsmd.smpp.errors import SmppError
from gsmd.smpp.pdus import Bind, BindResp, EnquireLinkResp, GenericNack, Pdu, response_to
from gsmd.smpp.splitter import Splitter
from gsmd.smpp.status import CommandStatus


class Role(StrEnum):
    """The side that this end of the session is."""

    SMSC = "smsc"
    ESME = "esme"


class SessionState(StrEnum):
    """§2.2."""

    OPEN = "open"
    BOUND_TX = "bound_tx"
    BOUND_RX = "bound_rx"
    BOUND_TRX = "bound_trx"
    UNBOUND = "unbound"
    CLOSED = "closed"


_OPEN = frozenset({SessionState.OPEN})
_TX = frozenset({SessionState.BOUND_TX, SessionState.BOUND_TRX})
_RX = frozenset({SessionState.BOUND_RX, SessionState.BOUND_TRX})
BOUND = _TX | _RX
"""The states in which messages can go one way or the other."""

ALLOWED: dict[Role, dict[int, frozenset[SessionState]]] = {
    Role.ESME: {
        Command.BIND_TRANSMITTER: _OPEN,
        Command.BIND_RECEIVER: _OPEN,
        Command.BIND_TRANSCEIVER: _OPEN,
        Command.UNBIND: BOUND,
        Command.ENQUIRE_LINK: BOUND | _OPEN,  # OPEN by SMPP 5.0 §2.4
        Command.SUBMIT_SM: _TX,
        Command.SUBMIT_MULTI: _TX,
        Command.DATA_SM: _TX,
        Command.QUERY_SM: _TX,
        Command.CANCEL_SM: _TX,
        Command.REPLACE_SM: _TX,
    },
    Role.SMSC: {
        Command.OUTBIND: _OPEN,
        Command.UNBIND: BOUND,
        Command.ENQUIRE_LINK: BOUND | _OPEN,
        Command.DELIVER_SM: _RX,
        Command.DATA_SM: _RX,
        Command.ALERT_NOTIFICATION: _RX,
    },
}
"""The states in which each side may send a request (§2.3)."""

_BINDS = {
    Command.BIND_TRANSMITTER: SessionState.BOUND_TX,
    Command.BIND_RECEIVER: SessionState.BOUND_RX,
    Command.BIND_TRANSCEIVER: SessionState.BOUND_TRX,
}
_UNANSWERED = frozenset({Command.OUTBIND, Command.ALERT_NOTIFICATION})

_BEFORE_BIND = 512
_LARGEST = 70 * 1024
_LAST_SEQUENCE = 0x7FFFFFFF


class Requested(msgspec.Struct, frozen=True):
    """A request that is allowed now; `Session.answer` is to follow, in any order."""

    pdu: Pdu


class Answered(msgspec.Struct, frozen=True):
    """The answer to a request of ours; ``token`` is what was given with that.

    ``error``: its body cannot be read; the PDU says what the header says.
    """

    pdu: Pdu
    token: Any
    error: SmppError | None = None


class Stray(msgspec.Struct, frozen=True):
    """An answer to nothing: it came too late, or twice."""

    pdu: Pdu


class Automatic(msgspec.Struct, frozen=True):
    """The session has an answer already: write ``octets``. ``error`` tells what was wrong, if something was."""

    octets: bytes
    error: SmppError | None = None


class Ended(msgspec.Struct, frozen=True):
    """Nobody knows where the next PDU begins: write ``octets`` and close."""

    octets: bytes
    error: SmppError


Event = Requested | Answered | Stray | Automatic | Ended


class WrongState(Exception):
    """The caller may not send this now; the session is as it was."""


P = TypeVar("P", bound=Pdu)


class Session:
    """One end of one connection."""

    def __init__(
        self, role: Role, *, window: int = 10, their_window: int = 100, largest: int = _LARGEST
    ) -> None:
        self.role = role
        self.state = SessionState.OPEN
        self.version = 0
        """interface_version of the bind, once it is bound."""
        self.window = window
        self.their_window = their_window
        self.unanswered = 0
        """Requests of theirs that wait for an answer of ours."""
        self._largest = largest
        self._splitter = Splitter(min(_BEFORE_BIND, largest))
        self._outstanding: dict[int, tuple[Pdu, Any]] = {}
        self._sequence = 0
        self._binding = False
        self._unbinding = False

    @property
    def free(self) -> int:
        """The number of requests that may be sent before an answer has to come."""
        return max(0, self.window - len(self._outstanding))

    @property
    def outstanding(self) -> int:
        """Requests of ours that wait for an answer."""
        return len(self._outstanding)

    @property
    def full(self) -> bool:
        """As many of their requests wait as may: nothing more is to be read."""
        return self.unanswered >= self.their_window

    @property
    def half(self) -> bool:
        """The beginning of a PDU is there, and not its end."""
        return bool(self._splitter.waiting) and not self.full

    @property
    def bound(self) -> bool:
        """Messages can go one way or the other."""
        return self.state in BOUND

    @property
    def receives(self) -> bool:
        """This bind is one on which an ESME gets messages."""
        return self.state in _RX

    def receive(self, octets: bytes) -> list[Event]:
        """What follows from octets that came; with none, what had to wait because the window was full."""
        if self.state is SessionState.CLOSED:
            return []
        self._splitter.feed(octets)
        events: list[Event] = []
        try:
            while (pdu := self._take()) is not None:
                event = self._hear(pdu)
                if event is not None:
                    events.append(event)
        except SmppError as error:
            self.state = SessionState.CLOSED
            nack = GenericNack(error.sequence, error.status)
            events.append(Ended(wire.encode(nack), error))
        return events

    def send(self, request: Pdu, token: Any = None) -> bytes:
        """The octets of a request of ours; its sequence number is given here.

        Errors: `WrongState`, also where the window is full; `SmppError` for what cannot be written.
        """
        if self.state not in ALLOWED[self.role].get(request.command, frozenset()):
            raise WrongState(f"no {request.command} while {self.state}")
        counted = request.command not in {Command.ENQUIRE_LINK, Command.UNBIND, *_UNANSWERED}
        if counted and not self.free:
            raise WrongState(f"{self.window} requests have no answer yet")
        sequence = self._next_sequence()
        numbered = msgspec.structs.replace(request, sequence=sequence)
        octets = wire.encode(numbered)
        if request.command not in _UNANSWERED:
            self._outstanding[sequence] = (numbered, token)
        return octets

    def answer(self, request: Pdu, response: Pdu) -> bytes:
        """The octets of our answer to a request of theirs. Errors: `SmppError` for what cannot be written."""
        octets = wire.encode(msgspec.structs.replace(response, sequence=request.sequence))
        self.unanswered -= 1
        if isinstance(request, Bind):
            self._binding = False
            if response.status == CommandStatus.ROK:
                self._become_bound(request)
        elif request.command is Command.UNBIND:
            self._unbinding = False
            self.state = SessionState.UNBOUND
        return octets

    def refuse(self, request: Pdu, status: CommandStatus) -> bytes:
        """The octets of an answer that says an error and nothing else."""
        return self.answer(request, response_to(request.command)(0, status))

    def forget(self, fits: Callable[[Any], bool]) -> int:
        """Wait no longer for the answers whose token fits; returns how many they were. Late ones are `Stray`."""
        late = [number for number, (_, token) in self._outstanding.items() if fits(token)]
        for number in late:
            del self._outstanding[number]
        return len(late)

    def abandon(self) -> list[Any]:
        """The connection is gone: the tokens of all requests that will get no answer."""
        self.state = SessionState.CLOSED
        tokens = [token for _, token in self._outstanding.values()]
        self._outstanding.clear()
        return tokens

    def _take(self) -> bytes | None:
        """The next PDU, unless it is a request for which there is no place."""
        if self.full:
            command = self._splitter.next_command()
            if command is None or not (command & RESPONSE or command == Command.ENQUIRE_LINK):
                return None
        return self._splitter.take()

    def _hear(self, octets: bytes) -> Event | None:
        error = None
        try:
            pdu = wire.decode(octets)
        except SmppError as wrong:
            if not wrong.command & RESPONSE:
                return Automatic(_refusal(wrong.command, wrong.sequence, wrong.status), wrong)
            error = wrong
            pdu = response_to(wrong.command)(wrong.sequence, int.from_bytes(octets[8:12]))
        if pdu.command & RESPONSE:
            return self._settle(pdu, error)
        return self._request(pdu)

    def _settle(self, pdu: Pdu, error: SmppError | None) -> Event:
        request, token = self._outstanding.get(pdu.sequence, (None, None))
        fitting = request is not None and (
            pdu.command == request.command | RESPONSE or pdu.command is Command.GENERIC_NACK
        )
        if request is None or not fitting:
            return Stray(pdu)
        del self._outstanding[pdu.sequence]
        if isinstance(request, Bind) and isinstance(pdu, BindResp) and not pdu.status:
            self._become_bound(request)
        elif request.command is Command.UNBIND:
            self.state = SessionState.UNBOUND
        return Answered(pdu, token, error)

    def _request(self, pdu: Pdu) -> Event | None:
        theirs = Role.ESME if self.role is Role.SMSC else Role.SMSC
        refused = self._wrong(pdu, ALLOWED[theirs].get(pdu.command))
        if refused is not None:
            if pdu.command in _UNANSWERED:
                return None
            message = f"no {pdu.command} while {self.state}"
            error = SmppError(message, status=refused, field="command_id", offset=4)
            error.sequence, error.command = pdu.sequence, pdu.command
            return Automatic(_refusal(pdu.command, pdu.sequence, refused), error)
        if pdu.command is Command.ENQUIRE_LINK:
            return Automatic(wire.encode(EnquireLinkResp(pdu.sequence)))
        if pdu.command not in _UNANSWERED:
            self.unanswered += 1
        self._binding |= isinstance(pdu, Bind)
        self._unbinding |= pdu.command is Command.UNBIND
        return Requested(pdu)

    def _wrong(self, pdu: Pdu, states: frozenset[SessionState] | None) -> CommandStatus | None:
        """The status for a request that may not be sent now, None for one that may."""
        if isinstance(pdu, Bind) and states and (self._binding or self.bound):
            return CommandStatus.RALYBND
        if states is None or self.state not in states:
            return CommandStatus.RINVBNDSTS
        if self._unbinding and pdu.command is not Command.ENQUIRE_LINK:
            return CommandStatus.RINVBNDSTS
        return None

    def _become_bound(self, bind: Bind) -> None:
        self.state = _BINDS[bind.command]
        self.version = bind.interface_version
        self._splitter.largest = self._largest

    def _next_sequence(self) -> int:
        while True:
            self._sequence = self._sequence % _LAST_SEQUENCE + 1
            if self._sequence not in self._outstanding:
                return self._sequence


def _refusal(command: int, sequence: int, status: CommandStatus) -> bytes:
    kind = GenericNack if status == CommandStatus.RINVCMDID else response_to(command)
    return wire.encode(kind(sequence, status))
