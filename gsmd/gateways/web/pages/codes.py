"""Codes: one that is texted to somebody and asked back, and QR codes that open a text to us."""

from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.pages import taking_part
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import keywords, verify


async def codes(visit: Visit) -> Response:
    """``/codes``; ``?text=`` and ``?to=`` make a QR code."""
    return await _page(visit)


async def _page(visit: Visit, status: int = 200, **more: Any) -> Response:
    ours = await taking_part.numbers(visit)
    table = (await visit.ask(keywords.LIST))["keywords"]
    text, to = visit.query.get("text", "")[: taking_part.QR_TEXT], visit.query.get("to", "")[:30]
    to = to or next(iter(ours), "")
    content = taking_part.content(to, text) if text and to else ""
    return visit.render(
        "codes.html",
        status,
        tab="codes",
        live="",
        numbers=ours,
        words=[each["words"][0].upper() for each in table],
        text=text,
        to=to,
        content=content,
        qr=taking_part.squares(content) if content else None,
        **{"started": None, "checked": None, "problem": "", "phone": "", **more},
    )


async def picture(visit: Visit) -> Response:
    """``/codes/qr.svg``: the QR code for a poster."""
    text, to = visit.query.get("text", "")[: taking_part.QR_TEXT], visit.query.get("to", "")[:30]
    code = taking_part.squares(taking_part.content(to, text)) if text and to else None
    if code is None:
        raise Problem(404, "no_code", visit.language.say("QR codes need segno on the machine."))
    response = visit.render("qr.svg", 200, code=code)
    response.headers["Content-Type"] = "image/svg+xml"
    response.headers["Content-Disposition"] = 'attachment; filename="qr.svg"'
    return response


async def start(visit: Visit) -> Response:
    """``POST /codes/start``: somebody is texted a code, which they then say."""
    form = await visit.form()
    to = form.get("phone", "").strip()
    try:
        visit.frame.house.sends.take(visit.caller)
        started = await visit.ask(verify.START, to=to)
    except Problem as problem:
        return await _page(visit, 422, problem=visit.fault(problem), phone=to)
    await visit.note("code.sent", to)
    return await _page(visit, started=started, phone=to)


async def check(visit: Visit) -> Response:
    """``POST /codes/check``: what they read is the code, or is not."""
    form = await visit.form()
    id_, to = form.get("id", ""), form.get("phone", "")
    try:
        checked = await visit.ask(verify.CHECK, id=id_, code=form.get("code", "").strip())
    except Problem as problem:
        return await _page(visit, 422, problem=visit.fault(problem), phone=to)
    again = {"id": id_} if not checked["ok"] and checked.get("reason") == "wrong" else None
    return await _page(visit, checked=checked, started=again, phone=to)


PAGE = Page(
    "codes",
    _("Codes"),
    "",
    (
        get("/codes", codes),
        get("/codes/qr.svg", picture),
        post("/codes/start", start),
        post("/codes/check", check),
    ),
)
