"""Tables that people take away: CSV for their spreadsheets, TSV as it is for their programs, sent page after page as it is read.

In a CSV no cell is taken for a formula: what begins like one, each number with its ``+`` too, gets an apostrophe before it
(`gsmd.gateways.web.rest.tables`), which an import here takes away again. A TSV has values as they are, with blanks for tabs
and ends of lines.
"""

import csv
import io
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response, StreamingResponse

from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.rest.tables import cell
from gsmd.protocol.method import Method

AT_ONCE = 500
"""Rows that are asked for at once."""

Rows = Sequence[Mapping[str, Any]]


async def pages(
    visit: Visit, method: Method[Any, Any], member: str, **params: Any
) -> AsyncIterator[Rows]:
    """All pages of a listing: the rows under ``member`` of each. Errors: `Problem`."""
    after: str | None = None
    while True:
        page = await visit.ask(method, limit=AT_ONCE, after=after, **params)
        yield page[member]
        after = page.get("next")
        if not after:
            return


async def download(
    visit: Visit, name: str, columns: Sequence[str], rows: AsyncIterator[Rows]
) -> Response:
    """The file, of the kind that the query's ``as`` names. Its first rows are read before it begins, so that trouble is a page."""
    plain = visit.query.get("as") == "tsv"
    write = _tsv if plain else _csv
    first = await anext(rows, ())
    await visit.note("table.exported", name)

    async def lines() -> AsyncIterator[str]:
        yield write([columns])
        yield write([[_value(row, each) for each in columns] for row in first])
        async for some in rows:
            yield write([[_value(row, each) for each in columns] for row in some])

    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "table"
    kind, end = ("text/tab-separated-values", "tsv") if plain else ("text/csv", "csv")
    headers = {"Content-Disposition": f'attachment; filename="{safe}.{end}"'}
    return StreamingResponse(lines(), 200, headers, kind)


async def one(rows: Rows) -> AsyncIterator[Rows]:
    """Rows that are all there already, as `download` takes them."""
    yield rows


def _value(row: Mapping[str, Any], column: str) -> Any:
    """A cell; ``answers.why`` is a member of a member."""
    value: Any = row
    for word in column.split(".", 1):
        value = value.get(word) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping):
        return " ".join(f"{name}={each}" for name, each in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _csv(rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([cell(each) for each in row] for row in rows)
    return out.getvalue()


def _tsv(rows: Sequence[Sequence[Any]]) -> str:
    return "".join("\t".join(map(_plain, row)) + "\n" for row in rows)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else re.sub(r"[\t\r\n]+", " ", str(value))
