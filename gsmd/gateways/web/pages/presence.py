"""Who is at which conversation right now: looks at it, writes an answer. It is kept in this process alone, and told to open pages."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gsmd.gateways.web.rest.stream import Hub

LASTS = 20.0
"""Seconds after which somebody who types no more is not answering any more."""

LOOKS = 3600.0
"""Seconds for which a look at a conversation is noted once."""

_MOST = 1000


class Presence:
    """Everybody who is answering. ``hub`` tells the open pages."""

    def __init__(self, hub: "Hub | None", clock: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._clock = clock
        self._until: dict[tuple[str, str], float] = {}
        self._looked: dict[tuple[str, str], float] = {}

    def answering(self, peer: str, name: str) -> None:
        """``name`` is typing an answer to ``peer``."""
        now = self._clock()
        known = self._until.get((peer, name), 0.0) > now
        if len(self._until) > _MOST:
            self._until = {who: until for who, until in self._until.items() if until > now}
        self._until[peer, name] = now + LASTS
        if not known and self._hub is not None:
            self._hub.tell({"type": "desk.answering", "peer": peer, "by": name})

    def done(self, peer: str, name: str) -> None:
        """They have sent it, or let it be."""
        self._until.pop((peer, name), None)

    def others(self, peer: str, but: str) -> list[str]:
        """The names of those who are answering ``peer``, without one."""
        now = self._clock()
        return sorted(
            name
            for (whom, name), until in self._until.items()
            if whom == peer and name != but and until > now
        )

    def looks_anew(self, peer: str, name: str) -> bool:
        """True if ``name`` has not looked at the conversation with ``peer`` for an hour; then they have now."""
        now = self._clock()
        if self._looked.get((peer, name), 0.0) > now:
            return False
        if len(self._looked) > _MOST:
            self._looked = {who: until for who, until in self._looked.items() if until > now}
        self._looked[peer, name] = now + LOOKS
        return True
