"""The modems that a message may go through, and the one that takes it."""

from collections.abc import Iterable, Sequence

from gsmd.config import ModemConfig, Route
from gsmd.protocol.errors import Code, Refused

ANY = ""
"""The route that every modem serves."""


class Routing:
    """The configuration's routes. A message's route is its modems' names in order of preference."""

    def __init__(self, routes: Sequence[Route], modems: Sequence[ModemConfig]) -> None:
        self._routes = sorted(routes, key=lambda route: len(route.prefix), reverse=True)
        self._names = frozenset(modem.name for modem in modems)

    def knows(self, modem: str | None) -> bool:
        """True if a modem is configured."""
        return modem in self._names

    def route(self, destination: str, modem: str | None) -> str:
        """The route with the longest beginning that fits a destination; ``modem`` where the caller named one.

        Errors: `Refused` where no route leads there, or no such modem is configured.
        """
        if modem is not None:
            if modem not in self._names:
                raise Refused(
                    Code.INVALID,
                    f"no modem is called {modem!r}",
                    reason="no_such_modem",
                    field="modem",
                )
            return modem
        if not self._routes:
            return ANY
        for route in self._routes:
            if destination.startswith(route.prefix):
                return ",".join(route.modems)
        raise Refused(
            Code.INVALID, f"no route leads to {destination}", reason="no_route", field="to"
        )


def serves(modem: str, route: str) -> bool:
    """True if a modem may take messages of a route."""
    return route == ANY or modem in route.split(",")


def yields(modem: str, route: str, free: Iterable[str]) -> bool:
    """True if a modem leaves a message to a better placed one that is ``free`` (healthy and idle)."""
    if route == ANY:
        return False
    names = route.split(",")
    better = names[: names.index(modem)]
    return any(name in free for name in better)
