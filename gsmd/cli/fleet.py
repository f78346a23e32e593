"""``gsmd fleet``: the agent of a box, and what can be done from any machine: set up, send, look."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gsmd.cli import fleet_many, table
from gsmd.cli.cells import Column
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.fleet_options import (
    configuration_option,
    configuration_path,
    connection_options,
    reached,
)
from gsmd.cli.gateways import serve
from gsmd.cli.options import json_option, socket_option
from gsmd.cli.terminal import emit, emit_json, printable, say

if TYPE_CHECKING:
    from gsmd.fleet.setting_up import Change

_BOXES = (
    Column("BOX", "bold"),
    Column("STATE"),
    Column("SIMS"),
    Column("IN HAND"),
    Column("SENT"),
    Column("RECEIVED"),
    Column("HOLDS BACK", "yellow", wide=True),
)
_ROUTES = (Column("NUMBERS", "bold"), Column("POOL"))
_UNCERTAIN = (Column("ID", "bold"), Column("TO"), Column("BOX"), Column("SINCE"), Column("BY"))


@click.group(invoke_without_command=True)
@configuration_option
@socket_option
@click.pass_context
def fleet(ctx: click.Context) -> int | None:
    """Be one of many boxes behind one engine (NATS JetStream), in the foreground.

    SIGTERM gives back what is not begun and ends it, SIGHUP reads the configuration again.
    """
    return serve(configuration_path(), ("fleet",)) if ctx.invoked_subcommand is None else None


@fleet.command()
@click.option("--dry-run", is_flag=True, help="Say what would be changed, and change nothing.")
@connection_options
@json_option
def setup(dry_run: bool, as_json: bool) -> int:
    """Make what is needed at the engine: streams, consumers, buckets.

    A second time nothing is changed. An engine that is too old is refused, and one that confirms before it has written.
    """
    from gsmd.fleet import setting_up
    from gsmd.fleet.client import AsyncFleetClient

    async def work(client: AsyncFleetClient, settings: Any) -> "tuple[str | None, list[Change]]":
        wishes = setting_up.Wishes(
            *(settings.replicas, settings.pools, settings.ack_wait),
            *(settings.require_sync, settings.monitor),
        )
        warning = await setting_up.examine(client.link, wishes)
        changes = await setting_up.plan(client.link, wishes)
        if not dry_run:
            await setting_up.carry_out(client.link, changes)
        return warning, changes

    try:
        warning, changes = reached(work)
    except setting_up.Unsuitable as error:
        raise Stop(str(error)) from None
    if warning:
        say(warning)
    if as_json:
        emit_json(
            {
                "action": c.action,
                "kind": c.kind,
                "name": c.name,
                "details": dict(c.details),
                "done": not dry_run,
            }
            for c in changes
        )
        return Exit.DONE
    for change in changes:
        emit(_sentence(change, dry_run=dry_run))
    if not changes:
        say("Everything is as it should be.")
    return Exit.DONE


@fleet.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--pool",
    "pools",
    multiple=True,
    metavar="P",
    help="A pool of the box; may be repeated. [default: default]",
)
@click.option("--program", is_flag=True, help="For a program that sends and looks, not for a box.")
def key(name: str, file: Path, pools: tuple[str, ...], program: bool) -> None:
    """Make an NKEY for the box NAME: its seed goes into FILE (`fleet.credentials_file`).

    Prints the user for the engine's configuration, with the least rights that do.
    """
    from gsmd.fleet import rights

    may = rights.of_program() if program else rights.of_box(name, pools or ("default",))
    try:
        emit(rights.block(rights.new_key(file), may))
    except OSError as error:
        raise Stop(f"{file}: {error.strerror}") from None
    except ModuleNotFoundError as error:
        raise Stop(f"{error}: pip install 'gsmd[fleet]'", Exit.CONFIGURATION) from None


@fleet.command()
@click.argument("to")
@click.argument("text", required=False)
@click.option(
    "--pool",
    default="default",
    show_default=True,
    help="The boxes that may send it; auto: by the number.",
)
@click.option("--bulk", is_flag=True, help="Behind what is urgent.")
@click.option("--sim", metavar="ICCID", help="Through this SIM, wherever it is.")
@click.option("--sticky", is_flag=True, help="Through the SIM that this number had messages from.")
@click.option("--key", metavar="ID", help="The id; with the same one nothing is sent twice.")
@click.option("--report", is_flag=True, help="Ask for a delivery report.")
@click.option(
    "--resend", is_flag=True, help="Where nobody knows whether it went out, send it again."
)
@connection_options
def send(
    to: str,
    text: str | None,
    pool: str,
    bulk: bool,
    sim: str | None,
    sticky: bool,
    key: str | None,
    report: bool,
    resend: bool,
) -> None:
    """Put a message in, for any box that may send it; prints its id once the engine has it.

    TEXT is read from standard input if it is not given.
    """
    from gsmd.fleet.client import AsyncFleetClient
    from gsmd.fleet.order import BadOrder

    words = sys.stdin.read().rstrip("\n") if text is None else text
    params: dict[str, Any] = {"report": True} if report else {}
    if resend:
        params["when_uncertain"] = "resend"

    async def work(client: AsyncFleetClient, settings: Any) -> str:
        del settings
        return await client.send(
            to, words, pool=pool, bulk=bulk, sim=sim, sticky=sticky, key=key, **params
        )

    try:
        emit(reached(work))
    except BadOrder as error:
        raise Stop(str(error)) from None


@fleet.command()
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False
)
@connection_options
@json_option
def routes(file: Path | None, as_json: bool) -> None:
    """Which pool a number goes to with `--pool auto`; with FILE from now on.

    FILE is YAML: beginnings of numbers and pools, such as `"+33": france`, and `"*"` for all others.
    """
    from gsmd.fleet.order import BadOrder

    if file is not None:
        table_ = _routes_of(file)
        try:
            reached(lambda client, _: client.set_routes(table_))
        except BadOrder as error:
            raise Stop(f"{file}: {error}") from None
        return
    found = reached(lambda client, _: client.routes())
    if as_json:
        emit_json([found])
        return
    table.show(_ROUTES, sorted(found.items()), nothing="All go to the pool default.")


@fleet.command()
@click.option("--prometheus", is_flag=True, help="As figures, for the node exporter's directory.")
@connection_options
@json_option
def status(as_json: bool, prometheus: bool) -> None:
    """The engine and what stands in it."""
    if prometheus:
        from gsmd.fleet.figures import lines

        async def work(client: Any, settings: Any) -> list[str]:
            del settings
            return [*lines(await client.status(), await client.boxes())]

        emit("\n".join(reached(work)))
        return
    told = reached(lambda client, _: client.status())
    if as_json:
        emit_json([told])
        return
    emit(f"engine      NATS {told['version']}, {told['replicas']} copies of each stream")
    emit(f"boxes       {told['boxes']}")
    emit(f"uncertain   {told['uncertain']}")
    for queue in told["queues"]:
        name = f"{queue['pool']} {queue['class']}"
        emit(f"{name:<11} {queue['waiting']} waiting, {queue['in_hand']} in hand")


@fleet.command()
@connection_options
@json_option
def boxes(as_json: bool) -> None:
    """The boxes that were heard of within the last 90 s, each with its SIMs."""
    found = reached(lambda client, _: client.boxes())
    if as_json:
        emit_json(found)
        return
    rows = (
        (
            *(each["box"], each["state"], str(len(each["sims"])), str(each.get("in_hand", ""))),
            *(
                str(each.get("sent", "")),
                str(each.get("received", "")),
                each.get("holds_back") or "",
            ),
        )
        for each in found
    )
    table.show(_BOXES, rows, nothing="No box is there.")


@fleet.command()
@click.argument("id_", metavar="ID")
@connection_options
@json_option
def show(id_: str, as_json: bool) -> None:
    """What became of a message, wherever it was."""
    found = reached(lambda client, _: client.show(id_))
    if found is None:
        raise Stop(f"Nobody knows a message {id_}.")
    if as_json:
        emit_json([found])
        return
    for name, value in found.items():
        if name != "events" and value not in {None, False}:
            emit(f"{name:<20} {printable(str(value))}")
    for event in found["events"]:
        what = ", ".join(f"{k} {event[k]}" for k in ("state", "modem", "reason") if event.get(k))
        emit(
            f"{event.get('at', '')}  {event.get('box', ''):<12} {event.get('type', '')}  {printable(what)}"
        )


@fleet.command()
@click.option("--resend", metavar="ID", help="Send this one again, although it may have gone out.")
@connection_options
@json_option
def uncertain(resend: str | None, as_json: bool) -> None:
    """The messages of which nobody knows whether they went out."""
    if resend is not None:
        if not reached(lambda client, _: client.resend(resend)):
            raise Stop(f"Message {resend} is not uncertain.")
        return

    async def work(client: Any, settings: Any) -> list[dict[str, Any]]:
        del settings
        return [each async for each in client.uncertain()]

    found = reached(work)
    if as_json:
        emit_json(found)
        return
    rows = (
        (each["id"], each.get("to") or "", each["box"], each.get("at", ""), each.get("by") or "")
        for each in found
    )
    table.show(_UNCERTAIN, rows, nothing="None.")


def _routes_of(file: Path) -> dict[str, str]:
    import yaml

    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise Stop(f"{file}: {error}") from None
    if not isinstance(found, dict):
        raise Stop(f"{file}: beginnings of numbers and pools, like '\"+33\": france'.")
    return {str(begins): str(pool) for begins, pool in found.items()}


def _sentence(change: "Change", *, dry_run: bool) -> str:
    verb = {"create": "made", "change": "changed"}[change.action]
    what = f"{change.kind} {change.name}"
    details = "".join(f"\n  {key}: {old!r} → {new!r}" for key, (old, new) in change.details.items())
    return f"{what} {'would be ' if dry_run else ''}{verb}{details}"


for each in fleet_many.COMMANDS:
    fleet.add_command(each)
