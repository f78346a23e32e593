"""``gsmd selftest``: whether a message that goes out really comes back."""

import click

from gsmd.cli.completion import modem_names
from gsmd.cli.connection import daemon
from gsmd.cli.exits import Stop
from gsmd.cli.options import daemon_options
from gsmd.cli.progress import working
from gsmd.cli.terminal import emit, emit_json


@click.command()
@click.argument("modem", required=False, shell_complete=modem_names)
@daemon_options
def selftest(modem: str | None, as_json: bool) -> None:
    """Send messages that come back, and say how long that takes.

    Those of the configuration (`selftest`), or only those that MODEM has a part in; a MODEM that has none sends one
    to itself. Each is a real SMS, and costs what one costs.
    """
    with daemon() as client, working("Waiting for the messages to come back"):
        results = client.selftest(modem)
    if as_json:
        emit_json(results)
    else:
        for result in results:
            what = (
                f"back after {result.seconds:.1f} s"
                if result.seconds is not None
                else result.reason
            )
            emit(f"{result.from_} to {result.to}: {what}")
    if not all(result.passed for result in results):
        raise Stop("")
