"""A dry run of a handler."""

from datetime import UTC, datetime

import pytest

from gsmd.core.dry_run import Runnable, dry_run, made_up
from gsmd.core.effects import EffectHandler
from gsmd.features import Effect
from gsmd.handlers.base import Delivery, Handler, HandlerError
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Reply

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Echo(Handler):
    """Replies with what it was given; says no to "bad"."""

    name = "echo"
    capacity = 1

    async def deliver(self, delivery: Delivery) -> Reply | None:
        message = delivery.message
        if message.text == "bad":
            raise HandlerError("database down")
        return Reply(f"{delivery.attempt} {message.peer} {message.text} {message.created_at:%H:%M}")


class Worker:
    def __init__(self, handler: Handler, effect: Effect | None = None) -> None:
        self.handler = handler
        self.effect = effect
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1


async def test_the_handler_gets_a_message_like_any_other_and_its_reply_comes_back() -> None:
    worker: Runnable = Worker(Echo())
    assert await dry_run(worker, made_up("+336", "Hello", NOW)) == Reply("1 +336 Hello 03:04")


async def test_what_waits_for_the_handler_goes_on_afterwards() -> None:
    worker = Worker(Echo())
    await dry_run(worker, made_up("+336", "Hello", NOW))
    with pytest.raises(Refused):
        await dry_run(worker, made_up("+336", "bad", NOW))
    assert worker.woken == 2


async def test_a_handler_that_says_no_is_a_refusal_with_its_reason() -> None:
    with pytest.raises(Refused, match="echo: database down") as refused:
        await dry_run(Worker(Echo()), made_up("+336", "bad", NOW))
    assert refused.value.code is Code.REFUSED
    assert refused.value.data == {"reason": "handler_failed"}


async def test_a_handler_that_is_part_of_gsmd_is_not_tried() -> None:
    own = Worker(EffectHandler("optout"), effect=lambda *_: None)
    with pytest.raises(Refused) as refused:
        await dry_run(own, made_up("+336", "STOP", NOW))
    assert refused.value.data == {"reason": "built_in", "field": "handler"}
