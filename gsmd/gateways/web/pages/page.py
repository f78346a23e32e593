"""A page as the frame sees it: its place in the navigation, and what is asked for at its paths.

A page is a module of this package with a `PAGE`, a line in `gsmd.gateways.web.pages.registry`, its templates in
``templates/``, and its words in ``locale/<language>/<page>.po``. Nothing else knows of it.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.responses import Response

from gsmd.gateways.web.pages.visit import Visit
from gsmd.protocol.method import Role

Show = Callable[[Visit], Awaitable[Response]]
"""Answers one request. The words of the path that stand for something are `Visit.words`. Errors: `Problem`."""


class Route(NamedTuple):
    """``verb`` and ``path`` (``/modems/{modem}``), and who answers there. ``open``: also to people who are not signed in."""

    verb: str
    path: str
    show: Show
    open: bool = False


class Page(NamedTuple):
    """One page. ``name`` is also that of its icon; ``title`` (in English) is translated; ``path`` is where it begins.

    ``roles``: one of these is needed to see it; none: everybody who is signed in. ``first``: on a telephone it stands in
    the bar at the bottom, not behind "More". ``path`` empty: it is in no navigation. ``also``: other beginnings of its paths.
    """

    name: str
    title: str
    path: str
    routes: tuple[Route, ...]
    roles: frozenset[Role] = frozenset({Role.READ})
    first: bool = False
    also: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """True for a path that is part of this page in the navigation."""
        return any(path == each or path.startswith(f"{each}/") for each in (self.path, *self.also))


def get(path: str, show: Show, *, open_: bool = False) -> Route:
    """A route for looking."""
    return Route("GET", path, show, open_)


def post(path: str, show: Show, *, open_: bool = False) -> Route:
    """A route for doing something."""
    return Route("POST", path, show, open_)
