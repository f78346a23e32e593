"""The lanes, on a loop and a clock that are made up."""

import heapq
import itertools
from collections.abc import Callable

from gsmd.api.fairness.fair_queue import (
    COMPANY,
    HEAVY_REST,
    LONG,
    LONG_REST,
    LONGEST_REST,
    UNRULY_REST,
    FairQueue,
)
from gsmd.api.fairness.usage import Processes, ServiceClass, Usage

LIGHT, HEAVY, UNRULY = ServiceClass


class Loop:
    """Time passes when somebody works or waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self._count = itertools.count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []

    def later(self, delay: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + delay, next(self._count), call))

    def run(self) -> None:
        while self._due:
            at, _, call = heapq.heappop(self._due)
            self.now = max(self.now, at)
            call()


def made() -> tuple[Loop, FairQueue]:
    loop = Loop()
    return loop, FairQueue(lambda: loop.now, lambda: loop.now, loop.later)


def a_client() -> Usage:
    return Usage(Processes().of(1, 0, 0.0))


class Client:
    """Asks for turn after turn, each of which takes some time."""

    def __init__(self, loop: Loop, turns: FairQueue, standing: ServiceClass, takes: float) -> None:
        self.loop, self.turns, self.standing, self.takes = loop, turns, standing, takes
        self.usage = a_client()
        self.served: list[float] = []

    def ask(self, times: int) -> None:
        def go() -> None:
            self.served.append(self.loop.now)
            self.loop.now += self.takes
            self.turns.account(self.standing, self.takes, self.usage)
            if times > 1:
                self.ask(times - 1)

        self.turns.wait(self.standing, go)


def test_light_clients_never_wait_for_others_turns() -> None:
    loop, turns = made()
    heavy = [Client(loop, turns, HEAVY, 0.0005) for _ in range(10)]
    for one in heavy:
        one.ask(5)
    light = Client(loop, turns, LIGHT, 0.0001)
    light.ask(1)
    loop.run()
    assert light.served[0] - 100.0 < 0.0006
    assert {len(one.served) for one in heavy} == {5}


def test_heavy_clients_have_one_turn_after_the_other() -> None:
    loop, turns = made()
    clients = [Client(loop, turns, HEAVY, 0.0005) for _ in range(3)]
    for one in clients:
        one.ask(4)
    loop.run()
    order = sorted((at, place) for place, one in enumerate(clients) for at in one.served)
    assert [place for _, place in order] == [0, 1, 2] * 4


def test_a_heavy_client_that_is_alone_has_the_whole_loop() -> None:
    loop, turns = made()
    client = Client(loop, turns, HEAVY, 0.0005)
    client.ask(100)
    loop.run()
    assert client.served[-1] - client.served[0] < 0.0005 * 100


def test_heavy_clients_leave_most_of_the_loop_to_others() -> None:
    loop, turns = made()
    client = Client(loop, turns, HEAVY, 0.0005)
    turns.account(LIGHT, 0.0001, a_client())
    client.ask(20)
    loop.run()
    assert client.served[-1] - client.served[0] >= 0.0005 * 19 * (HEAVY_REST + 0.99)


def test_others_count_as_gone_after_a_while() -> None:
    (loop, turns), me = made(), a_client()
    turns.account(LIGHT, 0.0001, a_client())
    assert turns.rest(HEAVY, LONG / 2, me) == HEAVY_REST
    assert turns.rest(HEAVY, LONG * 2, me) == LONG_REST
    loop.now += COMPANY + 0.01
    assert turns.rest(HEAVY, LONG * 2, me) == 0


def test_a_heavy_client_waits_only_if_there_are_others() -> None:
    (loop, turns), me = made(), a_client()
    turns.account(LIGHT, 0.0001, me)  # it was light itself a moment ago
    assert turns.free(HEAVY, me)
    turns.account(LIGHT, 0.0001, a_client())
    assert not turns.free(HEAVY, me)
    loop.now += COMPANY + 0.01
    assert turns.free(HEAVY, me)
    Client(loop, turns, HEAVY, 0.0005).ask(1)
    assert not turns.free(HEAVY, me)
    assert turns.free(LIGHT, me)
    assert not turns.free(UNRULY, me)


def test_unruly_clients_get_little_of_the_loop_however_many_they_are() -> None:
    loop, turns = made()
    clients = [Client(loop, turns, UNRULY, 0.001) for _ in range(50)]
    for one in clients:
        one.ask(4)
    loop.run()
    assert 0.001 * 200 / (loop.now - 100.0) <= 1 / UNRULY_REST
    assert {len(one.served) for one in clients} == {4}


async def test_a_task_may_wait_for_its_turn_too() -> None:
    loop, turns = made()
    waiting = turns.turn(HEAVY).__await__()
    next(waiting)
    loop.run()
    assert turns.spent == {LIGHT: 0.0, HEAVY: 0.0, UNRULY: 0.0}
    for _ in waiting:
        raise AssertionError("its turn had come")


def test_what_took_for_ever_is_not_rested_from_for_ever() -> None:
    loop, turns = made()
    client = Client(loop, turns, UNRULY, 60.0)
    client.ask(2)
    loop.run()
    assert client.served[1] - client.served[0] - 60.0 <= LONGEST_REST
