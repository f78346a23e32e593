"""``gsmd probe``: finds modems on serial ports."""

import asyncio

import click
import msgspec

from gsmd.cli.combinations import refuse
from gsmd.cli.exits import Stop
from gsmd.cli.options import json_option
from gsmd.cli.progress import working
from gsmd.cli.terminal import emit, emit_json, say
from gsmd.modem import probe as modems
from gsmd.modem.port.sysfs import SerialDevice
from gsmd.modem.probe import Found


@click.command()
@click.argument("ports", metavar="[PORT]...", nargs=-1, type=click.Path(exists=True))
@click.option("--built-in", is_flag=True, help="Also the ports of the board itself (ttyS, ttyAMA).")
@click.option("--baudrate", type=click.IntRange(min=300), default=115_200, show_default=True)
@json_option
def probe(ports: tuple[str, ...], built_in: bool, baudrate: int, as_json: bool) -> None:
    """Ask every serial port, or each PORT, who is there, and print a stanza for the configuration.

    Ports that another program has open are left alone, and the program is named.
    """
    if ports:
        refuse("With a PORT", "built_in")
    devices = [SerialDevice(path=port) for port in ports] or None
    with working("Asking serial ports"):
        found = asyncio.run(modems.probe(devices, baudrate=baudrate, built_in=built_in))
    if as_json:
        emit_json(map(msgspec.to_builtins, found))
    else:
        for each in found:
            say(_line(each))
        emit_stanza(found)
    if not any(each.identity for each in found):
        raise Stop(_nothing(found), advice="What may be wrong: gsmd doctor")


def emit_stanza(found: list[Found]) -> None:
    """The part of a configuration that fits what was found, on stdout, ready to be pasted."""
    stanza = modems.stanzas(found)
    if stanza:
        emit(stanza.rstrip("\n"))


def _line(found: Found) -> str:
    where = found.device.by_id or found.device.path
    if found.identity is None:
        return f"{where}: {found.problem}"
    known = (found.identity.manufacturer, found.identity.model)
    name = " ".join(part for part in known if part) or "a modem"
    imei = f", IMEI {found.identity.imei}" if found.identity.imei else ""
    sim = f", {found.identity.sim}" if found.identity.sim else ""
    return f"{where}: {name}{imei}{sim}"


def _nothing(found: list[Found]) -> str:
    return "there is no modem on these ports" if found else "there is no serial port"
