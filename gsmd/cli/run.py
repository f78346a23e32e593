"""``gsmd run``: the daemon."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gsmd.cli import service
from gsmd.cli.options import configuration_option

if TYPE_CHECKING:
    from gsmd.config import Config


@click.command()
@configuration_option
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="The gateways that are configured too, as its children.",
)
def run(config: Path, everything: bool) -> int:
    """Run the daemon in the foreground. SIGTERM ends it, SIGHUP reads the configuration again."""
    if not everything:
        return service.run(config)
    service.prepare()
    from gsmd.daemon import run as run_daemon
    from gsmd.daemon.children import own_command
    from gsmd.gateways.catalogue import configured

    def beside(loaded: "Config") -> dict[str, list[str]]:
        return {
            name: own_command(name, "-c", str(config), "--socket", str(loaded.socket.path))
            for name in configured(loaded)
        }

    return run_daemon(config, beside)
