"""The inbox: conversations, and the one that is open, side by side where there is room.

Looking changes nothing. What is open in front of somebody is marked as read by a form that the script sends for them; without a
script it has a button.
"""

import asyncio
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from gsmd.gateways.web.accounts import users
from gsmd.gateways.web.pages import confirming, moments
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import conversations, messages, modems
from gsmd.protocol.method import Role

THREADS, MESSAGES = 40, 50
"""Conversations, and messages of one, on a page."""

LIVE = (
    "message.received message.queued message.sent message.delivered message.failed message.expired"
    " message.uncertain message.cancelled conversation.updated conversation.note conversation.read desk.answering"
)
"""What makes the page look again."""

VIEWS = {
    "open": _("Open"),
    "mine": _("Mine"),
    "nobody": _("Nobody's"),
    "pending": _("Waiting"),
    "snoozed": _("Snoozed"),
    "closed": _("Closed"),
    "all": _("All"),
}

SNOOZES = {"hour": _("For an hour"), "tomorrow": _("Until tomorrow at 9"), "week": _("For a week")}


def choice(visit: Visit) -> dict[str, Any]:
    """What of all conversations is asked for, as parameters of ``conversations.list``."""
    view = visit.query.get("view", "open")
    given: dict[str, Any] = {"reader": visit.caller.name}
    if view in {"open", "pending", "snoozed", "closed"}:
        given["state"] = view
    elif view == "mine":
        given["assignee"] = visit.caller.name
    elif view == "nobody":
        given |= {"state": "open", "assignee": ""}
    if label := visit.query.get("label"):
        given["label"] = label[:64]
    if visit.query.get("unread"):
        given["unread_by"] = given.pop("reader")
    if wanted := visit.query.get("q"):
        given["search"] = wanted[:200]
    return given


async def threads(visit: Visit) -> dict[str, Any]:
    """What the left side shows."""
    after = visit.query.get("after")
    listed = await visit.ask(conversations.LIST, limit=THREADS, after=after, **choice(visit))
    query = {
        key: visit.query[key] for key in ("view", "label", "unread", "q") if visit.query.get(key)
    }
    view = visit.query.get("view", "open")
    return {
        "threads": listed["conversations"],
        "next": listed["next"],
        "views": VIEWS,
        "view": view if view in VIEWS else "open",
        "kept": query,
        "suffix": f"?{urlencode(query)}" if query else "",
        "live": LIVE,
    }


async def inbox(visit: Visit) -> Response:
    """``/inbox``: all conversations; on a wide screen a place for the one to be chosen."""
    return visit.render("inbox.html", peer=None, **await threads(visit))


async def conversation(visit: Visit) -> Response:
    """``/inbox/{peer}``: one conversation."""
    return await _conversation(visit)


async def _conversation(
    visit: Visit, status: int = 200, problem: str = "", text: str = ""
) -> Response:
    peer = visit.words[0]
    before = visit.query.get("before")
    known, page, replies, listed, left, colleagues, ways = await asyncio.gather(
        visit.ask(conversations.GET, peer=peer),
        visit.ask(messages.LIST, peer=peer, limit=MESSAGES, after=before),
        visit.ask(conversations.CANNED),
        visit.ask(modems.LIST),
        threads(visit),
        _colleagues(visit),
        confirming.ways(visit),
    )
    await _noted(visit, peer)
    canned = replies["canned"]
    chosen = next(
        (each["text"] for each in canned if each["name"] == visit.query.get("canned")), ""
    )
    mark = next((each for each in known["reads"] if each["by"] == visit.caller.name), None)
    return visit.render(
        "inbox.html",
        status,
        **left,
        peer=peer,
        talk=known,
        entries=_entries(page["messages"], known["notes"], whole=before is None),
        older=page["next"],
        unread=known["received"] if mark is None else mark["unread"],
        canned=canned,
        text=text or chosen,
        problem=problem,
        key=secrets.token_urlsafe(12),
        snoozes=SNOOZES,
        colleagues=colleagues,
        ways=ways,
        others=visit.frame.presence.others(peer, visit.caller.name),
        senders=_senders(listed["modems"], page["messages"]),
        states={each.value for each in conversations.Attention},
    )


def _entries(
    found: list[dict[str, Any]], notes: list[dict[str, Any]], *, whole: bool
) -> list[dict[str, Any]]:
    """Messages and notes in the order of time, with the day before the first of each day."""
    shown = [{"kind": "message", "at": each["created_at"], "it": each} for each in found]
    oldest = min((each["at"] for each in shown), default="")
    shown += [
        {"kind": "note", "at": each["at"], "it": each}
        for each in notes
        if each["at"] >= oldest or (whole and len(found) < MESSAGES)
    ]
    shown.sort(key=lambda each: str(each["at"]))
    day = ""
    for each in shown:
        here = moments.moment(each["at"]).date().isoformat()
        each["day"] = here if here != day else ""
        day = here
    return shown


async def _noted(visit: Visit, peer: str) -> None:
    """The audit log has who looked at whose texts: once an hour, however often the page is asked for."""
    if visit.frame.presence.looks_anew(peer, visit.caller.name):
        await visit.note("conversation.read", peer)


async def _colleagues(visit: Visit) -> list[str]:
    found = await visit.frame.directory.read(users.everybody)
    return [each.name for each in found if not each.disabled]


def _senders(listed: list[dict[str, Any]], found: list[dict[str, Any]]) -> tuple[list[str], str]:
    """The modems that may be chosen where there are several, and the one that they wrote to."""
    names = [str(each["name"]) for each in listed]
    last = next((str(each["modem"]) for each in found if each["direction"] == "inbound"), "")
    return (names if len(names) > 1 else []), (last if last in names else "")


# -- doing ----------------------------------------------------------------------------------


def address(visit: Visit, peer: str) -> str:
    """The path of a conversation."""
    del visit
    return f"/inbox/{moments.segment(peer)}"


async def send(visit: Visit) -> Response:
    """``POST …/send``: an answer; ``key`` makes that pressing twice sends once."""
    form = await visit.form()
    peer, text = visit.words[0], form.get("text", "")
    try:
        at = moments.chosen(form.get("at", ""))
        await sending(visit, form, to=peer, text=text, at=at)
    except Problem as problem:
        return await _conversation(visit, 422, visit.fault(problem), text)
    visit.frame.presence.done(peer, visit.caller.name)
    return visit.go(address(visit, peer), "scheduled" if at else "sent", view=form.get("view"))


async def sending(
    visit: Visit, form: dict[str, str], *, to: str, text: str, at: datetime | None
) -> dict[str, Any]:
    """Give a message to the daemon. Errors: `Problem`."""
    override = form.get("override") == "yes"
    if override:
        visit.require(Role.OVERRIDE)
        await confirming.confirm(visit, form)
    visit.frame.house.sends.take(visit.caller)
    message: dict[str, Any] = await visit.ask(
        messages.SENDING,
        to=to,
        text=text.replace("\r\n", "\n"),
        modem=form.get("modem") or None,
        not_before=None if at is None else at.isoformat(),
        key=form.get("key") or None,
        report=True,
        override=override or None,
    )
    await visit.note("message.sent", to)
    return message


async def change(visit: Visit) -> Response:
    """``POST …/set``: state, assignee, labels, snooze; what the form does not have stays."""
    form = await visit.form()
    peer = visit.words[0]
    given: dict[str, Any] = {}
    if "state" in form:
        given["state"] = form["state"]
    if "assignee" in form:
        given["assignee"] = form["assignee"]
    if "labels" in form:
        names = [each.strip() for each in form["labels"].split(",")]
        given["labels"] = [each for each in dict.fromkeys(names) if each]
    if form.get("snooze"):
        given["snooze_until"] = snoozed_until(form["snooze"]).isoformat()
    await visit.ask(conversations.SET, peer=peer, **given)
    if form.get("state") == "closed" and form.get("onward"):
        return visit.go("/inbox", "changed", view=form.get("view"))
    return visit.go(address(visit, peer), "changed", view=form.get("view"))


def snoozed_until(word: str, now: datetime | None = None) -> datetime:
    """The end of one of `SNOOZES`. Errors: `Problem`."""
    now = now or datetime.now().astimezone()
    if word == "hour":
        return now + timedelta(hours=1)
    if word == "week":
        return now + timedelta(days=7)
    if word == "tomorrow":
        nine = (now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
        return nine.replace(tzinfo=None).astimezone()  # over a change of summer time too
    raise Problem(422, "bad_time", "there is no such time to snooze until", field="snooze")


async def note(visit: Visit) -> Response:
    """``POST …/note``: something that they never see."""
    form = await visit.form()
    text = form.get("text", "").replace("\r\n", "\n").strip()
    if text:
        await visit.ask(
            conversations.NOTE, peer=visit.words[0], text=text, key=form.get("key") or None
        )
    return visit.go(address(visit, visit.words[0]), "noted", view=form.get("view"))


async def read(visit: Visit) -> Response:
    """``POST …/read``: it was in front of somebody's eyes."""
    form = await visit.form()
    await visit.ask(
        conversations.READING,
        peer=visit.words[0],
        by=visit.caller.name,
        message=form.get("message") or None,
    )
    return visit.go(address(visit, visit.words[0]), view=form.get("view"))


async def answering(visit: Visit) -> Response:
    """``POST …/answering``: somebody types; the others are told."""
    visit.require(Role.SEND)
    visit.frame.presence.answering(visit.words[0], visit.caller.name)
    return Response(status_code=204)


PAGE = Page(
    "inbox",
    _("Inbox"),
    "/inbox",
    (
        get("/inbox", inbox),
        get("/inbox/{peer}", conversation),
        post("/inbox/{peer}/send", send),
        post("/inbox/{peer}/set", change),
        post("/inbox/{peer}/note", note),
        post("/inbox/{peer}/read", read),
        post("/inbox/{peer}/answering", answering),
    ),
    first=True,
)
