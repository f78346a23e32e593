"""``gsmd gateways``, and what every command of a gateway has in common."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from gsmd.cli.options import configuration_option, socket_option


@click.command()
@click.argument("names", metavar="[NAME]…", nargs=-1)
@configuration_option
@socket_option
def gateways(names: tuple[str, ...], config: Path) -> int:
    """Run all gateways that are configured, or those named, in one process.

    For a small machine or a container. SIGTERM ends them, SIGHUP reads the configuration again.
    """
    from gsmd.gateways.catalogue import GATEWAYS

    for name in names:
        if name not in GATEWAYS:
            raise click.BadParameter(f"{name!r} is none of {', '.join(GATEWAYS)}.")
    return serve(config, tuple(dict.fromkeys(names)))


def serve(config: Path, names: Sequence[str]) -> int:
    """Run these gateways in the foreground (none: all that are configured); returns the exit code."""
    from gsmd.config import load
    from gsmd.gateways.running import run
    from gsmd.handler_kinds import HANDLER_KINDS

    given = click.get_current_context().meta.get("gsmd.socket") or os.environ.get("GSMD_SOCKET")
    socket = Path(given) if given else None
    return run(config, names, lambda path: load(path, HANDLER_KINDS), socket=socket)
