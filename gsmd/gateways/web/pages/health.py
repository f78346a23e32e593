"""Whether all is well, in one line: what is wrong first, and what to do about it. Pure.

Each rule looks at one thing and finds what is wrong there, or nothing; the worst stands first.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.moments import moment, segment

WAITS = timedelta(minutes=15)
"""How long a message may wait before somebody should know."""

FAILING, ENOUGH = 0.05, 20
"""The part of messages that may fail, of so many at least."""

SLOW = 60.0
"""Seconds within which nine of ten should be out."""

FULL = 0.8
"""How full a SIM may be."""


Tone = Literal["bad", "warn"]


class Finding(NamedTuple):
    """Something wrong: ``text`` and ``advice`` are translated and filled with ``values``; ``path`` is where to look."""

    tone: Tone
    text: str
    advice: str
    path: str
    values: dict[str, Any]


class Seen(NamedTuple):
    """What the daemon tells of itself, as JSON values; ``figures`` are those of the last day."""

    server: Mapping[str, Any]
    modems: Sequence[Mapping[str, Any]]
    waiting: Mapping[str, Any]
    handlers: Sequence[Mapping[str, Any]]
    figures: Mapping[str, Any]


def findings(seen: Seen, now: datetime) -> list[Finding]:
    """Everything that is wrong, the worst first."""
    found = [*_store(seen), *_modems(seen), *_queue(seen, now), *_outcome(seen), *_handlers(seen)]
    return sorted(found, key=lambda each: each.tone)  # bad, then warn


def _store(seen: Seen) -> Iterator[Finding]:
    if seen.server.get("store"):
        text = _("Nothing can be put on the disk: {reason}.")
        advice = _("Make room on it, or see whether it is broken. Nothing is accepted until then.")
        yield Finding("bad", text, advice, "/queues", {"reason": seen.server["store"]})


def _modems(seen: Seen) -> Iterator[Finding]:
    if not seen.modems:
        yield Finding(
            "bad", _("There is no modem."), _("The first steps show what to do."), "/setup", {}
        )
    for each in seen.modems:
        path, values = f"/modems/{segment(each['name'])}", {"modem": each["name"]}
        if each["state"] != "ready":
            values["state"] = each.get("reason") or each["state"]
            text = _("The modem {modem} is not ready: {state}.")
            yield Finding("bad", text, _("Its page says what helps."), path, values)
        storage = each.get("storage") or {}
        if storage.get("total") and storage["used"] >= FULL * storage["total"]:
            text = _("The SIM of {modem} is nearly full.")
            advice = _(
                "Is something wrong with the disk? What is on it is read from the SIM and deleted there."
            )
            yield Finding("warn", text, advice, path, values)
        for trouble in each.get("troubles") or ():
            yield Finding("warn", "{modem}: {trouble}", "", path, {**values, "trouble": trouble})


def _queue(seen: Seen, now: datetime) -> Iterator[Finding]:
    oldest = seen.waiting.get("oldest_at")
    if oldest and now - moment(oldest) > WAITS:
        text = _("Messages that wait: {n}, the oldest for {minutes} minutes.")
        minutes = round((now - moment(oldest)).total_seconds() / 60)
        values = {"n": seen.waiting["queued"], "minutes": minutes}
        yield Finding("bad", text, _("The queue says of each why."), "/queues", values)
    if seen.waiting.get("held"):
        text = _("Uncertain messages that wait for somebody to decide: {n}.")
        advice = _("They may have arrived: send again, or let be.")
        values = {"n": seen.waiting["held"]}
        yield Finding("warn", text, advice, "/queues?state=uncertain", values)


def _outcome(seen: Seen) -> Iterator[Finding]:
    figures = seen.figures
    tried = figures.get("sent", 0) + figures.get("failed", 0)
    if tried >= ENOUGH and figures["failed"] > FAILING * tried:
        worst = next(iter(figures.get("failures") or ()), {"reason": "?"})
        text = _("{percent} % of the messages of the last day failed, most of them: {reason}.")
        values = {"percent": round(100 * figures["failed"] / tried), "reason": worst["reason"]}
        advice = _("See by which modem and to which country.")
        yield Finding("bad", text, advice, "/figures/failures", values)
    slow = (figures.get("sending_time") or {}).get("p90")
    if slow is not None and slow > SLOW:
        text = _("One of ten messages takes longer than {seconds} seconds to go out.")
        advice = _("A limit, a slow modem, or more messages than one modem can send.")
        yield Finding("warn", text, advice, "/figures/times", {"seconds": round(slow)})


def _handlers(seen: Seen) -> Iterator[Finding]:
    for each in seen.handlers:
        path, values = f"/queues/handlers/{segment(each['name'])}", {"handler": each["name"]}
        if each["state"] == "suspended":
            text = _("{handler} wants no more messages: {reason}.")
            advice = _("Mend it, then hand over again.")
            yield Finding("bad", text, advice, path, {**values, "reason": each["reason"] or "?"})
        if each["dead"]:
            text = _("Messages that {handler} gave up on: {n}.")
            advice = _("Hand them over again once it is mended.")
            values |= {"n": each["dead"]}
            yield Finding(
                "warn", text, advice, f"/queues/dead?handler={segment(each['name'])}", values
            )
