"""``gsmd smpp``: the gateway, and who is bound to it."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import click

from gsmd.cli import table
from gsmd.cli.cells import Column
from gsmd.cli.connection import daemon
from gsmd.cli.exits import Stop
from gsmd.cli.gateways import serve
from gsmd.cli.options import configuration_anywhere, configuration_path, json_option, socket_option
from gsmd.cli.terminal import emit_json, say
from gsmd.client import GsmdError

COLUMNS = (
    Column("ACCOUNT", "bold"),
    Column("BINDS"),
    Column("WINDOW", right=True),
    Column("RATE", right=True),
    Column("SUBMITTED", right=True),
    Column("REFUSED", right=True),
    Column("DELIVERED", right=True),
    Column("WAITING", right=True),
    Column("PARTS", right=True),
    Column("FROM", wide=True),
)

PROVIDERS = (
    Column("PROVIDER", "bold"),
    Column("STATE"),
    Column("WINDOW", right=True),
    Column("RATE", right=True),
    Column("SENT", right=True),
    Column("REFUSED", right=True),
    Column("UNCERTAIN", right=True),
    Column("RECEIPTS", right=True),
    Column("RECEIVED", right=True),
    Column("AT", wide=True),
    Column("WHY", wide=True),
)

_PATIENCE = 10.0


@click.group(invoke_without_command=True)
@configuration_anywhere
@socket_option
@click.pass_context
def smpp(ctx: click.Context) -> int | None:
    """Be an SMSC to every program that speaks SMPP, in the foreground.

    SIGTERM unbinds and ends it, SIGHUP reads the configuration again.
    """
    return serve(configuration_path(), ("smpp",)) if ctx.invoked_subcommand is None else None


@smpp.command()
@configuration_anywhere
@json_option
def accounts(as_json: bool) -> None:
    """Who is bound, and what waits for each account. Ask as root or as the gateway's user."""
    told = _asked()
    found = told["accounts"]
    _add_waiting(found)
    if as_json:
        emit_json(found)
        return
    table.show(COLUMNS, _rows(found), nothing="No account is configured.")
    if told["providers"]:
        say("")
        table.show(PROVIDERS, _provider_rows(told["providers"]), nothing="")


@smpp.command()
@configuration_anywhere
@json_option
def providers(as_json: bool) -> None:
    """The SMSCs of others that messages go out through. Ask as root or as the gateway's user."""
    found = _asked()["providers"]
    if as_json:
        emit_json(found)
        return
    table.show(PROVIDERS, _provider_rows(found), nothing="No provider is configured.")


def _provider_rows(found: list[dict[str, Any]]) -> Iterator[list[str]]:
    for each in found:
        yield [
            each["name"],
            each["state"].replace("bound_", ""),
            f"{each['under_way']}/{each['window']}",
            each["rate"] or "",
            str(each["sent"]),
            str(each["refused"]),
            str(each["uncertain"]),
            str(each["receipts"]),
            str(each["received"]),
            each["address"],
            each["reason"],
        ]


def _rows(found: list[dict[str, Any]]) -> Iterator[list[str]]:
    for each in found:
        states = [bind["state"].removeprefix("bound_") for bind in each["binds"]]
        yield [
            each["system_id"],
            f"{len(states)}/{each['most_binds']} {' '.join(states)}".strip(),
            str(each["window"]),
            each["rate"] or "",
            str(each["submitted"]),
            str(each["refused"] + each["throttled"]),
            str(each["delivered"]),
            "" if each["waiting"] is None else str(each["waiting"] + each["receipts_waiting"]),
            str(each["incomplete"]),
            " ".join(sorted({bind["from"] for bind in each["binds"]})),
        ]


def _asked() -> dict[str, list[dict[str, Any]]]:
    """What the gateway that runs says."""
    from gsmd.config import load
    from gsmd.gateways.state import directories
    from gsmd.handler_kinds import HANDLER_KINDS

    path = directories(load(configuration_path(), HANDLER_KINDS), ["smpp"])["smpp"] / "control.sock"
    octets = b""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(_PATIENCE)
        try:
            sock.connect(str(path))
            while chunk := sock.recv(65_536):
                octets += chunk
            found: dict[str, list[dict[str, Any]]] = json.loads(octets)
        except (OSError, ValueError) as error:
            reason = "it broke off"
            if isinstance(error, OSError):
                reason = error.strerror or str(error)
            raise Stop(
                f"the gateway does not answer at {path}: {reason}",
                advice="Does it run? gsmd status. Only its user and root may ask: sudo gsmd smpp …",
            ) from None
    return found


def _add_waiting(found: list[dict[str, Any]]) -> None:
    """What the daemon holds for each account; None where it cannot be asked."""
    pending: dict[str, int] | None
    try:
        with daemon() as client:
            pending = {each.name: each.pending for each in client.handlers()}
    except (GsmdError, click.ClickException):
        pending = None
    for each in found:
        each["waiting"] = None if pending is None else pending.get(each["system_id"], 0)
