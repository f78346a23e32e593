"""The modems: state and why, signal, SIM, limits, credit, a dialogue by USSD, what to do about trouble."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from starlette.responses import Response

from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.moments import segment
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.signal_chart import Chart, chart
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import modems, stats
from gsmd.protocol.findings import examine_status
from gsmd.protocol.method import Role

LIVE = "modem.state modem.storage_high modem.storage_full modem.storage_normal modem.credit_low modem.ussd"

HISTORY = timedelta(days=7)

ADVICE = {
    "pin": _("Give the SIM its PIN below, or put it into the configuration (pin_file)."),
    "puk": _("The SIM is locked: its PUK is needed, in a telephone."),
    "searching": _("Is the antenna screwed on? Is the SIM still paid for?"),
    "denied": _("The network refuses this SIM. Ask its operator."),
    "absent": _("Is it plugged in? gsmd doctor on the machine looks further."),
    "failed": _("Restart it below. If that does not help, unplug it."),
}
"""What helps where a modem is not ready, by a word of its state or its reason."""


FINDINGS = (
    _("it cannot send in this state"),
    _("messages may come late, or not at all, although nothing has failed"),
    _("once it is full the network keeps messages back, and some modems cannot send either"),
    _("nothing can come in there; the network keeps it back"),
    _("messages take long, or fail now and then"),
    _("put the PIN into a file and name it as pin_file, or: gsmd modems unlock"),
    _("put the SIM into a phone, enter the PUK and set a new PIN; gsmd never tries a PUK"),
    _("put a SIM in, the right way round; look whether it works in a phone"),
    _("plug it in, or correct port or match; gsmd probe lists what is there"),
    _("see the reason; only one program can use a port"),
    _("wait a minute; if it stays, take the SIM out and put it in again"),
    _("check antenna and place, that the SIM is active, and roaming"),
    _("wait a minute; if it stays, unplug the modem and plug it in again"),
    _("see the log: journalctl -u gsmd"),
    _("docs/modems.md tells what each means; gsmd modems show tells whether it is over"),
    _("start gsmd, it empties the storage; drafts are left to whoever wrote them (AT+CMGL=4)"),
    _("choose another storage for the modem (storage: ME), or another SIM; gsmd takes one with room by itself"),
    _("move the antenna; -95 dBm and more is good"),
)  # fmt: skip
"""Why it matters, and what to do, as `gsmd.protocol.findings` says it."""


def advice(modem: dict[str, Any]) -> str:
    """A sentence of `ADVICE`, or nothing."""
    if modem["state"] == "ready":
        return ""
    told = f"{modem['state']} {modem.get('reason', '')} {modem.get('registration') or ''}".lower()
    return next((text for word, text in ADVICE.items() if word in told), "")


async def every(visit: Visit) -> Response:
    """``/modems``."""
    found = (await visit.ask(modems.LIST))["modems"]
    if len(found) == 1 and not visit.query.get("all"):
        return visit.go(f"/modems/{segment(found[0]['name'])}")
    shown = [{**each, "advice": advice(each)} for each in found]
    return visit.render("modems.html", modems=shown, live=LIVE)


async def one(visit: Visit) -> Response:
    """``/modems/{modem}``."""
    return await _one(visit)


async def _one(visit: Visit, status: int = 200, **more: Any) -> Response:
    name = visit.words[0]
    since = (datetime.now(UTC) - HISTORY).isoformat()
    it, history, series = await asyncio.gather(
        visit.ask(modems.GET, modem=name),
        visit.ask(modems.HISTORY, modem=name, since=since),
        _outcome(visit, name, since),
    )
    values = {"ussd": None, "problem": "", "code": "", **more}
    return visit.render(
        "modem.html",
        status,
        it=it,
        findings=examine_status(msgspec.convert(it, modems.ModemStatus)),
        live=LIVE,
        history=history,
        chart=_chart(history, series),
        failed=[each for each in series["points"] if each["failed"]],
        **values,
    )


async def _outcome(visit: Visit, name: str, since: str) -> dict[str, Any]:
    """What became of its messages, hour by hour; nothing where figures cannot be had: the modem is what matters here."""
    try:
        found: dict[str, Any] = await visit.ask(stats.SERIES, modem=name, since=since, step="hour")
    except Problem:
        return {"points": []}
    return found


def _chart(history: dict[str, Any], series: dict[str, Any]) -> Chart | None:
    if not history["rows"]:
        return None
    return chart(history["rows"], history["since"], history["until"], series["points"])


async def ussd(visit: Visit) -> Response:
    """``POST …/ussd``: a code, or the answer to a menu. What the network says is on the page that comes."""
    form = await visit.form()
    code = form.get("code", "").strip()
    if form.get("do") == "leave":
        await visit.ask(modems.CANCEL_USSD, modem=visit.words[0])
        return visit.go(f"/modems/{segment(visit.words[0])}")
    await visit.note("modem.ussd", visit.words[0])
    try:
        answer = await visit.ask(modems.USSD, modem=visit.words[0], code=code)
    except Problem as problem:
        if problem.reason == "missing_role":
            raise
        return await _one(visit, 422, problem=str(problem.members["detail"]), code=code)
    return await _one(visit, ussd=answer, code=code)


async def reset(visit: Visit) -> Response:
    """``POST …/reset``."""
    visit.require(Role.ADMIN)
    await visit.note("modem.reset", visit.words[0])
    await visit.ask(modems.RESET, modem=visit.words[0])
    return visit.go(f"/modems/{segment(visit.words[0])}", "reset")


async def unlock(visit: Visit) -> Response:
    """``POST …/unlock``: the PIN of the form, or that of the configuration."""
    form = await visit.form()
    try:
        await visit.ask(modems.UNLOCK, modem=visit.words[0], pin=form.get("pin") or None)
    except Problem as problem:
        if problem.reason == "missing_role":
            raise
        return await _one(visit, 422, problem=str(problem.members["detail"]))
    await visit.note("modem.unlocked", visit.words[0])
    return visit.go(f"/modems/{segment(visit.words[0])}", "unlocked")


PAGE = Page(
    "modems",
    _("Modems"),
    "/modems",
    (
        get("/modems", every),
        get("/modems/{modem}", one),
        post("/modems/{modem}/ussd", ussd),
        post("/modems/{modem}/reset", reset),
        post("/modems/{modem}/unlock", unlock),
    ),
    first=True,
)
