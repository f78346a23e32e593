"""``gsmd backup`` and ``gsmd purge``: looking after the store while the daemon runs."""

from pathlib import Path

import click

from gsmd.cli import datetimes
from gsmd.cli.connection import daemon
from gsmd.cli.options import Duration, daemon_options
from gsmd.cli.progress import working
from gsmd.cli.terminal import emit_json, say
from gsmd.protocol.server import BackedUp, Purged


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@daemon_options
def backup(file: Path, as_json: bool) -> None:
    """Copy the store to FILE, whole and consistent, while the daemon goes on.

    The daemon writes it, with the daemon's rights.
    """
    path = file.absolute()
    with daemon() as client, working(f"Copying the store to {path}"):
        client.backup(path)
    if as_json:
        emit_json([BackedUp(str(path))])
    else:
        say(f"The store is in {path}.")


@click.command()
@click.option("--older-than", type=Duration(), required=True, help="Such as 90d.")
@daemon_options
def purge(older_than: float, as_json: bool) -> None:
    """Remove messages that are done with and older than that.

    What still waits for a handler or for the network stays.
    """
    with daemon() as client, working("Removing old messages"):
        purged = client.purge(older_than)
    if as_json:
        emit_json([Purged(purged)])
    else:
        what = f"{purged} message{'' if purged == 1 else 's'}"
        say(f"{what} older than {datetimes.words(older_than)} removed.")
