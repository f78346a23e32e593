"""Figures as CSV (RFC 4180) for people's spreadsheets.

A text that a spreadsheet would take for a formula gets an apostrophe before it; machines read the JSON, or figures alone,
which are never escaped.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from gsmd.gateways.web.rest.call import QUIET, Call
from gsmd.gateways.web.rest.plain import plain
from gsmd.spreadsheets import guarded


async def as_csv(call: Call) -> Response:
    """The answer of a route with figures, as a table."""
    answer = await plain(call)
    result = msgspec.json.decode(answer.body)
    rows = result.get(call.route.csv) or [_without_tables(result)]
    name = call.route.path.strip("/").replace("/", "-")
    headers = {**QUIET, "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(table(rows), 200, headers, "text/csv")


def _without_tables(result: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if not isinstance(value, list)}


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Objects as lines; a member of a member is a column ``member.member``."""
    flat = [_flat(row) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(map(cell, columns))
    writer.writerows([cell(row.get(column)) for column in columns] for row in flat)
    return out.getvalue()


def cell(value: Any) -> str:
    """The value as no spreadsheet takes it for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return guarded(str(value))


def _flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            flat[prefix + name] = " ".join(map(str, value))
        else:
            flat[prefix + name] = value
    return flat
