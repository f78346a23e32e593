"""Finding modems on the serial ports of this machine, without disturbing ports that are in use."""

import asyncio
from collections.abc import Sequence
from functools import partial

import msgspec

from gsmd.config.document import written
from gsmd.modem.errors import ModemError
from gsmd.modem.link import commands
from gsmd.modem.link.line import Line
from gsmd.modem.port.port import off_loop, open_port
from gsmd.modem.port.port_users import PortUser, port_users
from gsmd.modem.port.sysfs import SerialDevice, serial_devices
from gsmd.modem.quirks import WORDS, profile_for
from gsmd.modem.sim.simcard import SimLook, look_at_sim
from gsmd.modem.timeouts import Timeouts
from gsmd.patterns import pattern

_IMEI = pattern(r"[0-9]{15}")

QUICK = Timeouts(command=2.0, slow=5.0, sync=0.7, sync_tries=3, drain=0.05)
"""A port that is no modem should not take long."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The identity of a modem by its own words. ``sim`` is the state of its SIM in words."""

    manufacturer: str | None
    model: str | None
    imei: str | None
    family: str
    iccid: str | None = None
    sim: str | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The find at a port: an ``identity``, or the ``problem`` why it is no modem that can be used."""

    device: SerialDevice
    holders: tuple[PortUser, ...] = ()
    problem: str | None = None
    identity: Identity | None = None


async def probe(
    devices: Sequence[SerialDevice] | None = None,
    *,
    baudrate: int = 115_200,
    timeouts: Timeouts = QUICK,
    built_in: bool = False,
) -> list[Found]:
    """Ask every port that nobody holds; all at once. ``built_in``: those of the board too."""
    if devices is None:
        devices = await off_loop(serial_devices)
        devices = [device for device in devices if built_in or not device.built_in]
    return list(await asyncio.gather(*(_look(device, baudrate, timeouts) for device in devices)))


def stanzas(found: Sequence[Found]) -> str:
    """The ``modems`` section of a configuration with what was found; one port for each modem."""
    lines = ["modems:"]
    seen: set[str] = set()
    for each in found:
        if each.identity is None:
            continue
        imei = each.identity.imei
        if (imei or each.device.path) in seen:
            continue
        seen.add(imei or each.device.path)
        lines += stanza(f"modem{len(seen)}", each)
    return "\n".join(lines) + "\n" if seen else ""


def stanza(name: str, found: Found) -> list[str]:
    """The lines of a modem in a configuration's ``modems``; what the modem says of itself is not believed to be a number."""
    lines = [f"  - name: {written(name)}", f"    port: {written(port_of(found))}"]
    imei = found.identity.imei if found.identity is not None else None
    if imei is not None and _IMEI.fullmatch(imei):
        lines.append(f'    # or, wherever it is plugged in: match: {{imei: "{imei}"}}')
    return lines


def port_of(found: Found) -> str:
    """The port's name that stays the same, where it has one."""
    return found.device.by_id or found.device.path


async def identify(path: str, baudrate: int, timeouts: Timeouts, *, sim: bool = True) -> Identity:
    """Open ``path`` and ask who is there. Errors: `ModemError` if nobody answers or it cannot be had."""
    port = await open_port(path, baudrate)
    try:
        line = Line(port, timeouts, lambda _event: None, lambda _why: None, words=WORDS)
        await line.resync()
        await commands.speak_plainly(line)
        manufacturer = await commands.first_text(line, "+CGMI", "+GMI")
        model = await commands.first_text(line, "+CGMM", "+GMM")
        profile = profile_for(manufacturer, model)
        return Identity(
            manufacturer=manufacturer,
            model=model,
            imei=await commands.first_text(line, "+CGSN", "+GSN"),
            family=profile.family,
            iccid=await commands.iccid(line, profile.iccid) if sim else None,
            sim=_sim_in_words(await look_at_sim(line)) if sim else None,
        )
    finally:
        await port.close()


def _sim_in_words(found: SimLook) -> str:
    return found.reason if found.remark is None else f"{found.reason}; {found.remark}"


async def _look(device: SerialDevice, baudrate: int, timeouts: Timeouts) -> Found:
    holding = tuple(await off_loop(partial(port_users, device.path)))
    if holding:
        names = ", ".join(map(str, holding))
        return Found(device=device, holders=holding, problem=f"in use by {names}")
    try:
        identity = await identify(device.path, baudrate, timeouts)
    except ModemError as error:
        return Found(device=device, problem=error.reason)
    if identity.manufacturer is None and identity.imei is None:
        return Found(device=device, problem="something answers there, but it is no modem")
    return Found(device=device, identity=identity)
