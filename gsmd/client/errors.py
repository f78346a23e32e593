"""Errors between a program and the daemon, as exceptions that say why."""

import grp
import os
from pathlib import Path
from typing import Any

from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc import ErrorObject


class GsmdError(Exception):
    """The daemon said no, or could not be asked.

    ``reason`` is one word for programs, ``code`` the protocol's number where the daemon answered;
    ``data`` has everything else that it told: ``field``, ``cms``, ``cme``, ``command``.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        reason: str = "",
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.data = data or {}
        self.reason = reason or str(self.data.get("reason", ""))

    @property
    def field(self) -> str | None:
        """The parameter at fault, if it is one."""
        return self.data.get("field")


class NoDaemon(GsmdError):
    """Nobody answers at the socket, or the daemon went away before it answered."""


class NotSent(NoDaemon):
    """The connection was gone before the whole request was written: the daemon has not seen it."""


class RefusedError(GsmdError):
    """The recipient, the network or a rule refuses it (1)."""


class NotFound(GsmdError):
    """There is no such thing (2)."""


class Invalid(GsmdError):
    """An impossible value, or parameters of the wrong shape (3, −32602)."""


class NotPermitted(GsmdError):
    """This user may not do that, or may not open the socket (4)."""


class ModemUnavailable(GsmdError):
    """The modem is not there, not ready, or gave an error (5)."""


class Conflict(GsmdError):
    """It contradicts what has happened already (6)."""


class TimedOut(GsmdError):
    """It did not happen in time (7), or the daemon did not answer in time."""


class ProtocolError(GsmdError):
    """Daemon and client do not understand each other (−32700, −32600, −32601), or the daemon has a defect (−32603)."""


BY_CODE: dict[int, type[GsmdError]] = {
    Code.INVALID_PARAMS: Invalid,
    Code.REFUSED: RefusedError,
    Code.NOT_FOUND: NotFound,
    Code.INVALID: Invalid,
    Code.NOT_PERMITTED: NotPermitted,
    Code.MODEM_UNAVAILABLE: ModemUnavailable,
    Code.CONFLICT: Conflict,
    Code.TIMEOUT: TimedOut,
}
"""The exception of each code; `ProtocolError` for any other."""


def from_wire(error: ErrorObject) -> GsmdError:
    """The exception for an error object."""
    data = error.data if isinstance(error.data, dict) else {}
    kind = BY_CODE.get(error.code, ProtocolError)
    if data.get("reason") == "stopping":
        kind = NoDaemon
    return kind(error.message, code=error.code, data=data)


def from_connecting(path: Path, error: OSError) -> GsmdError:
    """The exception for a socket that cannot be opened."""
    if isinstance(error, PermissionError):
        return NotPermitted(
            f"you may not open {path}{_whose(path)}", reason="socket_permission", data={}
        )
    if isinstance(error, FileNotFoundError):
        return NoDaemon(f"no daemon: there is no socket {path}", reason="no_socket")
    if isinstance(error, ConnectionRefusedError):
        return NoDaemon(f"no daemon: nobody answers at {path}", reason="no_answer")
    return NoDaemon(f"no daemon: {path}: {error.strerror or error}", reason="no_answer")


def _whose(path: Path) -> str:
    try:
        gid = path.stat().st_gid
    except OSError:
        return ""
    try:
        group = grp.getgrgid(gid).gr_name
    except KeyError:
        group = str(gid)
    member = gid in {os.getegid(), *os.getgroups()}
    return "" if member else f": it belongs to the group {group}, and this process is not in it"


def not_sent(path: Path) -> NotSent:
    """The exception for a connection that was gone when something was to be written."""
    return NotSent(f"the daemon at {path} is gone", reason="connection_lost")


def gone(path: Path) -> NoDaemon:
    """The exception for a connection that ended before the answer came."""
    return NoDaemon(f"the daemon at {path} went away before it answered", reason="connection_lost")
