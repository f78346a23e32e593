"""``gsmd setup``: from a modem that was just plugged in to a daemon that works."""

import asyncio
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import click

from gsmd.cli import setup_files
from gsmd.cli.combinations import refuse
from gsmd.cli.connection import daemon, socket_path
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.options import configuration_option, socket_option
from gsmd.cli.progress import working
from gsmd.cli.setup_files import Chosen
from gsmd.cli.terminal import emit, say
from gsmd.client import Client, GsmdError
from gsmd.config import ConfigError
from gsmd.modem import probe as modems
from gsmd.modem.port.sysfs import SerialDevice
from gsmd.modem.probe import Found

PATIENCE = 120.0
"""Seconds that a modem may take to be ready, and a message to come back."""

NUMBER = 5.0
"""Seconds that a modem that is ready may take to say its own number; many SIMs do not know it."""


@click.command()
@click.argument("ports", metavar="[PORT]...", nargs=-1, type=click.Path(exists=True))
@click.option("--built-in", is_flag=True, help="Also the ports of the board itself (ttyS, ttyAMA).")
@click.option("--force", is_flag=True, help="Replace a configuration that already has modems.")
@click.option("--no-start", is_flag=True, help="Only write the configuration.")
@configuration_option
@socket_option
def setup(
    ports: tuple[str, ...], built_in: bool, force: bool, no_start: bool, config: Path
) -> None:
    """Find the modem, ask what has to be known, write the configuration, start and try it.

    Looks at every serial port, or at each PORT. Nothing is changed before everything was answered.
    """
    if ports:
        refuse("With a PORT", "built_in")
    if no_start:
        refuse("With --no-start", "socket")
    former = setup_files.former(config, replace=force)
    found = _find(ports, built_in=built_in)
    chosen = _ask_for(found)
    text = setup_files.configuration(former, chosen)
    try:
        setup_files.write(config, text, chosen)
    except ConfigError as error:  # what stood in the file before
        raise Stop(str(error), Exit.CONFIGURATION) from None
    say(f"Written: {config}")
    if no_start or not _started(config):
        return
    _try(chosen)


def _find(ports: Sequence[str], *, built_in: bool) -> list[Found]:
    devices = [SerialDevice(path=port) for port in ports] or None
    with working("Asking serial ports"):
        found = asyncio.run(modems.probe(devices, built_in=built_in))
    usable = list({_who(each): each for each in reversed(found) if each.identity}.values())[::-1]
    if not usable:
        for each in found:
            say(f"{each.device.path}: {each.problem}")
        raise Stop("no modem was found", advice="Is it plugged in? What may be wrong: gsmd doctor")
    return usable


def _who(found: Found) -> str:
    """A modem has several ports; the first that answers is as good as any."""
    assert found.identity is not None
    return found.identity.imei or found.device.path


def _ask_for(found: Sequence[Found]) -> list[Chosen]:
    chosen: list[Chosen] = []
    for number, each in enumerate(found, 1):
        assert each.identity is not None
        who = " ".join(filter(None, (each.identity.manufacturer, each.identity.model)))
        port = each.device.by_id or each.device.path
        say(f"\n{who or 'A modem'} at {port}; {each.identity.sim or 'SIM unknown'}")
        if len(found) > 1 and not click.confirm("Use it?", default=True, err=True):
            continue
        name = _ask_name(f"modem{number}" if len(found) > 1 else "modem", chosen)
        pin = _ask_pin(each.identity.sim or "")
        chosen.append(Chosen(name=name, port=port, imei=each.identity.imei, pin=pin))
    if not chosen:
        raise Stop("no modem was chosen, nothing was written")
    return chosen


def _ask_name(usual: str, chosen: Sequence[Chosen]) -> str:
    while True:
        name: str = click.prompt("What shall it be called?", default=usual, err=True)
        if setup_files.is_name(name) and name not in {each.name for each in chosen}:
            return name
        say("A name has letters, digits, '.', '_' and '-', and each modem its own.")


def _ask_pin(sim: str) -> str | None:
    if "PIN" not in sim:
        return None
    while True:
        pin: str = click.prompt("The SIM's PIN", hide_input=True, err=True)
        if pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8:
            return pin
        say("A PIN has 4 to 8 digits.")


def _started(config: Path) -> bool:
    """Start the daemon, if that can be done from here; else say how."""
    if os.geteuid() != 0 or not Path("/run/systemd/system").is_dir():
        say(f"To start it: gsmd run -c {config}")
        return False
    if not click.confirm("Start gsmd now, and at every start of this machine?", default=True, err=True):  # fmt: skip
        return False
    done = subprocess.run(
        ["systemctl", "enable", "gsmd.service"],  # noqa: S607 -- root's own path
        check=False,
        capture_output=True,
    )
    if done.returncode == 0:
        done = subprocess.run(["systemctl", "restart", "gsmd.service"], check=False)  # noqa: S607 -- likewise
    if done.returncode != 0:
        raise Stop("gsmd did not start", advice="Why: systemctl status gsmd; journalctl -u gsmd")
    return True


def _try(chosen: Sequence[Chosen]) -> None:
    """A message to whoever the user says, best to the SIM itself: then both ways are tried."""
    with daemon(timeout=PATIENCE + 30) as client:
        for each in chosen:
            with working(f"Waiting for {each.name}"):
                state, reason, number = _settled(client, each.name)
            if state != "ready":
                raise Stop(
                    f"{each.name} is {state}: {reason}",
                    advice=f"What to do: gsmd doctor; how it goes on: gsmd modems show {each.name}",
                )
            say(f"{each.name} is ready.")
            to: str = click.prompt(
                "Send a test message to (empty: none; its own number tries both ways)",
                default=number or "",
                show_default=bool(number),
                err=True,
            )
            if to:
                _send(client, each.name, to, own=to == number)
    emit(f"gsmd works. Socket: {socket_path()}")


def _settled(client: Client, modem: str) -> tuple[str, str, str | None]:
    until = time.monotonic() + PATIENCE
    while True:
        status = client.modem(modem)
        if status.state == "ready" and status.number is None:
            until = min(until, time.monotonic() + NUMBER)  # it is asked for once all else is done
        elif status.state in {"ready", "pin-needed", "puk-needed"}:
            break
        if time.monotonic() > until:
            break
        time.sleep(0.5)
    return status.state, status.reason or "", status.number


def _send(client: Client, modem: str, to: str, *, own: bool) -> None:
    try:
        with working("Sending"):
            sent = client.send(to, "gsmd works.", modem=modem)
            sent = client.wait(sent.id, "sent", PATIENCE)
    except GsmdError as error:
        raise Stop(f"the test message did not go out: {error.message}") from error
    if sent.state not in {"sent", "delivered"}:
        raise Stop(f"the test message is {sent.state}", advice=f"Why: gsmd show {sent.id}")
    say(f"Sent to {to}.")
    if own:
        with working("Waiting for it to come in"):
            came = _came_in(client, modem)
        say("It came in again." if came else "It has not come in yet: gsmd inbox --follow")


def _came_in(client: Client, modem: str) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        page = client.list(direction="inbound", modem=modem, limit=5)
        if any(message.text == "gsmd works." for message in page.messages):
            return True
        time.sleep(0.5)
    return False
