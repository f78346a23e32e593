"""Verbs for messages, calls and what people look at."""

from typing import Any

from gsmd import pdu
from gsmd.simulator.phone import PhoneMessage
from gsmd.simulator.simulation import Simulation
from gsmd.simulator.storage import STATUS_NAMES, entries
from gsmd.simulator.text import decoded
from gsmd.simulator.ussd import Menu
from gsmd.simulator.verbs import VERBS, Result, VerbError, extras, modem_of, number_of, verb


@verb("help [verb]", "what can be done")
def _help(_simulation: Simulation, request: dict[str, Any]) -> Result:
    wanted = request.get("verb")
    if wanted is not None and wanted not in VERBS:
        raise VerbError(f"there is no verb {wanted!r}")
    shown = [VERBS[wanted]] if wanted else VERBS.values()
    return {"verbs": [{"usage": one.usage, "summary": one.summary} for one in shown]}


@verb("list", "the modems: port, number, network, storage")
def _list(simulation: Simulation, _request: dict[str, Any]) -> Result:
    modems = []
    for name, modem in simulation.modems.items():
        line = simulation.lines[name]
        modems.append(
            {
                "name": name,
                "profile": modem.profile.name,
                "link": str(line.link) if line.link else None,
                "port": line.path if line.plugged else None,
                "number": modem.sim.number if modem.sim else None,
                "registration": modem.radio.status.name.lower(),
                "stored": modem.sim.messages.used if modem.sim else None,
                "slots": modem.sim.messages.capacity if modem.sim else None,
                "held": simulation.network.waiting(modem.sim.number) if modem.sim else None,
            }
        )
    return {"modems": modems}


@verb("text from to text", "a phone sends a text to a modem or a number")
def _text(simulation: Simulation, request: dict[str, Any]) -> Result:
    phone = simulation.network.phone(request["from"])
    tpdus = phone.send(
        number_of(simulation, request["to"]),
        request["text"],
        parts=request.get("parts"),
        reference=request.get("reference"),
        width=request.get("width", 8),
        message_class=request.get("class"),
        originator=request.get("originator"),
    )
    return {"parts": len(tpdus)}


extras("text", "parts", "reference", "width", "class", "originator")


@verb("data from to data [port]", "a phone sends octets, given in hex")
def _data(simulation: Simulation, request: dict[str, Any]) -> Result:
    port = request.get("port")
    ports = pdu.Ports(destination=int(port), source=0) if port is not None else None
    phone = simulation.network.phone(request["from"])
    octets = bytes.fromhex(request["data"])
    return {
        "parts": len(phone.send_data(number_of(simulation, request["to"]), octets, ports=ports))
    }


@verb("deliver to tpdu", "the network brings this very TPDU, given in hex")
def _deliver(simulation: Simulation, request: dict[str, Any]) -> Result:
    simulation.network.send(number_of(simulation, request["to"]), bytes.fromhex(request["tpdu"]))
    return {}


@verb("received [phone]", "what the phones have received")
def _received(simulation: Simulation, request: dict[str, Any]) -> Result:
    number = request.get("phone")
    network = simulation.network
    phones = [network.phone(number)] if number else network.phones
    return {
        "messages": [
            {"phone": phone.number, **message_fields(message)}
            for phone in phones
            for message in phone.received
        ]
    }


@verb("expect phone [n] [timeout]", "wait until a phone has received n messages in all")
async def _expect(simulation: Simulation, request: dict[str, Any]) -> Result:
    phone = simulation.network.phone(request["phone"])
    count, timeout = int(request.get("n", 1)), float(request.get("timeout", 10))
    try:
        messages = await phone.expect(count, timeout)
    except TimeoutError as error:
        raise VerbError(str(error)) from None
    return {"messages": [message_fields(message) for message in messages]}


@verb("phone phone state", "switch a phone on or off, or let it reject or accept messages")
def _phone(simulation: Simulation, request: dict[str, Any]) -> Result:
    phone = simulation.network.phone(request["phone"])
    state = request["state"]
    if state in {"on", "off"}:
        phone.on = state == "on"
    elif state in {"reject", "accept"}:
        phone.rejects = state == "reject"
    else:
        raise VerbError(f"a phone is on, off, rejects or accepts; not {state!r}")
    return {}


@verb("echo phone [prefix]", "let a phone answer every text with the same text")
def _echo(simulation: Simulation, request: dict[str, Any]) -> Result:
    prefix = request.get("prefix", "")
    simulation.network.phone(request["phone"]).reply_with(
        lambda message: f"{prefix} {message.text}".strip() if message.text else None
    )
    return {}


@verb("call from modem", "a phone calls a modem and lets it ring")
def _call(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).voice.ring(request["from"])
    return {}


@verb("hangup modem", "the caller gives up")
def _hang_up(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem_of(simulation, request).voice.hang_up(remote=True)
    return {}


@verb("menu code text", "what the network answers to a USSD code")
def _menu(simulation: Simulation, request: dict[str, Any]) -> Result:
    simulation.network.menus.codes[request["code"]] = Menu(request["text"])
    return {}


@verb("stored modem", "the messages on the SIM")
def _stored(simulation: Simulation, request: dict[str, Any]) -> Result:
    modem = modem_of(simulation, request)
    shown = []
    for position, entry in entries(modem.memory(modem.selected[0])):
        message = decoded(entry.frame)
        text = getattr(getattr(message, "user_data", None), "text", None)
        index = position + modem.profile.index_base
        status = STATUS_NAMES[entry.status]
        shown.append({"index": index, "status": status, "text": text, "frame": entry.frame})
    return {"messages": shown}


@verb("judge", "what the network took and brought, and what of it came twice")
def _judge(simulation: Simulation, _request: dict[str, Any]) -> Result:
    network = simulation.network
    return {
        "submitted": len(network.submitted),
        "submitted_twice": [one.text for one in network.submitted.doubled],
        "delivered": len(network.delivered),
        "delivered_twice": [one.tpdu.hex() for one in network.delivered.doubled],
        "held": {number: count for number, count in network.held.items() if count},
    }


def message_fields(message: PhoneMessage) -> Result:
    """A message on a phone, as JSON has it."""
    return {
        "from": message.originator,
        "text": message.text,
        "data": message.data.hex() if message.data is not None else None,
        "parts": message.parts,
    }
