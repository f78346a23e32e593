"""The modems of ``gsmd setup``: found on the ports, and asked for."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from gsmd.cli.exits import Stop
from gsmd.cli.progress import working
from gsmd.cli.setup_answers import Answers
from gsmd.cli.setup_files import Chosen, is_name
from gsmd.cli.terminal import say
from gsmd.modem import probe as modems
from gsmd.modem.port.sysfs import SerialDevice
from gsmd.modem.probe import Found, port_of

_NAMES = "A name has letters, digits, '.', '_' and '-', at most 64, a letter or digit first"


def chosen(
    answers: Answers,
    ports: Sequence[str],
    *,
    built_in: bool,
    name: str | None,
    pin_file: Path | None,
) -> list[Chosen]:
    """Those that are to be used, at least one. Errors: `Stop`."""
    if name is not None and not is_name(name):
        raise Stop(f"{name!r} is no name for a modem", advice=_NAMES)
    found = _find(ports, built_in=built_in)
    picked: list[Chosen] = []
    for number, each in enumerate(found, 1):
        assert each.identity is not None
        who = " ".join(filter(None, (each.identity.manufacturer, each.identity.model)))
        say(f"\n{who or 'A modem'} at {port_of(each)}; {each.identity.sim or 'SIM unknown'}")
        if len(found) > 1 and not answers.confirm("Use it?"):
            continue
        usual = f"modem{number}" if len(found) > 1 else "modem"
        pin = _pin(answers, each.identity.sim or "", pin_file)
        called = name if name and len(found) == 1 else _ask_name(answers, usual, picked)
        picked.append(Chosen(name=called, found=each, pin=pin))
    if not picked:
        raise Stop("no modem was chosen, nothing was written", advice="Answer y to one of them")
    return picked


def _find(ports: Sequence[str], *, built_in: bool) -> list[Found]:
    devices = [SerialDevice(path=os.path.abspath(port)) for port in ports] or None  # noqa: PTH100 -- links stay
    with working("Asking serial ports"):
        found = asyncio.run(modems.probe(devices, built_in=built_in))
    usable = list({_who(each): each for each in reversed(found) if each.identity}.values())[::-1]
    if not usable:
        for each in found:
            say(f"{each.device.path}: {each.problem}")
        raise Stop(
            "no modem was found",
            advice="Is it plugged in? What may be wrong: gsmd doctor\n"
            "Without a modem: gsmd simulate plays one, and gsmd setup PORT takes it",
        )
    return usable


def _who(found: Found) -> str:
    """A modem has several ports; the first that answers is as good as any."""
    assert found.identity is not None
    return found.identity.imei or found.device.path


def _ask_name(answers: Answers, usual: str, picked: Sequence[Chosen]) -> str:
    while True:
        name = answers.text("What shall it be called?", usual)
        if is_name(name) and name not in {each.name for each in picked}:
            return name
        say(f"{_NAMES}, and each modem has its own.")


def _pin(answers: Answers, sim: str, pin_file: Path | None) -> str | None:
    if "PIN" not in sim:
        return None
    if pin_file is not None:
        pin = pin_file.read_text(errors="replace").strip()
        if not _is_pin(pin):
            raise Stop(
                f"{pin_file} has no PIN in it", advice="A PIN has 4 to 8 digits, nothing else"
            )
        return pin
    while True:
        typed = answers.secret("The SIM's PIN")
        if typed is None:
            raise Stop("the SIM wants its PIN", advice="gsmd setup --yes --pin-file FILE")
        if _is_pin(typed):
            return typed
        say("A PIN has 4 to 8 digits.")


def _is_pin(text: str) -> bool:
    return text.isascii() and text.isdigit() and 4 <= len(text) <= 8
