"""What somebody filled in for a campaign, as the daemon takes it, and what it would cost."""

import re
from typing import Any

from gsmd.gateways.web.pages import moments
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.problems import Problem

VARIANTS = "BCD"
"""Names of further variants; the first one is A."""

WINDOWS = {"1h": _("an hour"), "24h": _("a day"), "3d": _("three days"), "7d": _("a week")}
"""How long somebody has to answer before it is counted."""

GOALS = {"reply": _("an answer"), "conversion": _("a conversion that a program tells")}

CATEGORIES = {
    "promotional": _("Promotional: only to people who agreed, at decent hours"),
    "transactional": _("Transactional: to everybody who has not said STOP"),
}

A_PART = 4.0
"""Seconds that a modem takes for an SMS, for a guess where there is no pace."""


def plan(fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Parameters of ``campaigns.create``. Errors: `Problem` for what is no number or no time."""
    form = dict(fields)
    made: dict[str, Any] = {
        "list": [value for name, value in fields if name == "list"],
        "text": form.get("text", "").replace("\r\n", "\n"),
        "tag": form.get("tag", "").strip() or None,
        "modem": form.get("modem") or None,
        "per_minute": number(form.get("per_minute", ""), "per_minute"),
        "quiet": _quiet(form),
        "not_before": moments.chosen(form.get("at", "")),
        "category": form.get("category") or None,
    }
    others = [(letter, form.get(f"text_{letter}", "").strip()) for letter in VARIANTS]
    others = [(letter, text.replace("\r\n", "\n")) for letter, text in others if text]
    if others:
        made["variants"] = [
            {"name": letter, "text": text} for letter, text in (("A", made["text"]), *others)
        ]
        keyword = form.get("goal_word", "").strip()
        made["goal"] = f"keyword:{keyword}" if keyword else form.get("goal", "reply")
        made["window"] = form.get("window", "24h")
        share = number(form.get("share", ""), "share")
        made["share"] = 1.0 if share is None else share / 100
    return {name: value for name, value in made.items() if value is not None}


def number(text: str, field: str) -> float | None:
    """A number as people of any country write it; None for none. Errors: `Problem`."""
    plain = text.strip().replace("\u202f", "").replace(" ", "").replace(",", ".")
    if not plain:
        return None
    if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", plain):
        raise Problem(422, "bad_number", f"{text[:40]} is no number", field=field)
    return float(plain)


def _quiet(form: dict[str, str]) -> str | None:
    begin, end = form.get("quiet_from", ""), form.get("quiet_to", "")
    return f"{begin}-{end}" if begin and end else None


def about(forecast: dict[str, Any], modems: int, price: float | None) -> dict[str, Any]:
    """What a campaign would do, for people: with its cost, and a guess of its time where it has no pace."""
    parts = forecast["parts"]
    return {
        **forecast,
        "guess": parts * A_PART / max(1, modems) if forecast.get("duration") is None else None,
        "cost": None if price is None else parts * price,
        "left_out": sum(forecast["skipped"].values()),
    }
