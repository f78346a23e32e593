"""What stands in a queue of the fleet: the parameters of ``messages.send``, as JSON, and what only the fleet reads."""

import math
from datetime import datetime
from typing import Any

import msgspec

from gsmd.fleet import subjects
from gsmd.protocol.errors import Refused
from gsmd.protocol.messages import SendParams
from gsmd.protocol.params import read as read_params

_NOT_FOR_ALL = ("modem", "handler", "receipt", "key", "new", "override")
"""Parameters that mean something on one box only, or that the box itself decides on."""


class FleetOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A message that some box is to send.

    ``params`` are those of ``messages.send`` as they go to gsmd; ``resend``: send it again where nobody knows whether it went out.
    ``within``: seconds from when it was put in; what is not begun by then has failed. ``until``: that moment (seconds since 1970), once
    it is known (`dated`). ``sticky``: this number is to hear from one SIM of ours. ``consent``: it is for people who agreed to get one of these lists. ``campaign``: it is
    one of many.
    """

    id: str
    params: dict[str, Any]
    peer: str
    resend: bool = False
    within: float | None = None
    until: float | None = None
    not_before: datetime | None = None
    sticky: bool = False
    consent: tuple[str, ...] = ()
    campaign: str | None = None

    def left(self, now: float) -> float:
        """Seconds in which it may still be begun; ``now`` is in seconds since 1970."""
        return math.inf if self.until is None else self.until - now


class BadOrder(Exception):
    """It can never be sent. The message says why."""


def check(params: dict[str, Any]) -> None:
    """Whether boxes will take it. Errors: `BadOrder`."""
    read("check", msgspec.json.encode(params))


def read(id_: str, data: bytes) -> FleetOrder:
    """What somebody put in. Errors: `BadOrder`."""
    try:
        params = msgspec.json.decode(data, type=dict[str, Any])
        sticky = msgspec.convert(params.pop("sticky", False), bool)
        until = msgspec.convert(params.pop("until", None), float | None)
        consent = msgspec.convert(params.pop("consent", ()), tuple[str, ...])
        campaign = msgspec.convert(params.pop("campaign", None), str | None)
        for name in _NOT_FOR_ALL:
            if name in params:
                raise BadOrder(f"{name} has no meaning in a fleet")
        asked = read_params(SendParams, params)
    except msgspec.MsgspecError as error:
        raise BadOrder(str(error)) from error
    except Refused as error:
        raise BadOrder(error.message) from error
    for name in ("when_uncertain", "send_within", "not_before"):
        params.pop(name, None)
    return FleetOrder(
        id=id_,
        params=params,
        peer=asked.to,
        resend=asked.when_uncertain == "resend",
        within=asked.send_within if asked.send_within is not None else asked.validity,
        until=until,
        not_before=asked.not_before,
        sticky=sticky,
        consent=consent,
        campaign=campaign,
    )


def dated(wanted: FleetOrder, body: bytes, put_in: float) -> tuple[FleetOrder, bytes]:
    """The same, with ``until``: who gives it back puts it in again, and that does not give it more time."""
    if wanted.within is None or wanted.until is not None:
        return wanted, body
    until = put_in + wanted.within
    told = {**msgspec.json.decode(body), "until": until}
    return msgspec.structs.replace(wanted, until=until), msgspec.json.encode(told)


def id_of(subject: str) -> str:
    """The id at the end of a subject."""
    return subject.rpartition(".")[2]


def valid_id(id_: str) -> str:
    """The id itself. Errors: `BadOrder`."""
    if not subjects.is_id(id_):
        raise BadOrder("an id is 1 to 64 letters, digits, '_' and '-'")
    return id_
