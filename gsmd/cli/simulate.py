"""``gsmd simulate``: modems on ptys, with a prompt and a control socket to play the world around them."""

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

import click

from gsmd.cli.exits import Exit, Stop
from gsmd.cli.simulator_prompt import Prompt
from gsmd.recording import NotARecording, read
from gsmd.simulator import PROFILES, Simulation
from gsmd.simulator.control import ControlSocket


@click.command()
@click.option("--modems", "count", type=click.IntRange(0, 64), help="How many modems; else one.")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    type=click.Choice(sorted(PROFILES)),
    metavar="P",
    help=f"What they are: {', '.join(PROFILES)}. Given several times, they take turns.",
)
@click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="D",
    help="Where the ports D/modem1 … and the control socket D/control.sock are made.",
)
@click.option("--pin", help="A PIN on every SIM.")
@click.option("--slots", default=30, type=click.IntRange(1, 255), help="Messages a SIM can hold.")
@click.option(
    "--baudrate",
    type=click.IntRange(300, 4_000_000),
    help="Carry bytes at the speed of a serial line; else as fast as can be.",
)
@click.option(
    "--replay",
    "recordings",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Play the modem's side of a recording (gsmd record), in place of simulated modems.",
)
@click.option(
    "--speed",
    default=1.0,
    type=click.FloatRange(min=0, min_open=True),
    metavar="X",
    help="Play recordings X times as fast.",
)
def simulate(
    count: int | None,
    profiles: tuple[str, ...],
    directory: Path | None,
    pin: str | None,
    slots: int,
    baudrate: int | None,
    recordings: tuple[Path, ...],
    speed: float,
) -> int:
    """Simulated modems to develop and test with.

    Programs open D/modem1 … as if they were serial ports. What the phones and the network do, and
    what goes wrong, is typed at the prompt (`help` lists it) or written to D/control.sock, a JSON
    object a line. Where standard input is no terminal it is read like the prompt, and the modems
    run until SIGTERM or SIGINT.
    """
    if count is None:
        count = 0 if recordings else 1
    if len(profiles) > count:
        raise click.UsageError(f"{len(profiles)} profiles for {count} modems: give --modems too.")
    directory = directory or _default_directory()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    simulation = Simulation(directory.absolute())
    for recording in recordings:
        _replay(simulation, recording, speed)
    for ordinal in range(count):
        profile = profiles[ordinal % len(profiles)] if profiles else "generic"
        simulation.add(profile=profile, pin=pin, slots=slots, baudrate=baudrate)
    try:
        asyncio.run(_run(simulation, directory.absolute() / "control.sock"))
    except OSError as error:
        click.echo(f"gsmd simulate: {error}", err=True)
        return Exit.FAILED
    return Exit.DONE


def _replay(simulation: Simulation, file: Path, speed: float) -> None:
    """Errors: `Stop` for a file that is no recording."""

    def tell(command: str) -> None:
        click.echo(f"{file.name} has no answer to {command!r}: ERROR", err=True)

    try:
        simulation.replay(read(file), speed=speed, on_unknown=tell)
    except NotARecording as error:
        raise Stop(str(error)) from None


def _default_directory() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime) / "gsmd-simulator"
    return Path(tempfile.gettempdir()) / f"gsmd-simulator-{os.getuid()}"


async def _run(simulation: Simulation, control: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    async with simulation, ControlSocket(simulation, control):
        _welcome(simulation, control)
        prompt = asyncio.create_task(Prompt(simulation, stop).run())
        await stop.wait()
        prompt.cancel()


def _welcome(simulation: Simulation, control: Path) -> None:
    bold = {"bold": True}
    click.echo(click.style("gsmd simulate", **bold) + "  modems on ptys, a network and phones\n")
    for name, line in simulation.lines.items():
        modem = simulation.modems.get(name)
        number = modem.sim.number if modem and modem.sim else ""
        what = modem.profile.name if modem else "a recording"
        click.echo(
            f"  {click.style(f'{name:<8}', fg='blue', bold=True)} {line.link}  {number}  {what}"
        )
    click.echo(f"  {click.style('control ', fg='cyan', bold=True)} {control}\n")
    if sys.stdin.isatty() and simulation.modems:
        first = next(iter(simulation.modems))
        click.echo(f"  text +33612345678 {first} Hello    fault {first} hang    help    quit\n")
