"""``gsmd pull`` and ``gsmd settle``: messages of a handler for programs that do not stay connected."""

from typing import Any

import click

from gsmd.cli import table
from gsmd.cli.cells import Column
from gsmd.cli.combinations import refuse
from gsmd.cli.connection import daemon
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.match_option import match_option
from gsmd.cli.options import Duration, daemon_options, handler_argument
from gsmd.cli.terminal import emit_json, one_line, say
from gsmd.protocol import bounds
from gsmd.protocol.inbox import PulledMessage, Settlement
from gsmd.protocol.types import Seconds

COLUMNS = (
    Column("LEASE", "bold"),
    Column("TRY", right=True),
    Column("FROM"),
    Column("TEXT", wide=True),
)


@click.command()
@handler_argument
@click.option(
    "--max",
    "most",
    type=click.IntRange(1, bounds.IN_FLIGHT),
    default=1,
    show_default=True,
    help="The most messages to take.",
)
@click.option(
    "--wait", type=Duration(), default=0, help="How long to wait for the first, up to 60s."
)
@click.option(
    "--lease", type=Duration(), default=60, help="How long there is to settle. [default: 60s]"
)
@click.option(
    "--from",
    "from_",
    metavar="ID",
    help="A new NAME begins with this message, or with the beginning.",
)
@match_option
@daemon_options
def pull(
    handler: str,
    most: int,
    wait: float,
    lease: float,
    from_: str | None,
    match: dict[str, Any] | None,
    as_json: bool,
) -> None:
    """Take messages for the handler NAME; each is to be settled before its lease is over.

    Exits with 5 if there is none.
    """
    with daemon() as client:
        pulled = client.pull(handler, most, wait=wait, lease=lease, from_=from_, match=match)
    if as_json:
        emit_json(pulled.messages)
    elif pulled.messages:
        table.show(COLUMNS, map(_row, pulled.messages), nothing="")
        say("Done with one: gsmd settle LEASE")
    if not pulled.messages:
        raise Stop(f"No message for {handler}.", Exit.TIMED_OUT)


@click.command()
@click.argument("leases", metavar="LEASE...", nargs=-1, required=True)
@click.option("--reply", metavar="TEXT", help="Done, and this goes to the sender.")
@click.option("--error", metavar="REASON", help="Not done: the message comes again later.")
@click.option("--retry-after", type=Duration(), help="With --error: when it comes again.")
@click.option("--permanent", is_flag=True, help="With --error: it never comes again.")
@click.option("--extend", type=Duration(), help="Not yet: the lease ends so long from now.")
@daemon_options
def settle(
    leases: tuple[str, ...],
    reply: str | None,
    error: str | None,
    retry_after: float | None,
    permanent: bool,
    extend: float | None,
    as_json: bool,
) -> None:
    """Be done with what was pulled on each LEASE; or answer it, give it back, or ask for more time."""
    if error is None:
        refuse("Without --error", "retry_after", "permanent")
    else:
        refuse("With --error", "reply", "extend")
    if extend is not None:
        refuse("With --extend", "reply")
    settlements = [
        Settlement(
            lease,
            reply=reply,
            error=error,
            retry_after=None if retry_after is None else Seconds(retry_after),
            permanent=permanent,
            extend=None if extend is None else Seconds(extend),
        )
        for lease in leases
    ]
    with daemon() as client:
        settled = client.settle(settlements)
    if as_json:
        emit_json([settled])
    if settled.unknown:
        raise Stop(f"No such lease, or it is over: {', '.join(settled.unknown)}", Exit.FAILED)


def _row(pulled: PulledMessage) -> tuple[str, ...]:
    message = pulled.message
    text = message.text if message.text is not None else message.data or ""
    return pulled.lease, str(pulled.attempt), message.peer, one_line(text)
