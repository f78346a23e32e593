"""How people take part in something: what they text to which number, and that as a QR code."""

from typing import Any

from gsmd.gateways.web.pages.visit import Visit
from gsmd.protocol import keywords, modems

QR_TEXT = 300
"""Characters of a text that a code may have: more of them no telephone reads well."""


def whole(text: str) -> int | None:
    """A whole number that somebody filled in; None for what is none."""
    return int(text) if len(text) <= 18 and text.strip().isdecimal() else None


def squares(text: str) -> dict[str, Any] | None:
    """A QR code as the path of an SVG; None where segno is not installed (extra ``qr``)."""
    try:
        import segno
    except ImportError:
        return None
    rows = segno.make(text, micro=False, error="m").matrix
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows, 2)
        for x, dark in enumerate(row, 2)
        if dark
    )
    return {"size": len(rows) + 4, "path": path}


def content(number: str, text: str) -> str:
    """What a QR code says, so that a telephone opens a text to a number."""
    return f"SMSTO:{number}:{text}"


async def numbers(visit: Visit) -> list[str]:
    """Our own numbers, those of modems that are ready first."""
    found = (await visit.ask(modems.LIST))["modems"]
    found.sort(key=lambda each: each["state"] != "ready")
    return [str(each["number"]) for each in found if each.get("number")]


async def way(visit: Visit, does: str, target: str) -> dict[str, Any]:
    """The word that leads to a poll, a form or a contest, the number, and both as a QR code; each may be None."""
    table = (await visit.ask(keywords.LIST))["keywords"]
    row = next((each for each in table if each["does"] == does and each["target"] == target), None)
    word = row["words"][0].upper() if row is not None else None
    ours = await numbers(visit)
    number = visit.query.get("number") if visit.query.get("number") in ours else None
    number = number or next(iter(ours), None)
    code = squares(content(number, f"{word} ")) if number and word else None
    return {"word": word, "number": number, "numbers": ours, "qr": code}
