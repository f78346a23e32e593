"""``gsmd gateways``, and what every command of a gateway has in common."""

import gc
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gsmd import allocation, openssl
from gsmd.cli.options import configuration_option, socket_option

if TYPE_CHECKING:
    from gsmd.config import HandlerSettings


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
    openssl.put_off()  # unless TLS is configured, or asked for by what is imported
    allocation.keep_little()
    gc.disable()  # what is imported stays: looking for garbage in it is a tenth of the start
    from gsmd.config import load
    from gsmd.gateways.running import run

    given = click.get_current_context().meta.get("gsmd.socket") or os.environ.get("GSMD_SOCKET")
    socket = Path(given) if given else None
    return run(config, names, lambda path: load(path, _HandlerKinds()), socket=socket)


class _HandlerKinds(Sequence["type[HandlerSettings]"]):
    """The kinds of handlers, imported only where the file has a handler: no gateway acts on one."""

    def __getitem__(self, which: Any) -> Any:
        from gsmd.handler_kinds import HANDLER_KINDS

        return HANDLER_KINDS[which]

    def __len__(self) -> int:
        from gsmd.handler_kinds import HANDLER_KINDS

        return len(HANDLER_KINDS)
