"""The person for whom something is changed: ``anna@web``, as a caller says it.

Theory of operation
-------------------

A caller at the socket is a user of this machine; a gateway is one user for all of its people. So every method takes
``actor``, and what the method changes keeps it: each event of each of its transactions, and the records that have a
place for it. Nothing is handed from function to function for that: while a call is carried out, its task and those
that it starts know the actor (a context variable), and `Ledger.write` asks for it.

What a change sets going is not done by that person any more: a message that anna sent is delivered by nobody. So
whatever happens once a transaction is on disk happens without an actor, and a call that has ended has none, even for
a task that it left behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class _Call:
    """A call under way."""

    __slots__ = ("actor",)

    def __init__(self, actor: str | None) -> None:
        self.actor = actor


_call: ContextVar[_Call | None] = ContextVar("call", default=None)


@contextmanager
def acting(actor: str | None) -> Iterator[None]:
    """What is changed inside is changed for ``actor``; None: for nobody in particular."""
    if actor is None:
        yield
        return
    call = _Call(actor)
    token = _call.set(call)
    try:
        yield
    finally:
        call.actor = None
        _call.reset(token)


def act_for(actor: str | None) -> None:
    """What the task changes from here to its end is changed for ``actor``."""
    _call.set(_Call(actor))


def acting_now() -> str | None:
    """The actor of the call that is carried out; None where there is none."""
    call = _call.get()
    return None if call is None else call.actor
