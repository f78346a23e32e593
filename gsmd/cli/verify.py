"""``gsmd verify``: whether a number belongs to whoever says so."""

from typing import TypedDict, Unpack

import click

from gsmd.cli.combinations import refuse
from gsmd.cli.connection import daemon
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.options import Duration, daemon_options
from gsmd.cli.terminal import emit, emit_json, say
from gsmd.protocol import bounds
from gsmd.protocol.verify import Started

LENGTH = click.option("--length", type=click.IntRange(*bounds.CODE_LENGTH), help="Digits.")
LIFETIME = click.option("--lifetime", type=Duration(), help="How long it is good, such as 10m.")
TEXT = click.option("--text", help="The message; {code} is filled in.")
OVERRIDE = click.option("--override", is_flag=True, default=None, help="Also if they opted out.")


class CodeOptions(TypedDict):
    """The options above, as the command gets them."""

    length: int | None
    lifetime: float | None
    text: str | None
    override: bool | None


@click.group()
def verify() -> None:
    """One-time codes: text one, or have one texted to us."""


@verify.command()
@click.argument("to")
@LENGTH
@LIFETIME
@TEXT
@OVERRIDE
@daemon_options
def start(to: str, as_json: bool, **options: Unpack[CodeOptions]) -> None:
    """Text a code to the number TO; prints an id for `gsmd verify check`."""
    with daemon() as client:
        _begun(client.verify.start(to, **options), as_json=as_json)


@verify.command()
@click.argument("to")
@LENGTH
@LIFETIME
@TEXT
@OVERRIDE
@daemon_options
def reply(to: str, as_json: bool, **options: Unpack[CodeOptions]) -> None:
    """Text a code to the number TO that has to come back from there; prints an id for `wait`."""
    with daemon() as client:
        _begun(client.verify.reply(to, **options), as_json=as_json)


@verify.command()
@click.option("--from", "sender", metavar="NUMBER", help="Only from this number.")
@click.option("--any", "any_", is_flag=True, help="With --from: whatever it writes.")
@LENGTH
@LIFETIME
@daemon_options
def expect(
    sender: str | None, any_: bool, as_json: bool, length: int | None, lifetime: float | None
) -> None:
    """Make a code that is to be texted to us; prints an id for `wait`."""
    if sender is None:
        refuse("Without --from", "any_")
    if any_:
        refuse("With --any", "length")
    with daemon() as client:
        expected = client.verify.expect(sender, lifetime, length=length, any_=any_ or None)
    if as_json:
        emit_json([expected])
        return
    emit(expected.id)
    what = f"the code {expected.code}" if expected.code else "anything"
    say(f"Now {what} has to be texted to {expected.number or 'our number'}.")


@verify.command()
@click.argument("id_", metavar="ID")
@click.argument("code")
@daemon_options
def check(id_: str, code: str, as_json: bool) -> None:
    """Check that CODE is the one that was texted. Exit status 0 if it is, once."""
    with daemon() as client:
        result = client.verify.check(id_, code)
    if as_json:
        emit_json([result])
    if not result.ok:
        raise Stop("" if as_json else _WHY.get(result.reason or "", "It is not."))
    if not as_json:
        say("It is.")


@verify.command()
@click.argument("id_", metavar="ID")
@click.option("--timeout", type=Duration(), help="Wait no longer; exit code 5 then.")
@daemon_options
def wait(id_: str, timeout: float | None, as_json: bool) -> None:
    """Wait until it is proved, or can no longer be. Exit status 0 if it is."""
    with daemon(timeout=None) as client:
        result = client.verify.wait(id_, timeout)
    if as_json:
        emit_json([result])
    elif result.state == "verified":
        emit(result.peer or "")
    if result.state != "verified":
        raise Stop("" if as_json else f"It is {result.state}.", Exit.FAILED)


_WHY = {
    "wrong": "It is not.",
    "too_many_attempts": "Too many wrong guesses: the code is void.",
    "expired": "The code's time is over.",
    "used": "The code was used already.",
}


def _begun(started: Started, *, as_json: bool) -> None:
    if as_json:
        emit_json([started])
    else:
        emit(started.id)
