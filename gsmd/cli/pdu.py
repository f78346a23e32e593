"""``gsmd pdu``: the codec for people and pipes."""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Literal

import click

from gsmd import pdu as codec
from gsmd.cli import table
from gsmd.cli.combinations import refuse, refuse_all_but
from gsmd.cli.exits import Stop
from gsmd.cli.options import Duration, Hex, json_option
from gsmd.cli.pdu_fields import DECODERS, failure, fields, plain
from gsmd.cli.pdu_request import IDLE, Request
from gsmd.cli.terminal import emit, emit_json, say

Fields = dict[str, Any]


@click.group()
def pdu() -> None:
    """Decode and encode SMS PDUs: no modem, no daemon."""


@pdu.command()
@click.argument("line", metavar="[HEX|-]", default="-")
@click.option("--tpdu", is_flag=True, help="No service centre address stands before the TPDU.")
@click.option("--outgoing", is_flag=True, help="Read the type as of a TPDU to the service centre.")
@click.option("--as", "kind", type=click.Choice(list(DECODERS)), help="Read it as this type.")
@json_option
def decode(line: str, tpdu: bool, outgoing: bool, kind: str | None, as_json: bool) -> None:
    """Show what is in a PDU, or in every line of standard input.

    Blank lines are passed over. Ends with 1 if a line could not be decoded; what can be read of a
    damaged message all the same is shown.
    """
    arriving = not (tpdu or outgoing or kind)
    if kind is not None:
        refuse("With --as", "outgoing")

    def work(text: str) -> list[Fields]:
        octets = codec.from_hex(text)
        frame = codec.Frame(None, octets) if tpdu else codec.Frame.from_bytes(octets)
        read = DECODERS[kind] if kind else partial(codec.decode, outgoing=outgoing)
        try:
            return [fields(read(frame.tpdu), frame.service_centre)]
        except codec.PduError as error:
            raise error.moved(len(octets) - frame.length) from None

    lines = _lines("ascii") if line == "-" else [("", line)]
    _each(lines, work, _describer(), as_json=as_json, rescue=_readable_of if arriving else None)


@pdu.command()
@click.option("--to", metavar="NUMBER", help="The destination.")
@click.option("--text", metavar="TEXT|-", help="The text; - takes it from standard input.")
@click.option("--data", type=Hex(), metavar="HEX", help="Octets instead of a text.")
@click.option("--reference", type=int, default=0, help="Tells which parts are of one message.")
@click.option("--width", type=click.Choice(["8", "16"]), default="8", help="Bits of the reference.")
@click.option("--validity", type=Duration(), help="How long the network is to try, exactly.")
@click.option("--report", is_flag=True, help="Ask for a status report.")
@click.option("--flash", is_flag=True, help="To be shown at once and not stored: class 0.")
@click.option("--class", "message_class", type=int, help="The message class, 0 to 3.")
@click.option("--port", type=int, help="The destination port.")
@click.option("--source-port", type=int, default=0, help="The source port.")
@click.option(
    "--national",
    type=click.Choice(["auto", "off"]),
    default="auto",
    help="National shift tables where that saves parts.",
)
@click.option("--smart", is_flag=True, help="Plain quotes, dashes and spaces if that saves UCS-2.")
@click.option("--pid", type=int, default=0, help="The protocol identifier.")
@click.option("--reply-path", is_flag=True, help="An answer may use the same service centre.")
@click.option("--reject-duplicates", is_flag=True, help="The network may refuse what it has.")
@click.option("--smsc", metavar="NUMBER", help="The service centre, if not the SIM's.")
@json_option
def encode(as_json: bool, **options: Any) -> None:
    """Write the SUBMITs that carry a text or data, one line a part.

    Without --to, every line of standard input is a JSON object with the options by their names.
    """
    if options["to"] is None:
        refuse_all_but("Without --to", "as_json")
        _each(_lines("utf-8"), _encode_line, _print_part, as_json=as_json)
        return
    for name, given, idle in IDLE:
        if (options[name] not in {None, False}) is given:
            refuse(f"{'With' if given else 'Without'} --{name}", *idle)
    if options["text"] is not None:
        options["text"] = _given(options["text"])
    request = Request(**options | {"width": int(options["width"])})
    _each([("", "")], lambda _: request.encode(), _print_part, as_json=as_json)


@pdu.command()
@click.argument("text", metavar="[TEXT|-]", default="-")
@click.option("--national", type=click.Choice(["auto", "off"]), default="auto")
@click.option("--smart", is_flag=True, help="Plain quotes, dashes and spaces if that saves UCS-2.")
@json_option
def preview(text: str, national: Literal["auto", "off"], smart: bool, as_json: bool) -> None:
    """Say what a text costs: alphabet, parts, and how many characters still fit the last one."""

    def work(given: str) -> list[Fields]:
        return [plain(codec.preview(given, national=national, smart=smart))]

    _each([("", _given(text))], work, _describer(), as_json=as_json)


def _each(
    lines: Iterable[tuple[str, str]],
    work: Callable[[str], list[Fields]],
    show: Callable[[Fields], None],
    *,
    as_json: bool,
    rescue: Callable[[str], Fields | None] | None = None,
) -> None:
    """Do the work for each line and show what comes of it at once; a bad line stops no other.

    ``rescue``: what can be said of a bad line all the same.
    """
    failed = False
    for where, line in lines:
        try:
            results = work(line)
        except codec.PduError as error:
            failed = True
            rescued = rescue(line) if rescue else None
            if as_json:
                emit_json([failure(error) | ({"readable": rescued} if rescued else {})])
            else:
                say(f"{where}{error}")
                if rescued:
                    show(rescued)
            continue
        if as_json:
            emit_json(results)
        else:
            for result in results:
                show(result)
    if failed:
        raise Stop("")  # each line has said why


def _readable_of(line: str) -> Fields | None:
    """The readable part of a damaged message; None where there is none."""
    try:
        arrival = codec.read_arrival(line)
    except codec.PduError:
        return None
    return fields(arrival.tpdu, arrival.service_centre)


def _lines(encoding: str) -> Iterator[tuple[str, str]]:
    """The lines of standard input as they come, each with where it stands; blank ones are left out."""
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if line.strip():
            yield f"line {number}: ", line.decode(encoding, "replace")


def _given(text: str) -> str:
    """The text itself, or for ``-`` what stands on standard input, without its last line feed."""
    if text != "-":
        return text
    try:
        return sys.stdin.buffer.read().decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise Stop("the text on standard input is not UTF-8") from None


def _encode_line(line: str) -> list[Fields]:
    return Request.from_json(line).encode()


def _print_part(part: Fields) -> None:
    """For people and for pastes into a terminal program: the command's length, and the hex."""
    emit(f"AT+CMGS={part['length']}\t{part['pdu']}")


def _describer() -> Callable[[Fields], None]:
    """Shows names and values below each other, and a blank line before all but the first."""
    shown = 0

    def describe(fields: Fields) -> None:
        nonlocal shown
        if shown:
            emit("")
        shown += 1
        table.pairs((name.replace("_", " "), _readable(value)) for name, value in fields.items())

    return describe


def _readable(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(
            f"{name} {_readable(item)}" for name, item in value.items() if item is not None
        )
    if isinstance(value, list):
        return "; ".join(map(_readable, value))
    return str(value)
