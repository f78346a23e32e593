"""Failures of commands: an exit code, a sentence, and what the user may do about it."""

import getpass
import grp
import sys

from gsmd.cli.connection import socket_path
from gsmd.cli.exits import Exit, Stop
from gsmd.client import GsmdError, ModemUnavailable, NoDaemon, NotPermitted, ProtocolError, TimedOut


def explain(error: Exception) -> Stop:
    """The end of a command that met this error."""
    if isinstance(error, GsmdError):
        return _of_daemon(error)
    if (mistaken := sys.modules.get("gsmd.config.errors")) and isinstance(
        error, mistaken.ConfigError
    ):
        from gsmd.cli.check import explain as mistakes

        return Stop(mistakes(error), Exit.CONFIGURATION, advice="All mistakes at once: gsmd check")
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return Stop(f"{name}{error.strerror or error}")
    return Stop(
        f"a defect in gsmd: {type(error).__name__}: {error}",
        advice="With GSMD_DEBUG=1 in the environment it shows where. Please report that.",
    )


def _of_daemon(error: GsmdError) -> Stop:
    match error:
        case NoDaemon():
            return Stop(error.message, Exit.NO_DAEMON, advice=_no_daemon(error))
        case NotPermitted(reason="socket_permission"):
            return Stop(error.message, Exit.NO_DAEMON, advice=_no_permission())
        case TimedOut():
            return Stop(error.message, Exit.TIMED_OUT)
    return Stop(error.message, advice=_advice(error))


def _advice(error: GsmdError) -> str:
    match error:
        case NotPermitted():
            return "Who may do what: `access` in the configuration."
        case ModemUnavailable():
            return "How the modems are: gsmd modems"
        case ProtocolError():
            return "Is the daemon of this version? gsmd --version; systemctl restart gsmd"
        case _:
            return ""


def _no_daemon(error: NoDaemon) -> str:
    if error.reason == "connection_lost":
        return "What happened to it: systemctl status gsmd; journalctl -u gsmd"
    return (
        "Is it running? systemctl status gsmd; to start it: systemctl start gsmd, or gsmd run -c FILE\n"
        "Is it elsewhere? --socket PATH, or GSMD_SOCKET in the environment"
    )


def _no_permission() -> str:
    """The group that the user should be in, as far as that can be seen from here."""
    path = socket_path()
    for place in (path, *path.parents):  # behind a closed directory only the directory can be seen
        try:
            group = grp.getgrgid(place.stat().st_gid).gr_name
        except (OSError, KeyError):
            continue
        if group == "root":
            break
        return (
            f"Its group is {group}: sudo usermod -aG {group} {getpass.getuser()}, "
            f"then log in again."
        )
    return "Only root may: sudo gsmd …, or give the socket a group in the configuration."
