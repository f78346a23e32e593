"""The time for which a coroutine keeps the event loop busy; its waiting does not count."""

import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


@types.coroutine
def _stepwise(
    work: Coroutine[Any, Any, T], spend: Callable[[float], None], clock: Callable[[], float]
) -> Generator[Any, Any, T]:
    step: Callable[[Any], Any] = work.send
    value: Any = None
    while True:
        began = clock()
        try:
            waits_for = step(value)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            spend(clock() - began)
        try:
            value = yield waits_for
            step = work.send
        except BaseException as error:  # noqa: BLE001 -- it is the coroutine's, cancellation included
            step, value = work.throw, error


async def metered(
    work: Coroutine[Any, Any, T], spend: Callable[[float], None], clock: Callable[[], float]
) -> T:
    """Run ``work``, and call ``spend`` with the seconds of each of its steps."""
    return await _stepwise(work, spend, clock)
