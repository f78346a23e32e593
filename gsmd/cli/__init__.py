"""The command line. Everything it tells the daemon goes through `gsmd.client`.

A command is loaded when it is used: ``gsmd send`` must start fast.
"""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run ``gsmd`` with ``arguments`` (default: the process's) and leave with its exit code."""
    code = _run(sys.argv[1:] if arguments is None else arguments)
    # A reader that went away must not turn the interpreter's last flush into a complaint.
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _run(arguments: Sequence[str]) -> int:
    from gsmd.cli import service

    config = service.configuration(arguments)
    if config is None:
        from gsmd.cli.root import run

        return run(arguments)
    try:
        return service.run(config)
    except KeyboardInterrupt:  # it did not listen yet
        from gsmd.cli.exits import Exit

        return Exit.INTERRUPTED
    except Exception as error:
        if os.environ.get("GSMD_DEBUG"):
            raise
        from gsmd.cli.failures import explain

        stop = explain(error)
        stop.show()
        return stop.code
