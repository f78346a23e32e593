"""Signals, and the daemon's answer to each."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def handled(*, stop: Callable[[], None], reload: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT mean ``stop``, SIGHUP ``reload``, while inside."""
    loop = asyncio.get_running_loop()
    meaning = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: reload}
    for number, handler in meaning.items():
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        for number in meaning:
            loop.remove_signal_handler(number)
