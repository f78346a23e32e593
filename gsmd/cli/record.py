"""``gsmd record``: what goes over a modem's line, as a file that can be sent with a bug report."""

import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

import click

from gsmd import __version__
from gsmd.cli.connection import daemon
from gsmd.cli.exits import Stop
from gsmd.cli.options import Duration, modem_argument, socket_option
from gsmd.cli.stopping import Stopping
from gsmd.cli.terminal import say
from gsmd.client import Client, ModemStatus
from gsmd.protocol.modems import LineEntry, LinePage
from gsmd.recording import Disguise, Entry, Way, head_line, written

_WAIT = 2.0
"""Seconds after which what there is of a run is written, although it may go on."""

_WAYS = {"to": Way.TO_MODEM, "from": Way.FROM_MODEM, "remark": Way.REMARK}


@click.command()
@modem_argument
@click.argument("file", metavar="FILE|-", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--for", "seconds", type=Duration(), help="End by itself after that long.")
@socket_option
def record(modem: str, file: Path, seconds: float | None) -> None:
    """Write everything on MODEM's line to FILE, with times, until Ctrl-C.

    The daemon goes on driving the modem. To have the start as well, let `gsmd modems reset MODEM` restart it
    meanwhile.

    Numbers, texts and identities are replaced, the same by the same, so that the file can be sent with a
    bug report; `gsmd simulate --replay FILE` plays the modem's side of it.
    """
    count = 0
    with daemon(timeout=None) as client, _opened(file) as out:
        out.write(head_line(_facts(client.modem(modem))))
        for entries in _runs(_pages(client, modem, seconds)):
            out.write(written(entries))
            out.flush()
            count += len(entries)
    say(f"{count} entries written. Look through them before you send them.")


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    """Errors: `Stop` if it cannot be written."""
    if str(file) == "-":
        yield sys.stdout
        return
    try:
        with file.open("w", encoding="utf-8") as out:
            yield out
    except OSError as error:
        raise Stop(f"{file}: {error.strerror}") from None


def _facts(status: ModemStatus) -> dict[str, str]:
    """The facts of the modem that anybody may know."""
    names = (status.manufacturer, status.model, status.revision)
    return {
        "modem": " ".join(name for name in names if name),
        "state": f"{status.state} {status.reason}".strip(),
        "made with": f"gsmd {__version__}",
    }


def _runs(pages: Iterator[LinePage]) -> Iterator[list[Entry]]:
    """The recorded entries, disguised, a run of one way at a time."""
    disguise = Disguise(secrets.token_bytes(32))
    began: float | None = None
    run: list[Entry] = []
    for page in pages:
        if page.lost:
            at = run[-1].at if run else 0.0
            yield [Entry(at, Way.REMARK, f"{page.lost} entries are lost".encode())]
        for line in page.entries:
            began = line.at if began is None else began
            entry = _entry(line, began)
            if run and run[-1].way is not entry.way:
                yield list(disguise.entries(run))
                run = []
            run.append(entry)
        if not page.entries:
            yield list(disguise.entries(run))
            run = []
    yield list(disguise.entries(run))


def _pages(client: Client, modem: str, seconds: float | None) -> Iterator[LinePage]:
    """The pages as they come, until a signal or the end of the time; and those that are there by then."""
    ends = None if seconds is None else time.monotonic() + seconds
    after = client.record(modem, timeout=0).next
    say(f"Recording {modem}; Ctrl-C ends it.")
    with Stopping() as stopping:
        while ends is None or time.monotonic() < ends:
            page = stopping.unless(partial(client.record, modem, after, _WAIT))
            if page is None:
                break
            yield page
            after = page.next
        with (
            daemon() as another
        ):  # the first one may have been interrupted in the middle of an answer
            yield another.record(modem, after, 0)


def _entry(line: LineEntry, began: float) -> Entry:
    octets = line.octets.encode() if line.way == "remark" else bytes.fromhex(line.octets)
    return Entry(line.at - began, _WAYS[line.way], octets)
