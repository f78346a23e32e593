"""``gsmd run``: the daemon."""

from pathlib import Path

import click

from gsmd.cli.options import configuration_option


@click.command()
@configuration_option
def run(config: Path) -> int:
    """Run the daemon in the foreground. SIGTERM ends it, SIGHUP reads the configuration again."""
    from gsmd.daemon import run as run_daemon

    return run_daemon(config)
