"""``gsmd qr``: a code for a poster that opens a text to us, with the keyword in it."""

import sys
from pathlib import Path

import click

from gsmd.cli.connection import daemon
from gsmd.cli.exits import Stop
from gsmd.cli.options import daemon_options
from gsmd.cli.terminal import emit, emit_json, is_terminal, say

_KINDS = (".svg", ".png")


@click.command()
@click.argument("text")
@click.option("--to", metavar="NUMBER", help="Where the text goes; without it our own number.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file that ends in .svg or .png; without it blocks on the terminal.",
)
@daemon_options
def qr(text: str, to: str | None, output: Path | None, as_json: bool) -> None:
    """Make a QR code that opens a text to us: whoever scans it has only to send TEXT."""
    if output is not None and output.suffix.lower() not in _KINDS:
        raise click.UsageError(f"{output} does not end in {' or '.join(_KINDS)}")
    try:
        import segno
    except ImportError:
        raise Stop("this needs segno: pip install 'gsmd[qr]'") from None
    content = f"SMSTO:{to or _own_number()}:{text}"
    code = segno.make(content, micro=False, error="m")
    if output is not None:
        code.save(str(output), scale=10)
        say(f"{content} is in {output}.")
    elif not as_json:
        code.terminal(sys.stdout, compact=is_terminal(sys.stdout))
    if as_json:
        emit_json([{"content": content, "file": None if output is None else str(output)}])
    elif output is None:
        emit(content)


def _own_number() -> str:
    """The number of the first modem that has one. Errors: `Stop`."""
    with daemon() as client:
        numbers = [modem.number for modem in client.modems() if modem.number]
    if not numbers:
        raise Stop("no modem knows its own number: say --to NUMBER")
    return numbers[0]
