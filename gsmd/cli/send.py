"""``gsmd send``: one message from the command line, or a file of them."""

import sys
from pathlib import Path
from typing import Any

import click

from gsmd.cli.combinations import refuse
from gsmd.cli.completion import handler_names, modem_names
from gsmd.cli.connection import daemon
from gsmd.cli.options import Duration, Hex, Moment, daemon_options
from gsmd.cli.terminal import emit, emit_json, is_terminal, say
from gsmd.cli.waiting import LEVELS, judge, wait_until
from gsmd.protocol.message import to_wire

LONGEST_INPUT = 1 << 20  # octets; no message of 255 parts is longer
FOREIGN_SHOWN = 3  # characters; more would not help more


@click.command()
@click.argument("to", required=False)
@click.argument("text", required=False)
@click.option("--modem", metavar="NAME", shell_complete=modem_names, help="Send with this modem.")
@click.option("--wait", type=click.Choice([*LEVELS]), help="Do not return before then.")
@click.option("--timeout", type=Duration(), help="Wait no longer; exit code 5 if it was too short.")
@click.option("--report", is_flag=True, default=None, help="Ask for a delivery report.")
@click.option("--flash", is_flag=True, help="Shown at once, kept nowhere (class 0).")
@click.option("--validity", type=Duration(), help="Give up after that long, such as 24h.")
@click.option(
    "--not-before",
    type=Moment("future"),
    metavar="TIME",
    help="Not earlier: 18:30, 'tomorrow 08:00', 2h, 2026-01-31T18:30+01:00.",
)
@click.option("--priority", type=int, default=0, help="Higher goes first. [default: 0]")
@click.option("--key", help="The same key never sends twice.")
@click.option("--tag", help="A word of yours to find it by, and for the statistics.")
@click.option("--override", is_flag=True, default=None, help="Also if they opted out.")
@click.option(
    "--handler", metavar="NAME", shell_complete=handler_names, help="Answers go to this handler."
)
@click.option(
    "--receipt",
    type=click.Choice(["end", "sent"]),
    help="It is told what became of it; sent: also on the way there.",
)
@click.option(
    "--send-within", type=Duration(), help="If it is not begun by then, it is never sent."
)
@click.option(
    "--when-uncertain",
    type=click.Choice(["resend", "hold"]),
    help="If the network does not answer. [default: as configured]",
)
@click.option("--protocol-id", type=click.IntRange(0, 255), help="TP-PID.")
@click.option("--udh", type=Hex(), metavar="HEX", help="Further information elements.")
@click.option("--data", type=Hex(), metavar="HEX", help="Send these octets instead of a text.")
@click.option("--port", type=click.IntRange(0, 65535), help="To this application port.")
@click.option(
    "--bulk",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="A message a row: to,text and any of modem,tag,key,not_before,validity.",
)
@click.option("--again", is_flag=True, help="With --bulk: also what an earlier run has sent.")
@daemon_options
def send(bulk: Path | None, again: bool, as_json: bool, **options: Any) -> None:
    """Send TEXT (default: standard input) to the number TO; prints the message's id.

    A text that begins with "-" goes after "--":  gsmd send -- +33612345678 "-5 degrees"

    A --bulk run that was cut off, or had bad rows, is simply repeated: rows that were accepted are
    not sent again.
    """  # fmt: skip
    if options["handler"] is None:
        refuse("Without --handler", "receipt")
    receipt = options.pop("receipt")
    options["receipt"] = True if receipt == "end" else receipt
    port = options.pop("port")
    options["ports"] = None if port is None else {"destination": port, "source": 0}
    if bulk is not None:
        refuse("With --bulk", "to", "text", "data", "wait", "timeout", "key")
        _send_file(bulk, options, again=again, as_json=as_json)
    else:
        refuse("Without --bulk", "again")
        _send_one(options, as_json=as_json)


def _send_one(options: dict[str, Any], *, as_json: bool) -> None:
    to, text, data = (options.pop(name) for name in ("to", "text", "data"))
    wait, timeout = options.pop("wait"), options.pop("timeout")
    if to is None:
        raise click.UsageError("To which number? gsmd send TO [TEXT]")
    if data is not None and text is not None:
        raise click.UsageError("Either a text or --data, not both.")
    if wait in {None, "accepted"}:
        refuse("Without --wait sent or delivered", "timeout")
    if wait == "delivered":
        options["report"] = True
    if data is None:
        text = read_text(text)
        _preview(text)
    with daemon() as client:
        message = client.send(to, text, data=data, **options)
        if not as_json:
            emit(message.id)  # before waiting: whoever interrupts that wants to know it
        try:
            if wait is not None:
                message = wait_until(client, message, wait, timeout)
        finally:
            if as_json:
                emit_json([to_wire(message)])
    if wait is not None:
        judge(message, wait)


def _send_file(path: Path, options: dict[str, Any], *, again: bool, as_json: bool) -> None:
    for name in ("to", "text", "data", "wait", "timeout", "key"):
        del options[name]
    from gsmd.cli.bulk_sending import send_file

    send_file(path, options, again=again, as_json=as_json)


def read_text(argument: str | None) -> str:
    """The text of the command line, or of standard input without its last line feed."""
    if argument is not None and argument != "-":
        try:
            argument.encode()  # what was no UTF-8 on the command line is lone surrogates here
        except UnicodeEncodeError:
            raise click.UsageError("The text is not UTF-8.") from None
        return argument
    if is_terminal(sys.stdin):
        say("The text, then Ctrl-D:")
    octets = sys.stdin.buffer.read(LONGEST_INPUT + 1)
    if len(octets) > LONGEST_INPUT:
        raise click.UsageError("Standard input is longer than any message.")
    try:
        text = octets.decode()
    except UnicodeDecodeError as error:
        raise click.UsageError(f"Standard input is not UTF-8 (octet {error.start}).") from None
    return text.removesuffix("\n").removesuffix("\r")


def _preview(text: str) -> None:
    """Show how it will go out, to a person who looks on."""
    if not text or not is_terminal(sys.stderr):
        return
    from gsmd import pdu

    shown = pdu.preview(text)
    parts = "1 part" if shown.parts == 1 else f"{shown.parts} parts"
    why = _foreign(text) if shown.alphabet == "ucs2" else ""
    say(f"{parts} in {shown.alphabet}{why}, {shown.characters_left} characters left")


def _foreign(text: str) -> str:
    """The first characters for which UCS-2 is needed, and half as many fit into a part."""
    from gsmd.pdu.gsm7 import repertoire

    foreign = sorted(set(text) - repertoire(), key=text.index)[:FOREIGN_SHOWN]
    return f" because of {' '.join(foreign)}" if foreign else ""
