"""The daemon, the modem and the queue that a script means by its port."""

import re
import sys
from pathlib import Path

from gsmmodem.exceptions import GsmModemException

from gsmd.client import Client, ModemStatus


def socket_in(port: str | None) -> str | None:
    """The port, if it is the socket of a daemon."""
    return port if port is not None and Path(port).is_socket() else None


def find_modem(client: Client, port: str | None, *, look: bool) -> str | None:
    """The name of the modem at ``port``: its name in the configuration, or its device by any path.

    None where the port names no modem: whichever is free sends, and all are listened to.
    Who may not look at the modems (``look``) has to know the name.
    Errors: GsmModemException, if there is none.
    """
    if port is None or socket_in(port) is not None:
        return None
    if not look:
        return port
    modems = client.modems()
    for modem in modems:
        if modem.name == port or _same_device(modem, port):
            return modem.name
    known = ", ".join(modem.name for modem in modems) or "none"
    raise GsmModemException(f"gsmd has no modem {port}; it has: {known}")


def _same_device(modem: ModemStatus, port: str) -> bool:
    return modem.port is not None and (
        modem.port == port or Path(modem.port).resolve() == Path(port).resolve()
    )


def handler_for(modem: str | None) -> str:
    """The queue of a script: each script has its own for each modem, and finds it again."""
    script = Path(sys.argv[0]).stem if sys.argv and sys.argv[0] else ""
    parts = ["gsmmodem", script, modem or ""]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", ".".join(part for part in parts if part))[:64]
