"""``gsmd broadcast``: one text to everybody on a list, or the better of several."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

import click
from msgspec import UnsetType

from gsmd.cli import datetimes
from gsmd.cli.campaigns import follow, summary
from gsmd.cli.combinations import refuse
from gsmd.cli.connection import daemon
from gsmd.cli.options import Duration, Moment, Share, daemon_options
from gsmd.cli.terminal import emit, emit_json, say
from gsmd.client import Client
from gsmd.protocol.campaigns import Category, Forecast


class _Options(TypedDict):
    tag: str | None
    modem: str | None
    handler: str | None
    per_minute: float | None
    quiet: str | None
    not_before: datetime | None
    key: str | None
    category: str | None
    goal: str | None
    window: float | None
    share: float | None


@click.command()
@click.argument("lists", metavar="LIST[,LIST...]")
@click.argument("text", default="")
@click.option("--tag", help="A word of yours to find its messages by.")
@click.option("--modem", metavar="NAME", help="Only with this modem.")
@click.option("--handler", help="The handler that answers go to.")
@click.option("--per-minute", type=click.FloatRange(min=0, min_open=True), help="The pace.")
@click.option("--quiet", metavar="21:00-08:00", help="Not in these hours, where the recipient is.")
@click.option("--not-before", type=Moment("future"), metavar="TIME", help="Begin no earlier.")
@click.option("--key", help="Once with this key: the same command again begins no second one.")
@click.option(
    "--category",
    type=click.Choice([str(each) for each in Category]),
    help="promotional: only with consent, outside quiet hours.",
)
@click.option(
    "--variant",
    "texts",
    multiple=True,
    metavar="NAME=TEXT",
    help="A text to be tried on a share of them; the better one goes to the rest.",
)
@click.option("--share", type=Share(), help="How many are tried, such as 20% (the usual) or 0.2.")
@click.option(
    "--goal",
    metavar="reply|keyword:WORD|conversion[:NAME]",
    help="The better one is what more of them do this after.  [default: reply]",
)
@click.option(
    "--window", type=Duration(), help="How soon they have to have done it.  [default: 24h]"
)
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@click.option("--wait", is_flag=True, help="Show its progress until everything is out.")
@daemon_options
def broadcast(
    lists: str,
    text: str,
    texts: Sequence[str],
    dry_run: bool,
    wait: bool,
    as_json: bool,
    **options: Unpack[_Options],
) -> None:
    """Send TEXT to everybody on LIST; {name} and the like are filled in from their fields.

    With --variant, twice or more, these are tried on a share first; TEXT is then what the rest get where no difference
    shows, and may be left out. gsmd campaigns results ID tells how they do.

    Who opted out, lacks a field or is on several of the lists is skipped (once), and counted; so is, with --category
    promotional, who gave no consent.
    """
    if dry_run:
        refuse("With --dry-run", "wait")
    if not texts:
        refuse("Without --variant", "share", "goal", "window")
    variants = [_variant(each) for each in texts]
    if not text and not variants:
        raise click.UsageError("Missing argument 'TEXT', or --variant NAME=TEXT.")
    names = lists.split(",")
    with daemon(timeout=None) as client:
        if dry_run:
            _forecast(_dry_run(client, names, text, variants, **options), as_json=as_json)
            return
        made = client.campaigns.create(names, text, variants=variants, **options)
        if wait:
            made = follow(client, made)
    if as_json:
        emit_json([made])
    else:
        emit(made.id)
        say(summary(made))


def _variant(typed: str) -> Mapping[str, Any]:
    name, equals, text = typed.partition("=")
    if not (name.strip() and equals and text):
        raise click.BadParameter(f"{typed!r} is not like NAME=TEXT", param_hint="--variant")
    return {"name": name.strip(), "text": text}


def _dry_run(
    client: Client,
    lists: Sequence[str],
    text: str,
    variants: Sequence[Mapping[str, Any]],
    **options: Unpack[_Options],
) -> Forecast:
    """The cost of a campaign: how it is named and who hears the answers makes no difference."""
    return client.campaigns.forecast(
        lists,
        text,
        modem=options["modem"],
        per_minute=options["per_minute"],
        quiet=options["quiet"],
        not_before=options["not_before"],
        category=options["category"],
        variants=variants,
        goal=options["goal"],
        window=options["window"],
        share=options["share"],
    )


def _forecast(forecast: Forecast, *, as_json: bool) -> None:
    if as_json:
        emit_json([forecast])
        return
    duration = forecast.duration
    pace = "as fast as the modems go" if duration is None else f"in {datetimes.words(duration)}"
    say(f"{forecast.recipients} messages, {forecast.parts} parts, {pace}.")
    for reason, count in forecast.skipped.items():
        say(f"{count} skipped: {reason}")
    if isinstance(forecast.tried, int):
        say(_what_shows(forecast.tried, forecast.least_difference))


def _what_shows(tried: int, least: float | UnsetType | None) -> str:
    if not isinstance(least, float):
        return f"{tried} are tried: too few to show any difference."
    least_rate = f"{10 + 100 * least:.1f}"
    return (
        f"{tried} are tried: that shows a difference such as 10 % against {least_rate} % or more."
    )
