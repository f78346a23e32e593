"""A gateway as its process sees it: built from the configuration, serves, reloads, drains.

Theory of operation. `gsmd.gateways.running` owns the life of the process: the signals, systemd, the log, the
configuration. A gateway owns its protocol. It is a class of its package on `Gateway`, found through one line in
`gsmd.gateways.catalogue`:

    build(config, surroundings)   nothing is opened yet; errors say what is missing
      → serve(ready)              opens what it needs, calls ready() when it can be reached, then works; it
                                  returns after a drain, or when there is nothing left to do (idle)
      → reload(config)            another configuration, checked whole; adopt it or raise and change nothing
      → drain()                   take nothing new, finish what is under way; serve returns soon after

A daemon that is away is none of these: the gateway goes on serving and says so in its protocol's own words
(`gsmd.gateways.daemon_watch`).
"""

import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

import msgspec

from gsmd.config import Config
from gsmd.protocol.gateways import GatewayTrouble


class CannotServe(Exception):
    """A gateway cannot do its work: an address in use, a certificate that cannot be read. The message says what helps."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the process gives a gateway beside the configuration.

    ``daemon`` is the path of the daemon's socket, ``state_dir`` where the gateway may keep things.
    ``sockets`` are those that systemd listens at for it: it uses these instead of making its own.
    """

    daemon: Path
    state_dir: Path
    sockets: tuple[socket.socket, ...] = ()


class Gateway(ABC):
    """The base of all gateways. ``name`` is also that of its section, its command and its unit."""

    name: ClassVar[str]

    fixed: ClassVar[tuple[str, ...]] = ("state_dir",)
    """Keys of its section that hold until it is started again."""

    @abstractmethod
    async def serve(self, ready: Callable[[], None]) -> None:
        """Work until drained. ``ready`` is called once, when it can be reached. Errors: `CannotServe`, `ConfigError`."""

    @abstractmethod
    async def reload(self, config: Config) -> None:
        """Go by another configuration, whose fixed keys are the same. Errors: `ConfigError`, `CannotServe`: nothing has changed."""

    @abstractmethod
    async def drain(self) -> None:
        """Take nothing new and finish what is under way. May be cancelled by who is in a hurry."""

    def status(self) -> str:
        """One line for ``systemctl status``."""
        return "at work"

    def troubles(self) -> Sequence[GatewayTrouble]:
        """Whatever keeps it from its work, but for the daemon: that one knows."""
        return ()
