"""``gsmd log-level``: how much the daemon tells, while it runs."""

import click

from gsmd.cli.connection import daemon
from gsmd.cli.options import daemon_options
from gsmd.cli.terminal import emit, emit_json, say
from gsmd.protocol.server import Level, LogLevel


@click.command("log-level")
@click.argument("level", required=False, type=click.Choice([str(each) for each in Level]))
@daemon_options
def log_level(level: str | None, as_json: bool) -> None:
    """Show the LEVEL of the daemon's log, or change it until the daemon is started again.

    At debug everything is told that goes over a modem's line, message texts among it.
    """
    with daemon() as client:
        found = client.log_level(level)
    if as_json:
        emit_json([LogLevel(found)])
    elif level is None:
        emit(found)
    else:
        say(f"The log tells everything from {level} on.")
