"""Signals, and the daemon's answer to each.

asyncio can do it, but asks `inspect` whether the answer is a coroutine, and that is half a megabyte for a daemon that
needs it for nothing else. As there, the kernel may give a signal to any thread, so a socket wakes the event loop.
"""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def handled(*, stop: Callable[[], None], reload: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT mean ``stop``, SIGHUP ``reload``, while inside. In the main thread."""
    loop = asyncio.get_running_loop()
    meaning = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: reload}

    def came(number: int, _: object) -> None:
        loop.call_soon_threadsafe(meaning[signal.Signals(number)])

    with _woken_by_signals(loop):
        before = {number: signal.signal(number, came) for number in meaning}
        for number in meaning:
            signal.siginterrupt(number, False)  # noqa: FBT003 -- its one parameter besides
        try:
            yield
        finally:
            for number, handler in before.items():
                if (
                    signal.getsignal(number) is came
                ):  # else another in this process hears them since
                    signal.signal(number, handler)


@contextmanager
def _woken_by_signals(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    def drain() -> None:
        with suppress(BlockingIOError):
            while reading.recv(4096):
                pass

    reading, writing = socket.socketpair()
    with reading, writing:
        reading.setblocking(False)  # noqa: FBT003 -- its one parameter
        writing.setblocking(False)  # noqa: FBT003 -- likewise
        loop.add_reader(reading, drain)
        before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            woken = signal.set_wakeup_fd(-1)
            # another in this process is woken since, or was before
            with suppress(OSError, ValueError):  # which has ended
                theirs = before if woken == writing.fileno() else woken
                signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
            loop.remove_reader(reading)
