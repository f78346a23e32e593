"""Waiting for a message to get somewhere."""

import asyncio
from collections.abc import Awaitable, Callable

from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.protocol.message import FINAL, Message, State
from gsmd.store.ledger import EventBus

_WAY = {State.QUEUED: 0, State.SUBMITTING: 1, State.SENT: 2, State.DELIVERED: 3}
"""The steps of an outbound message on its way, in order."""


def reached(message: Message, state: State) -> bool:
    """True if a message is in ``state`` or beyond, or nothing more will happen to it by itself."""
    if message.state is state or message.state in FINAL:
        return True
    if message.state is State.UNCERTAIN:
        return message.error is not None
    return state in _WAY and message.state in _WAY and _WAY[message.state] >= _WAY[state]


async def wait_for(
    bus: EventBus,
    id_: str,
    look: Callable[[], Awaitable[Message]],
    state: State,
    timeout: float | None,  # noqa: ASYNC109 -- expiry is a refusal with its own code
) -> Message:
    """Look again at every event of the message until it has `reached` the state.

    Errors: `Refused` with `Code.TIMEOUT` after ``timeout`` seconds.
    """
    happened = asyncio.Event()

    def hear(event: Event) -> None:
        if event.fields.get("id") == id_:
            happened.set()

    unsubscribe = bus.subscribe(hear)
    try:
        async with asyncio.timeout(timeout):
            while True:
                happened.clear()
                message = await look()
                if reached(message, state):
                    return message
                await happened.wait()
    except TimeoutError:
        message = await look()
        raise Refused(
            Code.TIMEOUT, f"it is still {message.state}", reason="timeout", state=str(message.state)
        ) from None
    finally:
        unsubscribe()
