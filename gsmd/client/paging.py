"""Listings that come in pages: what a page is, and how long."""

from typing import ParamSpec, Protocol, TypeVar

AT_ONCE = 500
"""Entries on a page, unless ``limit`` says otherwise."""


class Paged(Protocol):
    """A page of a listing."""

    @property
    def next(self) -> str | None:
        """The ``after`` of the following page; None at the end."""
        ...


Page = TypeVar("Page", bound=Paged)

L = ParamSpec("L")
"""The parameters of a call that lists."""
