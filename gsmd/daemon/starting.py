"""From a configuration file to an exit code."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gsmd.config import Config, ConfigError, load
from gsmd.daemon.exporter import CannotExport
from gsmd.daemon.lifecycle import Daemon
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.process import logs
from gsmd.process.listening import CannotListen
from gsmd.store.engine.errors import StoreError

if TYPE_CHECKING:
    from gsmd.daemon.children import Children, Commands

log = logging.getLogger(__name__)

EXIT_FAILED = 1
EXIT_CONFIGURATION = 4
"""systemd does not start us again after this one: it would end the same way."""


def run(path: Path, beside: "Callable[[Config], Commands] | None" = None) -> int:
    """Run the daemon with the configuration in ``path`` until SIGTERM or SIGINT; returns the exit code.

    ``beside`` names the programs that are to run as long as it does.
    """
    try:
        config = load(path, HANDLER_KINDS)
        logs.configure(config.log)
        children = _children(beside(config)) if beside is not None else None
        # Ctrl-C ends us at once until `Daemon` listens to it: asyncio's own answer would come in between
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        asyncio.run(Daemon(config, path, children=children).run())
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 -- a person or systemd reads it
        return EXIT_CONFIGURATION
    except (StoreError, CannotListen, CannotExport) as error:
        log.critical("%s", error)
        return EXIT_FAILED
    return 0


def _children(commands: "Commands") -> "Children":
    from gsmd.daemon.children import Children  # the daemon alone does without

    return Children(commands)
