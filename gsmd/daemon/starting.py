"""From a configuration file to an exit code."""

import asyncio
import logging
import sys
from pathlib import Path

from gsmd.config import ConfigError, load
from gsmd.daemon.exporter import CannotExport
from gsmd.daemon.lifecycle import Daemon
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.process import logs
from gsmd.process.listening import CannotListen
from gsmd.store.engine.errors import StoreError

log = logging.getLogger(__name__)

EXIT_FAILED = 1
EXIT_CONFIGURATION = 4
"""systemd does not start us again after this one: it would end the same way."""


def run(path: Path) -> int:
    """Run the daemon with the configuration in ``path`` until SIGTERM or SIGINT; returns the exit code."""
    try:
        config = load(path, HANDLER_KINDS)
        logs.configure(config.log)
        asyncio.run(Daemon(config, path).run())
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 -- a person or systemd reads it
        return EXIT_CONFIGURATION
    except (StoreError, CannotListen, CannotExport) as error:
        log.critical("%s", error)
        return EXIT_FAILED
    return 0
