"""Log records as journal entries with fields of their own: ``journalctl GSMD_MODEM=north``.

The journal's native protocol is public and small (systemd.io/JOURNAL_NATIVE_PROTOCOL), so there is no
library between: the bindings to libsystemd would have to be compiled on every Raspberry Pi.
"""

import array
import logging
import os
import socket
from pathlib import Path

from gsmd.patterns import pattern
from gsmd.process.at_work import AT_WORK

JOURNAL = Path("/run/systemd/journal/socket")

_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
"""syslog(3)."""
_DEBUG = 7

_SUBJECT = pattern(r"(?:\b(modem|message|handler) )?%[-+ #0-9.]*[a-z]")
"""A place to be filled in a log line, and the word before it that says what it is."""


class JournalHandler(logging.Handler):
    """Sends each record to the journal. Errors of the constructor: OSError if there is none."""

    def __init__(self, path: Path = JOURNAL) -> None:
        super().__init__()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)  # noqa: FBT003 -- the method's own signature

    def emit(self, record: logging.LogRecord) -> None:
        """A journal that does not keep up loses lines; the daemon never waits for it."""
        try:
            self._send(encode(fields_of(record)))
        except BlockingIOError:
            pass
        except Exception:  # noqa: BLE001 -- logging must not fail whoever logs
            self.handleError(record)

    def close(self) -> None:
        self._socket.close()
        super().close()

    def _send(self, entry: bytes) -> None:
        try:
            self._socket.send(entry)
        except OSError as error:
            if isinstance(error, BlockingIOError):
                raise
            # too long for a datagram: the protocol's other way is a sealed file
            self._send_as_file(entry)

    def _send_as_file(self, entry: bytes) -> None:
        import fcntl

        fd = os.memfd_create("gsmd-journal", os.MFD_ALLOW_SEALING)
        try:
            os.write(fd, entry)
            seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
            fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))
            self._socket.sendmsg([], [rights])
        finally:
            os.close(fd)


def fields_of(record: logging.LogRecord) -> dict[str, str]:
    """The entry that a record becomes; ``extra={"journal": {…}}`` and `about` add to it."""
    text = record.getMessage()
    if record.exc_info:
        text += "\n" + logging.Formatter().formatException(record.exc_info)
    extra: dict[str, object] = getattr(record, "journal", {})
    return {
        "MESSAGE": text,
        "PRIORITY": str(priority(record.levelno)),
        "SYSLOG_IDENTIFIER": "gsmd",
        "LOGGER": record.name,
        "CODE_FILE": record.pathname,
        "CODE_LINE": str(record.lineno),
        "CODE_FUNC": record.funcName or "",
        **about(record),
        **{f"GSMD_{name.upper()}": str(value) for name, value in extra.items()},
    }


def priority(level: int) -> int:
    """The syslog priority of a level of `logging`."""
    return next((value for least, value in _PRIORITIES if level >= least), _DEBUG)


def about(record: logging.LogRecord) -> dict[str, str]:
    """The subjects of a line, by its wording (``modem %s``, ``message %s``, ``handler %s``) and its writer."""
    arguments = record.args if isinstance(record.args, tuple) else ()
    subjects = [match[1] for match in _SUBJECT.finditer(str(record.msg))]
    told = {
        f"GSMD_{subject.upper()}": str(argument)
        for subject, argument in zip(subjects, arguments, strict=False)
        if subject
    }
    if modem := AT_WORK.get():
        told.setdefault("GSMD_MODEM", modem)
    return told


def encode(fields: dict[str, str]) -> bytes:
    """An entry in the journal's native format: a value with line feeds has its length in front."""
    entry = bytearray()
    for name, value in fields.items():
        octets = value.encode(errors="backslashreplace")
        if b"\n" in octets:
            entry += name.encode() + b"\n" + len(octets).to_bytes(8, "little") + octets + b"\n"
        else:
            entry += name.encode() + b"=" + octets + b"\n"
    return bytes(entry)
