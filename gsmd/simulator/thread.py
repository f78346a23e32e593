"""A simulation in a thread of its own, for programs and tests that have no event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from gsmd.simulator.control import ControlSocket
from gsmd.simulator.simulation import Simulation
from gsmd.simulator.verbs import carry_out

Result = TypeVar("Result")


class SimulatorThread:
    """Modems at ``directory``/``modem1``… while it is entered; every method may be called from any thread.

    ``profiles``: one for each modem. The control socket is at ``directory``/``control.sock``.
    """

    def __init__(self, directory: Path, profiles: Sequence[str] = ("generic",)) -> None:
        self.directory = directory
        self.simulation = Simulation(directory)
        self._profiles = profiles
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="gsmd-simulator", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Call ``function`` in the simulation's thread; its result, or what it raises."""

        async def called() -> Result:
            return function(*arguments)

        return self._wait(called())

    def do(self, verb: str, **parameters: Any) -> dict[str, Any]:
        """Carry out a verb of the control socket. Errors: `VerbError`."""
        # `from` is a word of Python's: write `from_`
        named = {name.rstrip("_"): value for name, value in parameters.items()}
        return self._wait(carry_out(self.simulation, {"do": verb, **named}))

    def _wait(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 -- it is raised in the thread that waits
            self._failure = error
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        for profile in self._profiles:
            self.simulation.add(profile=profile)
        async with self.simulation, ControlSocket(self.simulation, self.directory / "control.sock"):
            self._ready.set()
            await self._stop.wait()
