"""``POST /lists/{list}/import``: everybody in a file comes on a list, while the file is still coming.

What has come is cut behind its last whole entry, read, and put on the list; nothing but the rest is kept. Who is on the list
already is known there: a file whose end was lost is simply sent again.
"""

import codecs
import csv
from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gsmd.gateways.web.people_files import Columns, Entries, Person
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import bodies
from gsmd.gateways.web.rest.call import Call
from gsmd.protocol import lists
from gsmd.protocol.errors import Code

AT_ONCE = 500
"""People in one call of the daemon."""

LONGEST = 64 * 1024
"""Characters that an entry may have, with all its lines: a quote that nothing closes is found here, not at the end of the file."""

NAMED = 100
"""Entries that are no number, of which so many are named."""

_KINDS = frozenset({
    *("", "text/csv", "text/plain", "text/tab-separated-values", "application/octet-stream"),
    "application/x-www-form-urlencoded",  # what curl says of anything
})  # fmt: skip


async def import_list(call: Call) -> Response:
    """CSV as spreadsheets write it, or a number in each line. The answer counts: ``added``, ``known``, ``refused``, ``more``."""
    call.require(lists.ADD)
    name = call.in_path[0]
    call.hold({"list": name})
    kind = bodies.kind_of(call.request)
    if kind not in _KINDS:
        text = f"the body is {kind[:80]}, and is to be text/csv"
        raise Problem(415, "wrong_content_type", text)
    outcome: dict[str, Any] = {"added": 0, "known": 0, "refused": [], "more": 0}
    try:
        async for people in _people(call.request):
            for at in range(0, len(people), AT_ONCE):
                await _add(call, name, people[at : at + AT_ONCE], outcome)
    except (ValueError, csv.Error) as error:
        raise Problem(422, "no_numbers", str(error), code=Code.INVALID) from error
    return call.answer(outcome)


async def _add(call: Call, name: str, some: Sequence[Person], outcome: dict[str, Any]) -> None:
    members = [{"peer": each.peer, "fields": each.fields} for each in some]
    said = await call.ask(lists.ADD, {"list": name, "members": members})
    outcome["added"] += said["added"]
    outcome["known"] += said["known"]
    room = NAMED - len(outcome["refused"])
    outcome["refused"] += said["refused"][:room]
    outcome["more"] += max(0, len(said["refused"]) - room)


async def _people(request: Request) -> AsyncIterator[list[Person]]:
    """The people of each piece of the body. Errors: `ValueError`, `Problem`."""
    columns: Columns | None = None
    async for lines in _lines(request):
        top = 0
        if columns is None:
            columns = Columns(lines[0])
            top = 0 if columns.begins else 1
        yield list(columns.people(lines[top:]))
    if columns is None:
        raise ValueError("there is nothing in it")


async def _lines(request: Request) -> AsyncIterator[list[str]]:
    """The lines of whole entries, those of some at a time. Errors: `ValueError`, `Problem`."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    entries = Entries(LONGEST)
    try:
        async for chunk in request.stream():
            if lines := entries.feed(decoder.decode(chunk)):
                yield lines
        if lines := entries.feed(decoder.decode(b"", final=True), end=True):
            yield lines
    except ClientDisconnect:
        raise Problem(400, "cut_off", "the body ended too early") from None
    except UnicodeDecodeError as error:
        raise Problem(400, "not_utf8", "the file is not UTF-8") from error
