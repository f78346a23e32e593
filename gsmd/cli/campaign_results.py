"""``gsmd campaigns results`` and ``convert``: which of several texts does better."""

import click

from gsmd.cli import table
from gsmd.cli.cells import Cell, Column, Row
from gsmd.cli.connection import daemon
from gsmd.cli.options import daemon_options
from gsmd.cli.terminal import emit_json, say
from gsmd.cli.unbroken_events import UnbrokenEvents
from gsmd.client import Client
from gsmd.protocol.campaigns import RestResult, Results, TrialState, VariantResult, WinReason

COLUMNS = (
    Column("TEXT", "bold"),
    Column("SENT", right=True),
    Column("ANSWERED", right=True),
    Column("CONVERTED", right=True),
    Column("OPTED OUT", right=True),
    Column("RATE", right=True),
    Column("SURELY BETWEEN"),
    Column("", wide=True),
)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--follow", "-f", "follow", is_flag=True, help="Until it is decided.")
@daemon_options
def results(id_: str, follow: bool, as_json: bool) -> None:
    """What became of each text of the campaign ID, and which does better as far as one can know.

    RATE is that of the people who reached the goal; with 95 % certainty it lies in the span beside it. These are the figures
    of those that the texts are tried on; the rest stand below.
    """
    with daemon(timeout=None) as client:
        found = _decided(client, id_) if follow else client.campaigns.results(id_)
    if as_json:
        emit_json([found])
        return
    table.show(COLUMNS, [*map(_row, found.variants), _row(found.rest)], nothing="")
    say(_verdict(found))
    if found.uneven:
        say(
            "So many more were sent of one text than of another that it is no chance: do not trust this."
        )


@click.command()
@click.argument("goal")
@click.argument("peer", metavar="NUMBER", required=False)
@click.option("--message", metavar="ID", help="Whoever that message went to, or came from.")
@click.option("--value", type=float, help="What it is worth.")
@click.option("--key", help="Once with this key.")
@daemon_options
def convert(
    goal: str,
    peer: str | None,
    message: str | None,
    value: float | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Note that NUMBER did what a campaign is for: GOAL is a name of yours, such as order.

    It counts for the text that they got, once for each person, within the window of the campaign.
    """
    if (peer is None) == (message is None):
        raise click.UsageError("NUMBER or --message, one of them.")
    with daemon() as client:
        noted = client.conversions.add(goal, peer, message=message, value=value, key=key)
    if as_json:
        emit_json([noted])
    elif not noted.campaigns:
        say("No campaign asks for it now.")
    for each in noted.campaigns if not as_json else ():
        say(f"It counts for {each.id}, {each.variant or 'the rest'}.")


def _decided(client: Client, id_: str) -> Results:
    with UnbrokenEvents(client, "campaign.") as events:
        while True:
            found = events.ask(lambda: client.campaigns.results(id_))
            if found.decision.state != TrialState.RUNNING:
                return found
            events.next()


def _row(found: VariantResult | RestResult) -> Row:
    between = "" if found.low is None else f"{found.low:.1%} to {found.high:.1%}"
    stopped = isinstance(found, VariantResult) and found.stopped
    return (
        Cell(_name(found), "red" if stopped else ""),
        str(found.sent),
        str(found.answered),
        str(found.converted),
        str(found.opted_out),
        "" if found.rate is None else f"{found.rate:.1%}",
        between,
        found.text,
    )


def _name(found: VariantResult | RestResult) -> str:
    if isinstance(found, VariantResult):
        return found.name
    return "rest" if found.name is None else f"rest: {found.name}"


def _verdict(found: Results) -> str:
    """How it stands, as a sentence."""
    decision = found.decision
    if decision.state == TrialState.NO_DIFFERENCE:
        return "Over: no difference that chance would not make."
    if decision.state == TrialState.DECIDED:
        why = "the others make too many opt out" if decision.reason == WinReason.OPT_OUTS else None
        return f"Decided: {decision.winner} does better{f': {why}' if why else ''}."
    return (
        f"Still running: {decision.counted} of {decision.horizon} have had their time."
        f" The best is ahead by {decision.ahead:.2f}; it wins above {decision.bound:.2f}."
    )
