"""The daemon's life: build → run → drain, and how systemd, the journal and a monitor see it."""

from gsmd.daemon.lifecycle import DATABASE, Daemon
from gsmd.daemon.starting import run

__all__ = ["DATABASE", "Daemon", "run"]
