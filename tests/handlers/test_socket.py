"""Programs that connect share the work; what one leaves behind is handed over again."""

import asyncio

import pytest

from gsmd.handlers.base import Delivery, HandlerError, HandlerGone
from gsmd.handlers.socket import SocketHandler, SocketSettings
from gsmd.protocol.message import Reply
from tests.handlers.messages import delivery


class Program:
    """A worker that answers when it is told to."""

    keeps_time = False

    def __init__(self, max_in_flight: int = 8) -> None:
        self.max_in_flight = max_in_flight
        self.taken: list[Delivery] = []
        self.answers: list[asyncio.Future[Reply | None]] = []
        self.cancelled = 0

    async def deliver(self, delivery: Delivery) -> Reply | None:
        self.taken.append(delivery)
        answer: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self.answers.append(answer)
        try:
            return await answer
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


@pytest.fixture
def handler() -> SocketHandler:
    return SocketHandler("crm", SocketSettings(timeout=60))


def start(handler: SocketHandler, number: int = 1) -> list["asyncio.Task[Reply | None]"]:
    return [
        asyncio.create_task(handler.deliver(delivery("crm", id=f"in-{n}"))) for n in range(number)
    ]


async def test_the_answer_of_the_program_is_the_reply(handler: SocketHandler) -> None:
    program = Program()
    handler.attach(program)
    (task,) = start(handler)
    await asyncio.sleep(0)
    program.answers[0].set_result(Reply("5.00"))

    assert await task == Reply("5.00")
    assert program.taken == [delivery("crm", id="in-0")]


async def test_an_error_of_the_program_is_passed_on(handler: SocketHandler) -> None:
    program = Program()
    handler.attach(program)
    (task,) = start(handler)
    await asyncio.sleep(0)
    program.answers[0].set_exception(HandlerError("database down", retry_after=5))

    with pytest.raises(HandlerError, match="database down") as caught:
        await task
    assert caught.value.retry_after == 5


async def test_nobody_connected_has_no_room(handler: SocketHandler) -> None:
    assert handler.capacity == 0
    with pytest.raises(HandlerGone, match="nobody is connected as crm"):
        await handler.deliver(delivery("crm"))


async def test_room_is_what_all_connections_have_together(handler: SocketHandler) -> None:
    first, second = Program(2), Program(3)
    handler.attach(first)
    handler.attach(second)
    assert handler.capacity == 5

    tasks = start(handler, 5)
    await asyncio.sleep(0)
    assert handler.capacity == 0
    assert (len(first.taken), len(second.taken)) == (2, 3)

    second.answers[0].set_result(None)
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert handler.capacity == 1
    for answer in (*first.answers, *second.answers[1:]):
        answer.set_result(None)
    await asyncio.gather(*tasks)
    assert handler.capacity == 5


async def test_the_least_busy_connection_gets_the_next_message(handler: SocketHandler) -> None:
    busy, idle = Program(8), Program(8)
    handler.attach(busy)
    tasks = start(handler, 3)
    await asyncio.sleep(0)
    handler.attach(idle)
    tasks += start(handler, 4)
    await asyncio.sleep(0)

    assert (len(busy.taken), len(idle.taken)) == (4, 3)
    await finish(tasks)


async def finish(tasks: list["asyncio.Task[Reply | None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_full_connection_gets_nothing_more(handler: SocketHandler) -> None:
    program = Program(1)
    handler.attach(program)
    tasks = start(handler)
    await asyncio.sleep(0)

    with pytest.raises(HandlerGone, match="has room"):
        await handler.deliver(delivery("crm"))
    assert len(program.taken) == 1
    await finish(tasks)


async def test_a_program_that_left_gets_nothing_more_and_may_still_answer(
    handler: SocketHandler,
) -> None:
    program, other = Program(1), Program(1)
    handler.attach(program)
    handler.attach(other)
    late, kept = start(handler, 2)
    await asyncio.sleep(0)
    handler.detach(program)
    assert handler.capacity == 0

    program.answers[0].set_exception(HandlerGone("went away"))
    with pytest.raises(HandlerGone, match="went away"):
        await late
    assert handler.capacity == 0
    other.answers[0].set_result(Reply("still here"))
    assert await kept == Reply("still here")


async def test_an_answer_just_before_the_connection_is_lost_counts(handler: SocketHandler) -> None:
    program = Program()
    handler.attach(program)
    (task,) = start(handler)
    await asyncio.sleep(0)
    program.answers[0].set_result(Reply("done"))
    handler.detach(program)

    assert await task == Reply("done")


async def test_a_program_that_does_not_answer_in_time_has_not_done_it() -> None:
    handler = SocketHandler("crm", SocketSettings(timeout=0.01))
    program = Program()
    handler.attach(program)

    with pytest.raises(HandlerError, match=r"crm did not answer within 0\.01 s") as caught:
        await handler.deliver(delivery("crm"))
    assert not isinstance(caught.value, HandlerGone)
    assert handler.capacity == 8
    assert program.cancelled == 1


async def test_detaching_somebody_else_changes_nothing(handler: SocketHandler) -> None:
    program = Program()
    handler.attach(program)
    handler.detach(Program())
    handler.detach(program)
    handler.detach(program)

    assert handler.capacity == 0


async def test_a_hand_over_that_is_cancelled_frees_its_place(handler: SocketHandler) -> None:
    program = Program(1)
    handler.attach(program)
    (task,) = start(handler)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert task.cancelled()
    assert handler.capacity == 1
