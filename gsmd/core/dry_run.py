"""A dry run of a handler: a made-up message, of which nothing is stored and for which nothing is sent."""

from datetime import datetime
from typing import Protocol

from gsmd.features import Effect
from gsmd.handlers.base import Delivery, Handler, HandlerError
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Direction, Kind, Message, Reply, State
from gsmd.store.identity import new_id


class Runnable(Protocol):
    """As much of a `DeliveryWorker` as a dry run needs."""

    handler: Handler
    effect: Effect | None

    def wake(self) -> None: ...


async def dry_run(worker: Runnable, message: Message) -> Reply | None:
    """The handler's reply to such a message. Errors: `Refused`, also for what it says no to."""
    handler = worker.handler
    if worker.effect is not None:
        reason = f"{handler.name} is part of gsmd and acts on what it is given"
        raise Refused(Code.INVALID, reason, reason="built_in", field="handler")
    try:
        return await handler.deliver(Delivery(handler.name, 1, message))
    except HandlerError as error:
        raise Refused(
            Code.REFUSED, f"{handler.name}: {error.reason}", reason="handler_failed"
        ) from error
    finally:
        worker.wake()  # the place it took is free for real ones again


def made_up(peer: str, text: str, now: datetime) -> Message:
    """A text that came in from ``peer``, but for that it did not."""
    return Message(
        id=new_id(),
        direction=Direction.INBOUND,
        state=State.RECEIVED,
        peer=peer,
        modem=None,
        kind=Kind.TEXT,
        text=text,
        data=None,
        alphabet="gsm7",
        class_=None,
        ports=None,
        parts=1,
        complete=True,
        tag=None,
        in_reply_to=None,
        possible_duplicate=False,
        created_at=now,
        service_centre_timestamp=now,
        sent_at=None,
        delivered_at=None,
        error=None,
    )
