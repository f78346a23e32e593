"""Signals are heard by an event loop that waits for something else."""

import asyncio
import contextlib
import os
import signal
import threading

import pytest

from gsmd.process import signals
from tests.rig import PATIENCE


@pytest.mark.parametrize(
    ("number", "meaning"),
    [(signal.SIGTERM, "stop"), (signal.SIGINT, "stop"), (signal.SIGHUP, "reload")],
)
async def test_a_signal_wakes_the_loop_whichever_thread_it_came_to(
    number: signal.Signals, meaning: str
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    with signals.handled(
        stop=lambda: heard.put_nowait("stop"), reload=lambda: heard.put_nowait("reload")
    ):
        for send in (
            lambda: os.kill(os.getpid(), number),
            lambda: signal.pthread_kill(threading.get_ident(), number),
        ):
            thread = threading.Thread(target=send)
            thread.start()
            async with asyncio.timeout(PATIENCE):
                assert await heard.get() == meaning
            thread.join()


async def test_afterwards_signals_mean_what_they_meant_before() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    with signals.handled(stop=lambda: None, reload=lambda: None):
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before
    fd = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(fd)
    assert fd == -1


async def test_one_of_several_in_a_process_hears_signals_when_the_one_before_has_ended() -> None:
    first, second = contextlib.ExitStack(), contextlib.ExitStack()
    heard: asyncio.Queue[str] = asyncio.Queue()
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    first.enter_context(signals.handled(stop=lambda: None, reload=lambda: None))
    with second:
        second.enter_context(
            signals.handled(
                stop=lambda: heard.put_nowait("stop"), reload=lambda: heard.put_nowait("reload")
            )
        )
        first.close()
        thread = threading.Thread(
            target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGHUP)
        )
        thread.start()
        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == "reload"
        thread.join()
    for number, handler in zip((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), before, strict=True):
        signal.signal(number, handler)
    assert signal.set_wakeup_fd(-1) == -1
