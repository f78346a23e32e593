"""What every method is made of."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from gsmd.api.params import Params
from gsmd.config import Role

if TYPE_CHECKING:
    from gsmd.api.session import Session

LIST_LIMIT = 1000
"""The longest page of any listing."""


class Opening(NamedTuple):
    """A result, and what may happen only once the caller has it."""

    result: Any
    after: Callable[[], None]


class Method(NamedTuple):
    """A row of the table. ``roles``: any one of them is enough; none: any role at all."""

    roles: frozenset[Role]
    params: type[Params]
    function: Callable[["Session", Any], Awaitable[Any]]

    @property
    def only_tells(self) -> bool:
        """It changes nothing: without somebody who wants the answer it is for nothing."""
        return self.roles == MAY_READ


MAY_READ = frozenset({Role.READ})
MAY_SEND = frozenset({Role.SEND})
MAY_OVERRIDE = frozenset({Role.OVERRIDE})
MAY_ADMINISTER = frozenset({Role.ADMIN})
