"""Actions on a simulation while it runs: the words of the prompt and of the control socket."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from gsmd.simulator.errors import CommandError
from gsmd.simulator.modem import SimulatedModem
from gsmd.simulator.pty import Pty
from gsmd.simulator.simulation import Simulation

Result = dict[str, Any]
Call = Callable[[Simulation, dict[str, Any]], Result | Awaitable[Result]]


class VerbError(Exception):
    """The request cannot be carried out; the text says why."""


@dataclass(frozen=True)
class Verb:
    """``parameters`` in the order of the prompt; those in brackets may be left out."""

    name: str
    parameters: tuple[str, ...]
    summary: str
    call: Call

    @property
    def usage(self) -> str:
        """The line as it is typed: ``text FROM TO TEXT``."""
        return " ".join((self.name, *(parameter.upper() for parameter in self.parameters)))

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name in self.parameters if not name.startswith("["))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name.strip("[]") for name in self.parameters)


VERBS: dict[str, Verb] = {}


def verb(usage: str, summary: str) -> Callable[[Call], Call]:
    """Enter the decorated function as a verb; ``usage`` is its name and its parameters."""
    name, *parameters = usage.split()

    def enter(call: Call) -> Call:
        VERBS[name] = Verb(name, tuple(parameters), summary, call)
        return call

    return enter


async def carry_out(simulation: Simulation, request: dict[str, Any]) -> Result:
    """Do what ``request["do"]`` says. Errors: `VerbError`."""
    name = request.get("do")
    known = VERBS.get(name) if isinstance(name, str) else None
    if known is None:
        raise VerbError(f"there is no verb {name!r}; help lists them")
    missing = [parameter for parameter in known.required if parameter not in request]
    if missing:
        raise VerbError(f"{', '.join(missing)} is missing: {known.usage}")
    unknown = set(request) - {"do", *known.names, *_EXTRAS.get(known.name, ())}
    if unknown:
        raise VerbError(f"{known.name} has no {', '.join(sorted(unknown))}")
    try:
        result = known.call(simulation, request)
        return result if isinstance(result, dict) else await result
    except (CommandError, ValueError, TypeError, LookupError) as error:
        raise VerbError(str(error)) from error


_EXTRAS: dict[str, tuple[str, ...]] = {}
"""Parameters that only the control socket can give."""


def extras(name: str, *parameters: str) -> None:
    """Let a verb take further named parameters over the control socket."""
    _EXTRAS[name] = parameters


def parse(line: str) -> dict[str, Any]:
    """A request from a line at the prompt: words, and the rest of the line as the last parameter.

    Errors: `VerbError` for an unknown verb or too few words.
    """
    name, _, rest = line.strip().partition(" ")
    known = VERBS.get(name)
    if known is None:
        raise VerbError(f"there is no verb {name!r}; help lists them")
    words = rest.split(maxsplit=max(len(known.parameters) - 1, 0)) if rest.strip() else []
    if len(words) < len(known.required):
        raise VerbError(f"{known.usage}")
    return {"do": name, **dict(zip(known.names, words, strict=False))}


def modem_of(simulation: Simulation, request: dict[str, Any], key: str = "modem") -> SimulatedModem:
    """The modem a request names. Errors: `VerbError`."""
    name = request[key]
    if name not in simulation.modems:
        raise VerbError(f"there is no modem {name!r}; there is {', '.join(simulation.modems)}")
    return simulation.modems[name]


def line_of(simulation: Simulation, request: dict[str, Any]) -> Pty:
    """The port of the modem a request names. Errors: `VerbError`."""
    modem_of(simulation, request)
    return simulation.lines[request["modem"]]


def number_of(simulation: Simulation, name: str) -> str:
    """A number, or the number of a modem's SIM by the modem's name."""
    modem = simulation.modems.get(name)
    if modem is None:
        return name
    if modem.sim is None:
        raise VerbError(f"{name} has no SIM")
    return modem.sim.number
