"""``gsmd demo --web``: the daemon, two simulated modems and the pages, with life in it, until Ctrl-C."""

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gsmd.cli import demo_life
from gsmd.cli.exits import Stop

if TYPE_CHECKING:
    from gsmd.client import AsyncClient
    from gsmd.config import Config
    from gsmd.simulator import Network

PORT = 8090

_PATIENCE = 120.0
"""Seconds after which the demo has failed to start."""


def show() -> int:
    """Play it until a signal; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="gsmd-demo-") as directory:
        try:
            asyncio.run(_play(Path(directory)))
        except TimeoutError:
            click.echo("gsmd demo: this took too long; is the machine very busy?", err=True)
            return 1
    return 0


async def _play(directory: Path) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    port = free_port(PORT)
    async with stage(directory, port) as (network, client):
        life = demo_life.Life(network, client)
        click.echo(
            f"\n{click.style('gsmd demo', bold=True)}  two simulated modems, phones that write, the pages\n"
        )
        click.echo(f"  {click.style(link(directory, port), bold=True)}\n")
        click.echo(
            "  Open it and choose any password of 12 characters. Ctrl-C ends it, and leaves nothing behind.\n"
        )
        await _until(stopped, life)


async def _until(stopped: asyncio.Event, life: demo_life.Life) -> None:
    """Let life go on until ``stopped``."""

    async def living() -> None:
        await life.begin()
        await life.go_on()

    task = asyncio.create_task(living())
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
    finally:
        for each in (task, waiting):
            each.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)


def free_port(*usual: int) -> int:
    """The first of these ports that nobody has, else any other."""
    for wanted in (*usual, 0):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", wanted)) as probe:
            return int(probe.getsockname()[1])
    raise Stop("there is no port to listen at")


def link(directory: Path, port: int, name: str = "demo") -> str:
    """An invitation with every role."""
    from gsmd.gateways.database import connect
    from gsmd.gateways.web.accounts import users
    from gsmd.gateways.web.accounts.directory import DATABASE
    from gsmd.gateways.web.accounts.schema import STEPS
    from gsmd.protocol.method import Role

    with contextlib.closing(connect(directory / "web" / DATABASE, STEPS)) as db:
        db.execute("BEGIN IMMEDIATE")
        secret = users.invite(db, name, list(Role), "gsmd demo")
        db.execute("COMMIT")
    return f"http://127.0.0.1:{port}/invitation/{secret}"


@asynccontextmanager
async def stage(directory: Path, port: int) -> "AsyncIterator[tuple[Network, AsyncClient]]":
    """A network with two modems, the daemon on them, and the gateway before it."""
    from gsmd.client import AsyncClient
    from gsmd.config import parse
    from gsmd.daemon import Daemon
    from gsmd.handler_kinds import HANDLER_KINDS
    from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem

    network = Network()
    text = demo_life.CONFIGURATION.format(directory=directory, port=port)
    config = parse(text, "demo", HANDLER_KINDS)
    async with AsyncExitStack() as stack:
        for n, (name, number) in enumerate(
            (("north", demo_life.NORTH), ("south", demo_life.SOUTH)), 1
        ):
            sim = Sim(number=number, imsi=f"20801000000000{n}", iccid=f"893301000000000001{n}")
            modem = SimulatedModem(sim, network, imei=f"49015420323751{n}")
            await stack.enter_async_context(PtyModem(modem, link=directory / name))
        daemon = Daemon(config)
        running = asyncio.create_task(daemon.run())
        stack.push_async_callback(_ended, running)
        stack.callback(daemon.stop)
        async with asyncio.timeout(_PATIENCE):
            await daemon.ready()
        client = await stack.enter_async_context(AsyncClient(directory / "gsmd.sock"))
        await stack.enter_async_context(_gateway(config, directory))
        await _ready(client)
        yield network, client


@asynccontextmanager
async def _gateway(config: "Config", directory: Path) -> AsyncIterator[None]:
    from gsmd.gateways import catalogue
    from gsmd.gateways.gateway import Surroundings

    (directory / "web").mkdir(mode=0o700, exist_ok=True)
    surroundings = Surroundings(daemon=directory / "gsmd.sock", state_dir=directory / "web")
    gateway = catalogue.build("web", config, surroundings)
    ready = asyncio.Event()
    serving = asyncio.create_task(gateway.serve(ready.set))
    waiting = asyncio.create_task(ready.wait())
    try:
        async with asyncio.timeout(_PATIENCE):
            await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving
        yield
    finally:
        waiting.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await gateway.drain()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def _ended(task: "asyncio.Task[None]") -> None:
    await asyncio.gather(task, return_exceptions=True)


async def _ready(client: "AsyncClient") -> None:
    async with asyncio.timeout(_PATIENCE), client.events("modem.state") as events:
        while not all(each.state == "ready" for each in await client.modems()):
            await anext(aiter(events))
