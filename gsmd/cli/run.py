"""``gsmd run``: the daemon."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gsmd import openssl
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
    openssl.put_off()
    gc.disable()  # what is imported stays: looking for garbage in it is a fifth of the start
    from gsmd.daemon import run as run_daemon

    gc.freeze()
    gc.enable()
    if not everything:
        return run_daemon(config)
    from gsmd.daemon.children import own_command
    from gsmd.gateways.catalogue import configured

    def beside(loaded: "Config") -> dict[str, list[str]]:
        return {
            name: own_command(name, "-c", str(config), "--socket", str(loaded.socket.path))
            for name in configured(loaded)
        }

    return run_daemon(config, beside)
