"""The answers of the prompt of ``gsmd simulate`` to typed lines: text in, text out."""

from collections.abc import Callable, Sequence
from typing import Any

from gsmd.simulator.simulation import Simulation
from gsmd.simulator.verbs import VerbError, carry_out, parse


async def respond(simulation: Simulation, line: str) -> str:
    """Carry out a line; what to show. Nothing for an empty line or a comment."""
    if not line.strip() or line.lstrip().startswith("#"):
        return ""
    try:
        request = parse(line)
        result = await carry_out(simulation, request)
    except VerbError as error:
        return f"no: {error}"
    return _SHOWN.get(request["do"], _fields)(result)


def _help(result: dict[str, Any]) -> str:
    verbs = result["verbs"]
    width = max(len(verb["usage"]) for verb in verbs)
    return "\n".join(f"{verb['usage']:<{width}}  {verb['summary']}" for verb in verbs)


def _modems(result: dict[str, Any]) -> str:
    rows = [
        (
            modem["name"],
            modem["profile"],
            modem["link"] or modem["port"] or "unplugged",
            modem["number"] or "no SIM",
            modem["registration"],
            f"{modem['stored']}/{modem['slots']} stored",
            f"{modem['held']} held" if modem["held"] else "",
        )
        for modem in result["modems"]
    ]
    return _table(rows)


def _messages(result: dict[str, Any]) -> str:
    rows = []
    for message in result["messages"]:
        text = message["text"] if message["text"] is not None else message.get("data")
        at, sender = message.get("phone", message.get("index", "")), message.get("from", "")
        rows.append((str(at), sender or message.get("status", ""), repr(text)))
    return _table(rows) or "none"


def _fields(result: dict[str, Any]) -> str:
    return "  ".join(f"{name}: {_value(value)}" for name, value in result.items()) or "ok"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={inner}" for name, inner in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows with their columns aligned, without those that are empty."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True) if width
        ).rstrip()
        for row in rows
    )


_SHOWN: dict[str, Callable[[dict[str, Any]], str]] = {
    "help": _help,
    "list": _modems,
    "received": _messages,
    "expect": _messages,
    "stored": _messages,
}
