"""Trying a handler out."""

from datetime import UTC, datetime

import pytest

from gsmd.core.builtin import BuiltIn
from gsmd.core.requests import Code, Refused
from gsmd.core.trial import Trying, try_out
from gsmd.handlers.base import Delivery, Handler, HandlerError
from gsmd.message import Reply

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Echo:
    """Replies with what it was given; says no to "bad"."""

    name = "echo"
    capacity = 1

    async def deliver(self, delivery: Delivery) -> Reply | None:
        message = delivery.message
        if message.text == "bad":
            raise HandlerError("database down")
        return Reply(f"{delivery.attempt} {message.peer} {message.text} {message.created_at:%H:%M}")

    async def close(self) -> None:
        pass


class Courier:
    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1


async def test_the_handler_gets_a_message_like_any_other_and_its_reply_comes_back() -> None:
    courier: Trying = Courier(Echo())
    assert await try_out(courier, "+336", "Hello", NOW) == Reply("1 +336 Hello 03:04")


async def test_what_waits_for_the_handler_goes_on_afterwards() -> None:
    courier = Courier(Echo())
    await try_out(courier, "+336", "Hello", NOW)
    with pytest.raises(Refused):
        await try_out(courier, "+336", "bad", NOW)
    assert courier.woken == 2


async def test_a_handler_that_says_no_is_a_refusal_with_its_reason() -> None:
    with pytest.raises(Refused, match="echo: database down") as refused:
        await try_out(Courier(Echo()), "+336", "bad", NOW)
    assert refused.value.code is Code.REFUSED
    assert refused.value.data == {"reason": "handler_failed"}


async def test_a_handler_that_is_part_of_gsmd_is_not_tried() -> None:
    built_in = BuiltIn("optout", lambda *_: None)
    with pytest.raises(Refused) as refused:
        await try_out(Courier(built_in), "+336", "STOP", NOW)
    assert refused.value.data == {"reason": "built_in", "field": "handler"}
