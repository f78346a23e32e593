"""The carriers that a message may go through, and the one that takes it."""

from collections.abc import Iterable, Sequence

from gsmd.config import Config, Route
from gsmd.protocol.errors import Code, Refused

ANY = ""
"""The route that every modem serves."""


class Routing:
    """The configuration's routes. A message's route is its carriers' names in order of preference.

    ``modems`` and ``programs`` are the names of the carriers; a program gets only what names it.
    """

    def __init__(
        self, routes: Sequence[Route], modems: Iterable[str], programs: Iterable[str] = ()
    ) -> None:
        self._routes = sorted(routes, key=lambda route: len(route.prefix), reverse=True)
        self._modems = frozenset(modems)
        self._names = self._modems.union(programs)

    @classmethod
    def of(cls, config: Config) -> "Routing":
        """The routing of a configuration."""
        return cls(
            config.routes,
            (modem.name for modem in config.modems),
            (program.name for program in config.programs),
        )

    def knows(self, modem: str | None) -> bool:
        """True if a carrier is configured."""
        return modem in self._names

    def route(self, destination: str, modem: str | None) -> str:
        """The route with the longest beginning that fits a destination; ``modem`` where the caller named one.

        Errors: `Refused` where no route leads there, or no such carrier is configured.
        """
        if modem is not None:
            if modem not in self._names:
                raise Refused(
                    Code.INVALID,
                    f"no modem or carrier is called {modem!r}",
                    reason="no_such_modem",
                    field="modem",
                )
            return modem
        if not self._routes and self._modems:
            return ANY
        for route in self._routes:
            if destination.startswith(route.prefix):
                return ",".join(route.modems)
        raise Refused(
            Code.INVALID, f"no route leads to {destination}", reason="no_route", field="to"
        )


def serves(carrier: str, route: str, *, unnamed: bool = True) -> bool:
    """True if a carrier may take messages of a route. ``unnamed``: those too that name nobody, as every modem may."""
    return unnamed if route == ANY else carrier in route.split(",")


def yields(carrier: str, route: str, free: Iterable[str]) -> bool:
    """True if a carrier leaves a message to a better placed one that is ``free`` (healthy and idle)."""
    if route == ANY:
        return False
    names = route.split(",")
    better = names[: names.index(carrier)]
    return any(name in free for name in better)
