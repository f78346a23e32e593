"""The parts of the contract that a kind of handler need not think of."""

import asyncio

import pytest

from gsmd.handlers.base import (
    AttachError,
    Delivery,
    Handler,
    HandlerError,
    VolatileDeliveryMarks,
)
from gsmd.handlers.bounded import BoundedHandler, BoundedSettings
from gsmd.handlers.socket import SocketHandler, SocketSettings
from gsmd.protocol.message import Reply
from tests.handlers.messages import delivery


class Plain(Handler):
    """What a kind has to have, and nothing else."""

    name = "plain"
    capacity = 1

    async def deliver(self, delivery: Delivery) -> Reply | None:
        del delivery
        return None


class Program:
    """A program that would take messages."""

    max_in_flight = 1
    keeps_time = False

    async def deliver(self, delivery: Delivery) -> Reply | None:
        del delivery
        return None


class Gated(BoundedHandler[BoundedSettings]):
    """Ends its hand-overs when it is told to."""

    def __init__(self, concurrency: int) -> None:
        super().__init__("gated", BoundedSettings(concurrency=concurrency))
        self.ends: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()

    async def hand_over(self, delivery: Delivery) -> Reply | None:
        del delivery
        return await self.ends


def test_nobody_can_connect_where_a_kind_does_not_say_so() -> None:
    with pytest.raises(AttachError, match="plain is not a socket handler"):
        Plain().attach(Program())


def test_who_was_never_attached_is_not_detached() -> None:
    assert not Plain().detach(Program())


def test_who_is_connected_stays_only_where_the_successor_has_a_use_for_them() -> None:
    former, successor, program = SocketHandler("a", SocketSettings()), Plain(), Program()
    former.attach(program)
    successor.succeed(former)
    assert former.detach(program)

    again = SocketHandler("a", SocketSettings())
    again.succeed(successor)
    assert again.capacity == 0


async def test_letting_go_of_nothing_is_no_work() -> None:
    await Plain().close()


async def test_a_hand_over_takes_a_place_before_its_first_wait() -> None:
    handler = Gated(concurrency=2)
    task = asyncio.create_task(handler.deliver(delivery()))
    await asyncio.sleep(0)
    assert handler.capacity == 1
    handler.ends.set_result(Reply("done"))
    assert await task == Reply("done")
    assert handler.capacity == 2


async def test_a_place_is_free_again_however_a_hand_over_ends() -> None:
    failing, cancelled = Gated(concurrency=1), Gated(concurrency=1)
    failing.ends.set_exception(HandlerError("no"))
    with pytest.raises(HandlerError):
        await failing.deliver(delivery())
    task = asyncio.create_task(cancelled.deliver(delivery()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert (failing.capacity, cancelled.capacity) == (1, 1)


async def test_marks_are_kept_apart_by_handler_and_message() -> None:
    marks = VolatileDeliveryMarks()
    await marks.add("a", "m1", "mail")
    await marks.add("a", "m1", "chat")

    assert await marks.of("a", "m1") == {"mail", "chat"}
    assert await marks.of("a", "m2") == await marks.of("b", "m1") == set()
