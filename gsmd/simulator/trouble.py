"""Verbs that make a modem, its SIM, its port or its network misbehave."""

import dataclasses
from collections.abc import Callable
from typing import Any, get_args, get_type_hints

from gsmd.simulator.faults import Faults
from gsmd.simulator.network import NetworkFaults
from gsmd.simulator.radio import Registration
from gsmd.simulator.sim import PIN_TRIES
from gsmd.simulator.simulation import Simulation
from gsmd.simulator.storage import Entry, StoredStatus
from gsmd.simulator.verbs import Result, VerbError, line_of, modem_of, verb

MODEM_FAULTS = tuple(field.name for field in dataclasses.fields(Faults) if field.name != "plans")
NETWORK_FAULTS = tuple(field.name for field in dataclasses.fields(NetworkFaults))

_YES = {"on", "yes", "true", "1"}
_NO = {"off", "no", "false", "0"}


@verb("fault modem fault [value]", "switch a fault: on, off, a number, seconds, a word")
def _fault(simulation: Simulation, request: dict[str, Any]) -> Result:
    faults = modem_of(simulation, request).faults
    name = request["fault"].replace("-", "_")
    if name not in MODEM_FAULTS:
        raise VerbError(f"there is no fault {name!r}; there is {', '.join(MODEM_FAULTS)}")
    return {name: _switch(faults, name, request.get("value", "on"))}


@verb("network fault [value]", "the same for the network: delays, duplicates, lost reports")
def _network(simulation: Simulation, request: dict[str, Any]) -> Result:
    name = request["fault"].replace("-", "_")
    if name not in NETWORK_FAULTS:
        raise VerbError(f"there is no fault {name!r}; there is {', '.join(NETWORK_FAULTS)}")
    return {name: _switch(simulation.network.faults, name, request.get("value", "on"))}


@verb("faults modem", "the faults that are switched on")
def _faults(simulation: Simulation, request: dict[str, Any]) -> Result:
    faults, good = modem_of(simulation, request).faults, Faults()
    on = {name: getattr(faults, name) for name in MODEM_FAULTS}
    shown = {name: value for name, value in on.items() if value != getattr(good, name)}
    shown |= {"noise": faults.noise.hex()} if faults.noise else {}
    planned = [f"{plan.command} {plan.error} ×{plan.times}" for plan in faults.plans]
    return {"faults": shown, "planned": planned}


@verb("clear modem", "no faults any more")
def _clear(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).faults.clear()
    return {}


@verb(
    "fail modem command [error] [times] [stage]", "the next calls of a command fail: code or words"
)
def _fail(simulation: Simulation, request: dict[str, Any]) -> Result:
    stage = request.get("stage", "end")
    if stage not in {"start", "end"}:
        raise VerbError("stage is start or end")
    faults = modem_of(simulation, request).faults
    error = str(request.get("error", 500)).replace("_", " ")
    faults.fail(request["command"], error, int(request.get("times", 1)), stage)
    return {}


@verb("reboot modem", "restart: banner, and every setting is lost")
def _reboot(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).reboot()
    return {}


@verb("unplug modem", "pull it out: the port is gone")
def _unplug(simulation: Simulation, request: dict[str, Any]) -> Result:
    line_of(simulation, request).unplug()
    return {}


@verb("replug modem [link]", "put it back, under another name if one is given")
def _replug(simulation: Simulation, request: dict[str, Any]) -> Result:
    line = line_of(simulation, request)
    link = request.get("link")
    if link is not None and simulation.directory is not None:
        link = simulation.directory / link
    line.replug(link)
    return {"port": line.path, "link": str(line.link) if line.link else None}


@verb("registration modem state", "none, home, searching, denied, unknown, roaming")
def _registration(simulation: Simulation, request: dict[str, Any]) -> Result:
    try:
        registration = Registration[request["state"].upper()]
    except KeyError:
        raise VerbError(f"there is no registration {request['state']!r}") from None
    modem_of(simulation, request).radio.grant(registration)
    return {}


@verb("signal modem value", "what +CSQ says: 0 to 31, 99 unknown")
def _signal(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).radio.signal = int(request["value"])
    return {}


@verb("lte modem [state]", "LTE without SMS: registered, and nothing can be sent")
def _lte(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).radio.grant_lte_only(on=request.get("state", "on") in _YES)
    return {}


@verb("sim modem state", "absent, present, swapped, locked, blocked, unlocked")
def _sim(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem = modem_of(simulation, request)
    if request["state"] not in _SIM_STATES:
        raise VerbError(f"a SIM is {', '.join(_SIM_STATES)}; not {request['state']!r}")
    _SIM_STATES[request["state"]](simulation, request["modem"])
    return {"number": modem.sim.number if modem.sim else None}


@verb("slow modem seconds", "the SIM is busy for so long")
def _slow(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).slow_sim(float(request["seconds"]))
    return {}


@verb("smsc modem [number]", "the service centre on the SIM; none without a number")
def _smsc(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).require_card().smsc = request.get("number", "")
    return {}


@verb("fill modem [leave]", "fill the SIM with drafts; leave so many slots free")
def _fill(simulation: Simulation, request: dict[str, Any]) -> Result:
    messages = modem_of(simulation, request).require_card().messages
    leave = int(request.get("leave", 0))
    while messages.capacity - messages.used > leave:
        messages.put(Entry(StoredStatus.STORED_UNSENT, DRAFT, len(DRAFT) // 2 - 1))
    return {"free": messages.capacity - messages.used}


@verb("empty modem", "take everything off the SIM")
def _empty(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem = modem_of(simulation, request)
    sim = modem.require_card()
    for position in range(sim.messages.capacity):
        sim.messages.clear(position)
    simulation.network.memory_available(sim)
    return {}


@verb("settings modem", "forget all settings without a restart: echo on, text as after power-on")
def _settings(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).reset_settings()
    return {}


@verb("say modem line", "an unsolicited line of your own")
def _say(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).unsolicited(request["line"])
    return {}


@verb("raw modem octets", "these octets, given in hex")
def _raw(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem = modem_of(simulation, request)
    modem.wire.raw(bytes.fromhex(request["octets"]))
    modem.flush()
    return {}


@verb("chat modem every", "unsolicited chatter every so many seconds; 0: stop")
def _chat(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).chat(float(request["every"]))
    return {}


@verb("pace modem baudrate", "the speed of a serial line; 0: as fast as can be")
def _pace(simulation: Simulation, request: dict[str, Any]) -> Result:
    line_of(simulation, request).pace(int(request["baudrate"]) or None)
    return {}


DRAFT = "0001000581214365000004D4F29C0E"
"""A SUBMIT that somebody once stored and never sent."""


def _swap(simulation: Simulation, name: str) -> None:
    simulation.modems[name].insert(simulation.spare_sim())


def _take_out(simulation: Simulation, name: str) -> None:
    modem = simulation.modems[name]
    if modem.sim is not None:
        simulation.removed[name] = modem.sim
    modem.insert(None)


def _put_back(simulation: Simulation, name: str) -> None:
    modem = simulation.modems[name]
    if modem.sim is None:
        modem.insert(simulation.removed.pop(name, None) or simulation.spare_sim())


def _lock(simulation: Simulation, name: str) -> None:
    modem = simulation.modems[name]
    sim = modem.require_card()
    sim.pin = sim.pin or "1234"
    modem.pin_verified = False
    modem.radio.update()


def _block(simulation: Simulation, name: str) -> None:
    _lock(simulation, name)
    modem = simulation.modems[name]
    modem.require_card().pin_tries = 0
    modem.radio.update()


def _unlock(simulation: Simulation, name: str) -> None:
    modem = simulation.modems[name]
    sim = modem.require_card()
    sim.pin, sim.pin_tries = None, PIN_TRIES
    modem.unlock()


_SIM_STATES: dict[str, Callable[[Simulation, str], None]] = {
    "absent": _take_out,
    "present": _put_back,
    "swapped": _swap,
    "locked": _lock,
    "blocked": _block,
    "unlocked": _unlock,
}


def _switch(faults: Faults | NetworkFaults, name: str, value: Any) -> Any:
    """Set a fault from what was typed or came as JSON; the value as it is shown."""
    kind = get_type_hints(type(faults))[name]
    choices = get_args(kind)
    if choices:
        wanted = choices[0] if value in _NO else value
        if wanted not in choices:
            raise VerbError(f"{name} is {', '.join(choices)}; not {value!r}")
        setattr(faults, name, wanted)
    else:
        setattr(faults, name, _converted(kind, name, value))
    switched = getattr(faults, name)
    return switched.hex() if isinstance(switched, bytes) else switched


def _converted(kind: type, name: str, value: Any) -> Any:
    text = str(value).lower()
    if kind is bool:
        if text not in _YES | _NO:
            raise VerbError(f"{name} is on or off; not {value!r}")
        return text in _YES
    if text == "off":
        return kind()
    if kind is bytes:
        return bytes.fromhex(text if text != "on" else "00ff7ec0")
    if kind is str:
        return str(value)
    return kind(1) if text in {"on", "true"} else kind(value)
