"""The option ``--match`` of commands that make handlers: the choice of messages, as in the configuration."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])

_LISTS = frozenset({"keyword", "from", "modem", "kind"})
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}


def match_option(function: Function) -> Function:
    """``--match``, which may be repeated; becomes the parameter ``match``, None without it."""
    return click.option(
        "--match",
        metavar="KEY=VALUE",
        multiple=True,
        callback=_read,
        help="Only messages of which this is true: keyword=STOCK, from=+33*, … as in the configuration."
        " May be repeated.",
    )(function)


def _read(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, Any] | None:
    match: dict[str, Any] = {}
    for each in given:
        key, sign, value = each.partition("=")
        if not sign or not value:
            raise click.BadParameter(f"{each!r} is not KEY=VALUE", context, parameter)
        if key in _LISTS:
            match.setdefault(key, []).append(value)
        else:
            match[key] = _FLAGS.get(value, value) if key in ("answers", "unclaimed") else value
    return match or None
