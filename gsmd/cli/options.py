"""Options and argument types that several commands share."""

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from gsmd import numbers
from gsmd.cli import datetimes
from gsmd.cli.completion import handler_names, message_ids, modem_names
from gsmd.cli.service import DEFAULT_CONFIGURATION

DEFAULT_SOCKET = "/run/gsmd/gsmd.sock"

_CONFIGURATION = f"The configuration. [default: $GSMD_CONFIG, else {DEFAULT_CONFIGURATION}]"

Function = TypeVar("Function", bound=Callable[..., Any])


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """A number of seconds, or ``90s 15m 24h 7d 2w``. Becomes float seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Float seconds; a usage error for what is no duration."""
        from gsmd.config import parse_duration

        try:
            return parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """A time as people write it (`datetimes.parse_moment`). Becomes an aware datetime."""

    name = "time"

    def __init__(self, towards: datetimes.Direction) -> None:
        self._towards = towards

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """An aware datetime; a usage error for what is no time."""
        if isinstance(value, datetime):
            return value
        try:
            return datetimes.parse_moment(value, datetimes.current(), self._towards)
        except ValueError:
            self.fail(
                f"{value!r} is no time: write 2026-01-31, '2026-01-31 18:30', 18:30, "
                f"tomorrow 18:30 or a duration such as 2h",
                param,
                ctx,
            )


class Share(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """A part of a whole, ``0.2`` or ``20%``. Becomes a float above 0, up to 1."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The part; a usage error for what is none."""
        typed = str(value).strip()
        try:
            part = float(typed.removesuffix("%")) / (100 if typed.endswith("%") else 1)
        except ValueError:
            part = 0.0
        if not 0 < part <= 1:
            self.fail(f"{value!r} is no share: write 20% or 0.2", param, ctx)
        return part


class Hex(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """Octets as hex digits, blanks allowed. Becomes lower-case hex without blanks."""

    name = "hex"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Lower-case hex; a usage error for what is not."""
        try:
            return bytes.fromhex(value).hex()
        except ValueError:
            self.fail(f"{value!r} is not hex: two digits an octet, 0-9 and a-f", param, ctx)


class Number(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """A number to look for, as people type it; a sender's name stays as it is."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number without what comes along when it is typed or pasted."""
        del param, ctx
        number = numbers.bare(value)
        return number if re.fullmatch(r"\+?[0-9*#]+", number) else value


def socket_option(function: Function) -> Function:
    """``--socket``; the value is kept in the context (`connection.daemon` looks there)."""
    return click.option(
        "--socket",
        type=click.Path(path_type=Path),
        metavar="PATH",
        callback=_keeping("gsmd.socket"),
        expose_value=False,
        help=f"The daemon's socket. [default: $GSMD_SOCKET, else {DEFAULT_SOCKET}]",
    )(function)


def _keeping(key: str) -> Callable[[click.Context, click.Parameter, Path | None], None]:
    """Keep what was given in the context, which a command shares with its group."""

    def keep(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
        del param
        if value is not None:
            ctx.meta[key] = value

    return keep


def json_option(function: Function) -> Function:
    """``--json``, passed as ``as_json``."""
    return click.option(
        "--json", "as_json", is_flag=True, help="JSON lines on stdout and nothing else."
    )(function)


def daemon_options(function: Function) -> Function:
    """The options of every command that talks with the daemon: ``--json`` and ``--socket``."""
    return json_option(socket_option(function))


def configuration_option(function: Function) -> Function:
    """``-c/--config``, passed as ``config`` (Path)."""
    return click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path),
        envvar="GSMD_CONFIG",
        default=DEFAULT_CONFIGURATION,
        metavar="FILE",
        help=_CONFIGURATION,
    )(function)


def configuration_anywhere(function: Function) -> Function:
    """``-c/--config`` before or behind the word of a command of a group; `configuration_path` has it."""
    return click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        callback=_keeping("gsmd.config"),
        expose_value=False,
        help=_CONFIGURATION,
    )(function)


def configuration_path() -> Path:
    """``-c`` wherever it was written, else where every command looks."""
    meta = click.get_current_context().meta
    given = meta.get("gsmd.config") or os.environ.get("GSMD_CONFIG") or DEFAULT_CONFIGURATION
    return Path(given)


def message_argument(function: Function) -> Function:
    """``ID``, completed from the newest messages, passed as ``message_id``."""
    return click.argument("message_id", metavar="ID", shell_complete=message_ids)(function)


def modem_argument(function: Function) -> Function:
    """``MODEM``, completed from the daemon's, passed as ``modem``."""
    return click.argument("modem", metavar="MODEM", shell_complete=modem_names)(function)


def modem_option(function: Function) -> Function:
    """``--modem``, passed as ``modem``."""
    return click.option(
        "--modem", metavar="NAME", shell_complete=modem_names, help="Only this modem."
    )(function)


def handler_argument(function: Function) -> Function:
    """``NAME`` of a handler, passed as ``handler``."""
    return click.argument("handler", metavar="NAME", shell_complete=handler_names)(function)
