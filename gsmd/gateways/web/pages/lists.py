"""Lists of people: who is on them, files in and out."""

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from itertools import islice
from typing import Any

from starlette.responses import Response

from gsmd.gateways.web import people_files
from gsmd.gateways.web.pages import tables, uploads
from gsmd.gateways.web.pages.languages import later as _
from gsmd.gateways.web.pages.moments import segment
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.people_files import Person
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import consents, lists
from gsmd.protocol.method import Role

ON_A_PAGE = 100

LIVE = "list.created list.deleted list.added list.removed list.joined list.left"

_SHOWN = 20
"""Entries of a file that are no number, of which this many are named."""


async def every(visit: Visit) -> Response:
    """``/lists``."""
    return await _every(visit)


async def _every(visit: Visit, status: int = 200, problem: str = "") -> Response:
    found = (await visit.ask(lists.LIST))["lists"]
    return visit.render("lists.html", status, tab="lists", lists=found, live=LIVE, problem=problem)


async def one(visit: Visit) -> Response:
    """``/lists/{list}``."""
    return await _one(visit, visit.words[0])


async def _one(visit: Visit, name: str, status: int = 200, **more: Any) -> Response:
    known, page = await visit.ask_all(
        (lists.LIST, {}),
        (lists.GET, {"list": name, "limit": ON_A_PAGE, "after": visit.query.get("after")}),
    )
    it = next((each for each in known["lists"] if each["list"] == name), {"members": 0})
    fields = sorted({field for each in page["members"] for field in each["fields"]})
    return visit.render(
        "list.html",
        status,
        tab="lists",
        name=name,
        it=it,
        members=page["members"],
        fields=fields,
        next=page["next"],
        live=LIVE,
        **{"outcome": None, "problem": "", **more},
    )


async def create(visit: Visit) -> Response:
    """``POST /lists``: an empty one."""
    name = (await visit.form()).get("list", "").strip()
    try:
        await visit.ask(lists.CREATE, list=name)
    except Problem as problem:
        return await _every(visit, 422, visit.fault(problem))
    return visit.go(f"/lists/{segment(name)}", "saved")


async def add(visit: Visit) -> Response:
    """``POST /lists/{list}/add``: one person, with the fields that others on it have."""
    name, fields = visit.words[0], await visit.fields()
    form = dict(fields)
    known = {key[6:]: value.strip() for key, value in fields if key.startswith("field_")}
    extra = form.get("name", "").strip()
    if extra and form.get("value", "").strip():
        known[extra] = form["value"].strip()
    member = {"peer": form.get("peer", "").strip(), "fields": {k: v for k, v in known.items() if v}}
    outcome = await visit.ask(lists.ADD, list=name, members=[member])
    if outcome["refused"]:
        text = visit.language.say("That is no telephone number.")
        return await _one(visit, name, 422, problem=text)
    await visit.note("list.added", name)
    return visit.go(f"/lists/{segment(name)}", "saved")


async def remove(visit: Visit) -> Response:
    """``POST /lists/{list}/remove``: one person."""
    form = await visit.form()
    await visit.ask(lists.REMOVE, list=visit.words[0], peers=[form.get("peer", "")])
    await visit.note("list.removed", visit.words[0])
    return visit.go(f"/lists/{segment(visit.words[0])}", "removed")


async def delete(visit: Visit) -> Response:
    """``POST /lists/{list}/delete``."""
    await visit.ask(lists.DELETE, list=visit.words[0])
    await visit.note("list.deleted", visit.words[0])
    return visit.go("/lists", "removed")


# -- files ------------------------------------------------------------------------------------


async def import_(visit: Visit) -> Response:
    """``POST /lists/import``: everybody in a file, or in what was pasted, comes on the list."""
    fields, files = await visit.uploads()
    name = fields.get("list", "").strip()
    if not name:
        return await _every(visit, 422, visit.language.say("On which list?"))
    text = uploads.text(files.get("file", b"")) or fields.get("text", "")
    try:
        outcome = await _put(visit, name, text)
    except ValueError:
        problem = visit.language.say(
            "No column is called “number”. The first line of the file says what its columns are."
        )
        return await _every(visit, 422, problem)
    except csv.Error:
        problem = visit.language.say("In this file a quotation mark is opened and not closed.")
        return await _every(visit, 422, problem)
    await visit.note("list.imported", f"{name} {outcome['added']}")
    return await _one(visit, name, outcome=outcome)


async def _put(visit: Visit, name: str, text: str) -> dict[str, Any]:
    """Everybody in a file, some at once. Errors: `ValueError` for a file without numbers, `Problem`."""
    outcome: dict[str, Any] = {"added": 0, "known": 0, "refused": [], "more": 0}
    waiting = people_files.people(text)
    some = await asyncio.to_thread(_next, waiting)
    await visit.ask(lists.CREATE, list=name)
    while some:
        members = [{"peer": each.peer, "fields": each.fields} for each in some]
        said = await visit.ask(lists.ADD, list=name, members=members)
        outcome["added"] += said["added"]
        outcome["known"] += said["known"]
        room = _SHOWN - len(outcome["refused"])
        outcome["refused"] += said["refused"][:room]
        outcome["more"] += max(0, len(said["refused"]) - room)
        some = await asyncio.to_thread(_next, waiting)
    return outcome


def _next(waiting: Any) -> Sequence[Person]:
    return list(islice(waiting, tables.AT_ONCE))


async def export(visit: Visit) -> Response:
    """``/lists/{list}/export``: all members, with every field that somebody has."""
    name = visit.words[0]
    fields: set[str] = set()
    async for some in tables.pages(visit, lists.GET, "members", list=name):
        fields.update(field for each in some for field in each["fields"])
    return await tables.download(visit, name, ("peer", *sorted(fields)), _flat(visit, name))


async def _flat(visit: Visit, name: str) -> AsyncIterator[tables.Rows]:
    async for some in tables.pages(visit, lists.GET, "members", list=name):
        yield [{**each["fields"], "peer": each["peer"]} for each in some]


async def proofs(visit: Visit) -> Response:
    """``/lists/{list}/consents``: who agreed to get it, with the proof of each."""
    columns = (
        *("peer", "list", "state", "source", "asked_at", "given_at", "ended_at", "ended_by"),
        *("modem", "sim", "number", "shown", "text", "message", "note", "actor"),
    )
    rows = tables.pages(visit, consents.EXPORT, "consents", list=visit.words[0])
    return await tables.download(visit, f"{visit.words[0]}-consents", columns, rows)


PAGE = Page(
    "lists",
    _("Lists"),
    "",
    (
        get("/lists", every),
        post("/lists", create),
        post("/lists/import", import_),
        get("/lists/{list}", one),
        get("/lists/{list}/export", export),
        get("/lists/{list}/consents", proofs),
        post("/lists/{list}/add", add),
        post("/lists/{list}/remove", remove),
        post("/lists/{list}/delete", delete),
    ),
    roles=frozenset({Role.READ}),
)
