"""Messages handed to this program to be carried: each is answered once, also when the connection breaks in between.

What the program has in hand when the connection breaks is uncertain to the daemon, which submits it again. If the program
still has it, it is not bothered, and its answer goes to the new request. If it had answered, the answer may have been
lost on the way: so before the new connection takes anything, each of the last answers is told again as a report, with
the message's id, and the daemon finds it out before it would submit it again.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from gsmd.client.delivery_tracker import Link
from gsmd.client.errors import Conflict
from gsmd.protocol import jsonrpc
from gsmd.protocol.carriers import Submission
from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc import ErrorObject, ErrorResponse, Id, Request, Response

_SAME_ANSWER = 60.0
"""Seconds after a reconnection in which a message that comes again gets the answer it had."""


class Handing:
    """One submission in the program's hands, and where its answer goes."""

    def __init__(self, owner: "SubmissionTracker", link: Link, request_id: Id, id_: str) -> None:
        self.settled = False
        self.id = id_
        self._owner = owner
        self._link = link
        self._request_id = request_id

    def again(self, link: Link, request_id: Id) -> None:
        """The daemon submitted it once more, while the program still has it."""
        self._link, self._request_id = link, request_id

    def accept(self, reference: str | int | None) -> None:
        """It is sent. Errors: `Conflict`, if it was answered before."""
        self._settle()
        self._owner.sent(self.id, reference)
        self._link.write(_accepting(self._request_id, reference))

    def reject(self, code: Code, reason: str, **data: Any) -> None:
        """It is not sent, or that is not known. Errors: `Conflict`, if it was answered before."""
        self._settle()
        given = {name: value for name, value in data.items() if value not in {None, False}}
        error = ErrorObject(code, reason, {"reason": "rejected", **given})
        self._link.write(jsonrpc.encode(ErrorResponse(self._request_id, error)) + b"\n")

    def _settle(self) -> None:
        if self.settled:
            raise Conflict(f"message {self.id} has been answered already", reason="answered")
        self.settled = True
        self._owner.forget(self.id)


class SubmissionTracker:
    """The submissions that one carrier was given, across its connections."""

    def __init__(self, max_in_flight: int) -> None:
        self._most = max_in_flight
        self._open: dict[str, Handing] = {}
        self._sent: OrderedDict[str, str | int | None] = OrderedDict()
        self._unsure_until = 0.0

    def take(self, link: Link, request: Request) -> Handing | None:
        """The submission, if it is new to the program; None where it is not to be bothered again."""
        id_ = str(request.params["id"])
        if (held := self._open.get(id_)) is not None:
            held.again(link, request.id)
            return None
        if id_ in self._sent and time.monotonic() < self._unsure_until:
            link.write(_accepting(request.id, self._sent[id_]))
            return None
        handing = self._open[id_] = Handing(self, link, request.id, id_)
        return handing

    def sent(self, id_: str, reference: str | int | None) -> None:
        """An answer is on its way; more than are in flight at once cannot get lost."""
        self._sent[id_] = reference
        while len(self._sent) > self._most:
            self._sent.popitem(last=False)

    def forget(self, id_: str) -> None:
        """It is no longer in the program's hands."""
        self._open.pop(id_, None)

    def reports(self, carrier: str) -> Iterator[dict[str, Any]]:
        """On a new connection: the parameters of the reports that say again what was said last on the old one."""
        self._unsure_until = time.monotonic() + _SAME_ANSWER
        for id_, reference in self._sent.items():
            if reference is not None:
                said = {"carrier": carrier, "id": id_, "reference": str(reference)}
                yield {**said, "state": "sent"}


class Carried(Submission, frozen=True, kw_only=True, dict=True):
    """A message as it was handed over to be carried."""

    @property
    def handing(self) -> Handing:
        """The hand-over it came by."""
        found: Handing = self.__dict__["handing"]
        return found

    @property
    def answered(self) -> bool:
        """It has been said what became of it."""
        return self.handing.settled


C = TypeVar("C", bound=Carried)


def carried(kind: type[C], handing: Handing, params: Any) -> C:
    """The message of a hand-over."""
    result = msgspec.convert(params, kind)
    result.__dict__["handing"] = handing
    return result


def _accepting(id_: Id, reference: str | int | None) -> bytes:
    return jsonrpc.encode(Response(id_, {"reference": reference})) + b"\n"
