"""``gsmd run`` as a service manager starts it: without the machinery of a command line.

What reads options and shows help is a tenth of what the daemon would have in memory, and of the time until it is ready.
So the spellings that units, containers and tests use are understood here, and everything else by `gsmd.cli.root`.
"""

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from gsmd import openssl

DEFAULT_CONFIGURATION = "/etc/gsmd/gsmd.yaml"


def configuration(arguments: Sequence[str]) -> Path | None:
    """The file of ``run``, ``run -c FILE`` and ``run --config FILE``; None for any other command line."""
    match arguments:
        case ["run"]:
            return Path(os.environ.get("GSMD_CONFIG") or DEFAULT_CONFIGURATION)
        case ["run", "-c" | "--config", file] if file and not file.startswith("-"):
            return Path(file)
    return None


def prepare() -> None:
    """Load what the daemon is made of, and nothing that it can do without."""
    openssl.put_off()
    gc.disable()  # what is imported stays: looking for garbage in it is a fifth of the start
    _without_typing_extensions("msgspec")
    import_module("gsmd.daemon")
    gc.freeze()
    gc.enable()


def run(config: Path) -> int:
    """Run the daemon in the foreground until a signal ends it; returns the exit code."""
    prepare()
    from gsmd.daemon import run as run_daemon

    return run_daemon(config)


def _without_typing_extensions(name: str) -> None:
    """Import a package that takes names from there which Python has itself, if there is nothing better."""
    if "typing_extensions" in sys.modules:
        import_module(name)
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment] # importing it fails, as documented
    try:
        import_module(name)
    finally:
        del sys.modules["typing_extensions"]
