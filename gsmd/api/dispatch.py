"""From a request's method and parameters to its result: whether the caller may, and who carries it out."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol

from gsmd.api.encoding import in_pieces
from gsmd.protocol import method as contract
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.method import Bound, Role
from gsmd.protocol.methods import METHODS
from gsmd.protocol.params import read
from gsmd.protocol.wire import plain
from gsmd.store.ledger import acting


class Caller(contract.Context, Protocol):
    """The caller, as the dispatcher needs to know them."""

    @property
    def roles(self) -> frozenset[Role]: ...

    def big_answer(self) -> AbstractAsyncContextManager[None]:
        """Wait for the turn of an answer that may be big."""
        ...


class ResultThen(NamedTuple):
    """A result, and what may happen only once the caller has it."""

    result: Any
    after: Callable[[], None]


class Dispatcher:
    """The methods that are carried out here, by name."""

    def __init__(self, bound: Iterable[Bound]) -> None:
        self._bound = {each.method.name: each for each in bound}

    @property
    def names(self) -> frozenset[str]:
        """The names of the methods that can be called."""
        return frozenset(self._bound)

    async def call(self, caller: Caller, name: str, given: Any) -> Any:
        """Carry out a call; returns JSON values. Errors: `Refused`."""
        if not caller.roles:
            text = f"user {caller.user} may not use this socket: no access rule names them"
            raise Refused(Code.NOT_PERMITTED, text, reason="no_access")
        bound = self._bound.get(name)
        if bound is None:
            raise Refused(
                Code.METHOD_NOT_FOUND, f"no method {name[:80]!r}", reason="unknown_method"
            )
        method = bound.method
        if method.roles and not method.roles & caller.roles:
            needed = " or ".join(sorted(method.roles))
            text = f"user {caller.user} may not call {name}: it needs {needed}"
            raise Refused(Code.NOT_PERMITTED, text, reason="missing_role", role=needed)
        params = read(method.params, given)
        with acting(params.actor):
            if method.big:
                async with caller.big_answer():
                    return await in_pieces(await bound.function(caller, params))
            result = await bound.function(caller, params)
        if isinstance(result, ResultThen):
            return ResultThen(plain(result.result), result.after)
        return plain(result)


def only_tells(name: str) -> bool:
    """True if a call changes nothing; so it is with a method that there is none of."""
    method = METHODS.get(name)
    return method is None or method.only_tells
