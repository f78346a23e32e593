"""What Wireshark's dissector says of PDUs: each is put into a TCP segment of a capture file."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from struct import pack
from typing import Any

from tests import tools

PORT = 2775
_RAW_IP = 101


def write(file: Path, pdus: Sequence[bytes]) -> None:
    """A capture in which these PDUs go over one connection, one in each packet."""
    packets = [pack(">IHHiIII".replace(">", "<"), 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, _RAW_IP)]
    number = 1
    for pdu in pdus:
        tcp = pack(">HHIIBBHHH", PORT, PORT, number, 1, 0x50, 0x18, 0xFFFF, 0, 0)
        size = 20 + len(tcp) + len(pdu)
        ip = pack(">BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 6, 0, b"\x7f\0\0\1", b"\x7f\0\0\2")
        packets.append(pack("<4I", 0, 0, size, size) + ip + tcp + pdu)
        number += len(pdu)
    file.write_bytes(b"".join(packets))


def judge(file: Path) -> list[dict[str, Any]]:
    """The layers of each packet, as tshark sees them: a ``smpp`` layer, and one that complains if it has to."""
    command = [tools.path("tshark"), "-r", str(file), "-d", f"tcp.port=={PORT},smpp", "-T", "json"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return [
        packet["_source"]["layers"]
        for packet in json.loads(done.stdout, object_pairs_hook=_keep_first)
    ]


def _keep_first(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON of tshark repeats keys: the first of them."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found
