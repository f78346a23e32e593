"""The methods of the protocol: one row each, from which server, clients, schema and documentation come."""

from collections.abc import Awaitable, Callable, Coroutine
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.types import Params

P = TypeVar("P", bound=Params)
R = TypeVar("R")
T = TypeVar("T")


class Role(StrEnum):
    """The rights of a caller at the socket. ``admin`` implies the rest."""

    READ = "read"
    SEND = "send"
    HANDLE = "handle"
    CARRY = "carry"  # be a carrier of messages
    OVERRIDE = "override"  # write to those who opted out
    ADMIN = "admin"


ANYBODY: frozenset[Role] = frozenset()
READ = frozenset({Role.READ})
SEND = frozenset({Role.SEND})
HANDLE = frozenset({Role.HANDLE})
CARRY = frozenset({Role.CARRY})
OVERRIDE = frozenset({Role.OVERRIDE})
ADMIN = frozenset({Role.ADMIN})


class Method(msgspec.Struct, Generic[P, R], frozen=True, eq=False):
    """One method. ``roles``: any one of them is enough; none: any role at all.

    ``doc`` is a line for the documentation: what the result tells, or what becomes true.
    ``slow``: it takes as long as it takes, a client waits for its answer without a time-out.
    ``big``: its answer may be, so each connection gets one at a time.
    ``call``: the name of its typed call on the clients themselves; empty: the clients have it as
    ``<noun>.<verb>``. ``returns``: the member of the result that the typed call returns; empty: all of it.
    """

    name: str
    params: type[P]
    result: type[R]
    roles: frozenset[Role]
    doc: str
    slow: bool = False
    big: bool = False
    call: str = ""
    returns: str = ""

    @property
    def noun(self) -> str:
        """The subject of the method: the part of its name before the dot."""
        return self.name.partition(".")[0]

    @property
    def verb(self) -> str:
        """The action of the method: the part of its name behind the dot."""
        return self.name.partition(".")[2]

    @property
    def only_tells(self) -> bool:
        """It changes nothing: without somebody who wants the answer it is for nothing."""
        return self.roles == READ


class Context(Protocol):
    """The caller, as far as a method needs to know it."""

    @property
    def user(self) -> str:
        """The name of the user whose process it is."""
        ...

    def may(self, role: Role) -> bool:
        """True if the caller has a role."""
        ...

    async def while_connected(self, waiting: Coroutine[Any, Any, T]) -> T:
        """Wait no longer than the caller does."""
        ...


class Bound(msgspec.Struct, frozen=True):
    """A method with the function that carries it out."""

    method: Method[Any, Any]
    function: Callable[[Any, Any], Awaitable[Any]]


def require(context: Context, role: Role, what: str) -> None:
    """Errors: `Refused` unless the caller has the role that doing ``what`` needs."""
    if not context.may(role):
        text = f"user {context.user} may not {what}: it needs {role}"
        raise Refused(Code.NOT_PERMITTED, text, reason="missing_role", role=str(role))


def by(context: Context, params: Params) -> str | None:
    """The caller's user, for a note, unless the call says for which person it is: then that is kept beside it."""
    return None if params.actor else f"by {context.user}"


def bind(method: Method[P, R], function: Callable[[Any, P], Awaitable[R]]) -> Bound:
    """``function`` carries out ``method``: its types are held to the method's."""
    return Bound(method, function)
