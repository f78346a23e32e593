"""A device with passkeys in software, and the browser before it: what ``navigator.credentials`` would answer.

Written after WebAuthn level 3: authenticator data (§6.1), attestation ``none`` (§8.7), client data (§5.8.1).
"""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40
"""Flags of authenticator data."""


def to_text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def from_text(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Kept:
    key: ec.EllipticCurvePrivateKey
    handle: bytes
    host: str
    count: int = 0


@dataclass
class Device:
    """``origin`` is the page's. ``verifies``: it makes sure of its user. ``counts``: it counts how often it was used."""

    origin: str
    verifies: bool = True
    counts: bool = True
    kept: dict[bytes, Kept] = field(default_factory=dict)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make a passkey (§5.1.3)."""
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert -7 in {each["alg"] for each in options["pubKeyCredParams"]}
        known = {from_text(each["id"]) for each in options.get("excludeCredentials", [])}
        assert not known & self.kept.keys(), "InvalidStateError"
        id_ = secrets.token_bytes(32)
        kept = Kept(
            ec.generate_private_key(ec.SECP256R1()),
            from_text(options["user"]["id"]),
            options["rp"]["id"],
        )
        self.kept[id_] = kept
        point = kept.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        data = (
            self._data(kept, NEW)
            + bytes(16)
            + struct.pack(">H", len(id_))
            + id_
            + cbor2.dumps(cose)
        )
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return {
            "id": to_text(id_), "rawId": to_text(id_), "type": "public-key",
            "response": {"clientDataJSON": to_text(client), "attestationObject": to_text(attestation)},
        }  # fmt: skip

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Sign with the passkey for this host (§5.1.4)."""
        id_, kept = next((i, k) for i, k in self.kept.items() if k.host == options["rpId"])
        kept.count += self.counts
        data = self._data(kept)
        client = self._client("webauthn.get", options["challenge"])
        signed = data + hashlib.sha256(client).digest()
        return {
            "id": to_text(id_),
            "rawId": to_text(id_),
            "type": "public-key",
            "response": {
                "clientDataJSON": to_text(client),
                "authenticatorData": to_text(data),
                "signature": to_text(kept.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
                "userHandle": to_text(kept.handle),
            },
        }

    def _data(self, kept: Kept, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        host = hashlib.sha256(kept.host.encode()).digest()
        return host + struct.pack(">BI", flags, kept.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()
