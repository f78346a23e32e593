"""Who answers at the usual ports of this machine: a broker, a mail server; and which ports are free."""

import contextlib
import socket
from enum import Enum, auto

BROKER = "127.0.0.1:1883"
MAIL_SERVER = "127.0.0.1:25"

_PATIENCE = 3.0
_CONNACK = 0x20
_SUCCESS, _BAD_PASSWORD, _NOT_AUTHORIZED = 0x00, 0x86, 0x87
_WITH_PASSWORD = 0xC0


class Broker(Enum):
    """A broker's answer to somebody who knocks."""

    NONE = auto()
    OPEN = auto()
    WANTS_PASSWORD = auto()
    TOO_OLD = auto()


def broker(user: str = "", password: str = "") -> Broker:
    """What an MQTT broker at the usual port says to us (MQTT 5 §3.1, §3.2)."""
    with contextlib.suppress(OSError), _connected(BROKER) as sock:
        sock.sendall(_connect(user, password))
        answer = sock.recv(64)
        if not answer or answer[0] != _CONNACK:
            return Broker.NONE
        if len(answer) < 4:
            return Broker.TOO_OLD
        return {
            _SUCCESS: Broker.OPEN,
            _BAD_PASSWORD: Broker.WANTS_PASSWORD,
            _NOT_AUTHORIZED: Broker.WANTS_PASSWORD,
        }.get(answer[3], Broker.TOO_OLD)
    return Broker.NONE


def mail_server() -> bool:
    """A mail server greets at the usual port (RFC 5321 §3.1)."""
    with contextlib.suppress(OSError), _connected(MAIL_SERVER) as sock:
        return sock.recv(512).startswith(b"220")
    return False


def is_free(port: int) -> bool:
    """Nobody listens at this port of 127.0.0.1."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _connected(address: str) -> socket.socket:
    host, _, port = address.partition(":")
    return socket.create_connection((host, int(port)), _PATIENCE)


def _connect(user: str, password: str) -> bytes:
    """A CONNECT with a clean start, and no client identifier: the broker gives one."""
    flags = 0x02 | (_WITH_PASSWORD if user else 0)
    payload = _string("") + (_string(user) + _string(password) if user else b"")
    body = _string("MQTT") + bytes((5, flags, 0, 10, 0)) + payload
    length = (
        bytes((len(body),)) if len(body) < 128 else bytes((len(body) % 128 | 128, len(body) // 128))
    )
    return b"\x10" + length + body


def _string(text: str) -> bytes:
    octets = text.encode()
    return len(octets).to_bytes(2) + octets
