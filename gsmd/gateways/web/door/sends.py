"""How much somebody may send, and what they have to say once more before it goes.

A token and a user may send so many messages in a time (``web.sends``); a campaign counts as many as it has recipients, as
far as that can be known. What goes out once more counts as well: a retry, and each message that a handler gets again or is answered
for, as that may be answered by one. Of people at a browser more is asked, for there a click is easily made: a campaign to more than
``confirm_over`` says how many recipients it has, and who writes to people who opted out (``override``) has given their
password within the last minutes.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gsmd.config.web import WebConfig
from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.door.rates import Limiter
from gsmd.gateways.web.problems import Problem, too_many

CONFIRMED_FOR = 300.0
"""Seconds for which a password that was given once more holds."""

_REMEMBERED = 1000


def redriven(given: Mapping[str, Any], listed: Iterable[Mapping[str, Any]]) -> int:
    """The number of messages that ``handlers.redrive`` hands over, by its parameters, of the handlers that are ``listed``."""
    if not given.get("all"):
        return 1
    return sum(each["dead"] for each in listed if given.get("handler") in {None, each["name"]})


class Sends:
    """The limits in force. ``change`` puts another configuration into force."""

    def __init__(self, settings: WebConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._confirmed: dict[str, float] = {}
        self.change(settings)

    def change(self, settings: WebConfig) -> None:
        """Go by other settings from now on."""
        self._per_token = Limiter(settings.sends.per_token, self._clock)
        self._per_user = Limiter(settings.sends.per_user, self._clock)
        self._confirm_over = settings.sends.confirm_over

    def counts(self, caller: Caller) -> bool:
        """True if it matters to how many a campaign of this caller goes."""
        limited = self._per_user.rate is not None or self._per_token.rate is not None
        return limited or (caller.kind != "token" and self._confirm_over is not None)

    def take(self, caller: Caller, number: int = 1) -> None:
        """Count messages that are about to be sent. Errors: `Problem` with 429; then none is counted."""
        if not number:
            return
        buckets = [(self._per_user, caller.name.casefold(), "user", "per_user")]
        if caller.kind == "token":
            buckets.append((self._per_token, caller.id, "token", "per_token"))
        for limiter, key, who, setting in buckets:
            if wait := limiter.lacking(key, number):
                text = f"more messages than this {who} may send (web.sends.{setting})"
                raise too_many(text, wait)
        for limiter, key, _, _ in buckets:
            limiter.take_many(key, number)

    def require_confirmation(self, caller: Caller, recipients: int, said: int | None) -> None:
        """Errors: `Problem` with 409 if a person has not said how many recipients there are, where these are many."""
        over = self._confirm_over
        if caller.kind == "token" or over is None or recipients <= over or said == recipients:
            return
        text = f"this goes to {recipients} recipients: say so with confirm={recipients}"
        raise Problem(
            409, "confirm_recipients", text, field="confirm", more={"recipients": recipients}
        )

    def require_password(self, caller: Caller, field: str = "override") -> None:
        """Errors: `Problem` with 403, about ``field``, if a person at a browser has not said lately once more who they are."""
        if caller.kind != "session" or self._confirmed.get(caller.id, 0.0) > self._clock():
            return
        text = "this needs your password once more: POST /sessions/here"
        raise Problem(403, "confirm_password", text, field=field)

    def confirmed(self, session: str) -> None:
        """The password was given in the session of that id."""
        now = self._clock()
        if len(self._confirmed) >= _REMEMBERED:
            self._confirmed = {id_: at for id_, at in self._confirmed.items() if at > now}
        self._confirmed[session] = now + CONFIRMED_FOR
