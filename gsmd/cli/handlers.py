"""``gsmd handlers``: who takes messages, what they gave up on, and a try without an SMS."""

from typing import Any, TextIO

import click

from gsmd.cli import datetimes, table
from gsmd.cli.cells import Cell, Column, Row
from gsmd.cli.combinations import Noun
from gsmd.cli.completion import handler_names
from gsmd.cli.connection import daemon
from gsmd.cli.match_option import match_option
from gsmd.cli.options import daemon_options, handler_argument
from gsmd.cli.terminal import emit, emit_json, printable, say
from gsmd.client import DeadLetter, HandlerStatus
from gsmd.protocol import bounds
from gsmd.protocol.handlers import TEST, Attempt, DryRunParams, HandlerState, Removed

COLUMNS = (
    Column("NAME", "bold"),
    Column("BY"),
    Column("THERE"),
    Column("PENDING", right=True),
    Column("IN HAND", right=True),
    Column("DEAD", right=True),
    Column("OLDEST"),
    Column("LAST ERROR", wide=True),
)
ATTEMPT_COLUMNS = (
    Column("WHEN"),
    Column("ID", "bold"),
    Column("TRY", right=True),
    Column("ANSWER"),
    Column("TOOK", right=True),
    Column("HOST"),
    Column("ERROR", wide=True),
)
DEAD_COLUMNS = (
    Column("ID", "bold"),
    Column("HANDLER"),
    Column("GIVEN UP"),
    Column("TRIES", right=True),
    Column("FROM"),
    Column("REASON", wide=True),
    Column("TEXT", wide=True),
)


@click.group(cls=Noun)
@daemon_options
@click.pass_context
def handlers(ctx: click.Context, as_json: bool) -> None:
    """The handlers that take messages, and how much waits for each."""
    if ctx.invoked_subcommand is not None:
        return
    nothing = "No handler yet: name one in the configuration, or: gsmd listen --as NAME"
    with daemon() as client:
        if as_json:
            emit_json(client.handlers())
        else:
            table.show(COLUMNS, map(_row, client.handlers()), nothing=nothing)


@handlers.command()
@click.argument("name", metavar="NAME")
@click.option("--post", metavar="URL", help="A web hook: post each message there.")
@click.option(
    "--secret-file",
    type=click.File("r"),
    help="The file with the key that signs, as text or as whsec_…; - is standard input.",
)
@match_option
@click.option(
    "--receipts", is_flag=True, help="The ends of messages that are sent in its name, too."
)
@daemon_options
def add(
    name: str,
    post: str | None,
    secret_file: TextIO | None,
    match: dict[str, Any] | None,
    receipts: bool,
    as_json: bool,
) -> None:
    """Add the handler NAME: a web hook, or without --post a name for programs that connect or pull.

    It is kept until it is removed. A web hook that was added before is replaced; what waits for it stays.
    """
    if post is None and (secret_file is not None or receipts):
        raise click.UsageError("--secret-file and --receipts need --post.")
    secret = None if secret_file is None else secret_file.read().strip()
    if secret == "":
        raise click.UsageError("The file with the key is empty.")
    with daemon() as client:
        added = client.add_handler(
            name, match=match, post=post, secret=secret, receipts=receipts or None
        )
    if as_json:
        emit_json([added])
    else:
        say(f"{name} takes messages from now on.")


@handlers.command()
@handler_argument
@daemon_options
def resume(handler: str, as_json: bool) -> None:
    """Hand messages to the web hook NAME again, which said that it wants no more (410 Gone)."""
    with daemon() as client:
        outcome = client.resume_handler(handler)
    if as_json:
        emit_json([outcome])
    elif outcome.resumed:
        say(f"{handler} gets its messages again.")
    else:
        say(f"{handler} was not suspended.")


@handlers.command()
@handler_argument
@click.option(
    "--limit", type=click.IntRange(1, bounds.PAGE), default=bounds.ATTEMPTS, show_default=True
)
@daemon_options
def attempts(handler: str, limit: int, as_json: bool) -> None:
    """The last hand-overs to NAME, the newest first: when, what was answered, and how long it took."""
    with daemon() as client:
        found = client.attempts(handler, limit)
    if as_json:
        emit_json(found)
    else:
        nothing = "None since the daemon was started."
        table.show(ATTEMPT_COLUMNS, map(_attempt, found), nothing=nothing)


@handlers.command()
@click.argument("handler", metavar="[NAME]", required=False, shell_complete=handler_names)
@click.option(
    "--limit", type=click.IntRange(1, bounds.PAGE), default=bounds.USUAL_PAGE, show_default=True
)
@daemon_options
def dead(handler: str | None, limit: int, as_json: bool) -> None:
    """The messages that handlers gave up on, the newest first, with the reason."""
    with daemon() as client:
        letters = client.dead(handler, limit)
    if as_json:
        emit_json(letters)
    else:
        table.show(DEAD_COLUMNS, map(_letter, letters), nothing="No dead letters.")


@handlers.command()
@handler_argument
@click.argument("message_id", metavar="[ID]", required=False)
@click.option("--all", "every", is_flag=True, help="All that this handler gave up on.")
@click.option(
    "--replay", is_flag=True, help="ID may be any message that came in, done or never for NAME."
)
@daemon_options
def redrive(handler: str, message_id: str | None, every: bool, replay: bool, as_json: bool) -> None:
    """Hand the dead letter ID, or all of them, to the handler NAME again."""
    if (message_id is None) != every:
        raise click.UsageError("Either the ID of a message or --all.")
    if replay and every:
        raise click.UsageError("--replay is for one message.")
    with daemon() as client:
        count = client.redrive(handler, message_id, replay=replay)
    if as_json:
        emit_json([{"handler": handler, "redriven": count}])
    else:
        say(f"{count} message{'' if count == 1 else 's'} on the way to {handler} again.")


@handlers.command()
@handler_argument
@daemon_options
def remove(handler: str, as_json: bool) -> None:
    """Let NAME collect no more and write off what waits for it: a program that will not come back."""
    with daemon() as client:
        count = client.remove(handler)
    if as_json:
        emit_json([Removed(handler, count)])
    else:
        say(f"{handler} is gone, {count} message{'' if count == 1 else 's'} written off.")


@handlers.command("test")
@click.argument("handler", metavar="[NAME]", default="")
@click.option(
    "--from", "sender", required=True, metavar="NUMBER", help="The sender of the made-up message."
)
@click.option("--text", required=True, help="Its text.")
@daemon_options
def try_out(handler: str, sender: str, text: str, as_json: bool) -> None:
    """Hand a made-up message to the handler NAME and show what it would reply; nothing is sent.

    Without NAME: only what it would be taken for, and who would get it.
    """
    with daemon() as client:
        found = client.ask(TEST, DryRunParams(handler=handler, from_=sender, text=text))
    if as_json:
        emit_json([found])
        return
    if found.taken_for and not handler:
        goes_to = ", ".join(found.goes_to) or "nobody"
        say(f"Such a message is taken for {printable(found.taken_for)}, and is for {goes_to}.")
    if found.reply:
        emit(printable(found.reply))
    elif handler:
        say(f"{handler} took it and replied nothing.")


def _row(handler: HandlerStatus) -> Row:
    return (
        handler.name,
        handler.transport,
        _there(handler),
        _count(handler.pending, "yellow"),
        _count(handler.in_flight, ""),
        _count(handler.dead, "bold red"),
        datetimes.ago(handler.oldest_at) if handler.oldest_at else "",
        handler.reason or handler.last_error or "",
    )


def _there(handler: HandlerStatus) -> Cell:
    if handler.state == HandlerState.SUSPENDED:
        return Cell("suspended", "bold red")
    return Cell("yes", "green") if handler.connected else Cell("no", "yellow")


def _attempt(attempt: Attempt) -> Row:
    answer = "" if attempt.status is None else str(attempt.status)
    return (
        datetimes.ago(attempt.at),
        attempt.id,
        str(attempt.attempt),
        Cell(
            answer or ("done" if attempt.error is None else ""),
            "" if attempt.error is None else "yellow",
        ),
        f"{attempt.seconds:.2f} s",
        attempt.host or "",
        attempt.error or "",
    )


def _letter(letter: DeadLetter) -> Row:
    return (
        letter.message.id,
        letter.handler,
        datetimes.ago(letter.at),
        str(letter.attempts),
        letter.message.peer,
        letter.reason,
        letter.message.text or "",
    )


def _count(number: int, style: str) -> Cell:
    return Cell(str(number), style if number else "dim")
