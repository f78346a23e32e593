"""Users of the engine by JWT, as `nsc` makes them: an operator vouches for an account, the account for its users."""

import base64
import hashlib
import json
import os
import time
from typing import Any

import nkeys

from gsmd.fleet.rights import Rights


class JwtWorld:
    """An operator, its account with JetStream, and users of that."""

    def __init__(self) -> None:
        self._operator = _pair(nkeys.PREFIX_BYTE_OPERATOR)
        self._account = _pair(nkeys.PREFIX_BYTE_ACCOUNT)

    def configuration(self) -> str:
        """What the engine's configuration has of it."""
        operator, account = _public(self._operator), _public(self._account)
        system = _pair(nkeys.PREFIX_BYTE_ACCOUNT)
        limits = dict.fromkeys(
            ("subs", "data", "payload", "imports", "exports", "conn", "leaf", "mem_storage"), -1
        ) | dict.fromkeys(("disk_storage", "streams", "consumer"), -1)
        told = {"type": "account", "version": 2, "limits": {**limits, "wildcards": True}}
        own = {"type": "operator", "version": 2, "system_account": _public(system)}
        preload = {
            account: _jwt(self._operator, account, "fleet", told),
            _public(system): _jwt(
                self._operator, _public(system), "SYS", {"type": "account", "version": 2}
            ),
        }
        lines = "\n".join(f"{name}: {token}" for name, token in preload.items())
        return (
            f"operator: {_jwt(self._operator, operator, 'ops', own)}\n"
            f"system_account: {_public(system)}\nresolver: MEMORY\nresolver_preload: {{ {lines} }}\n"
        )

    def credentials(self, name: str, may: Rights | None) -> str:
        """The file of a user; None: it may do everything."""
        seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
        user = _public(nkeys.from_seed(bytearray(seed)))
        allowed = (
            {} if may is None else {"pub": {"allow": may.publish}, "sub": {"allow": may.subscribe}}
        )
        told = {"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1, **allowed}
        token = _jwt(self._account, user, name, told)
        return (
            f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
            f"-----BEGIN USER NKEY SEED-----\n{seed.decode()}\n------END USER NKEY SEED------\n"
        )


def _pair(kind: int) -> Any:
    return nkeys.from_seed(bytearray(nkeys.encode_seed(os.urandom(32), kind)))


def _public(pair: Any) -> str:
    return bytes(pair.public_key).decode()


def _jwt(issuer: Any, subject: str, name: str, told: dict[str, Any]) -> str:
    claims = {"iat": int(time.time()), "iss": _public(issuer), "name": name, "sub": subject}
    digest = hashlib.sha256(json.dumps({**claims, "nats": told}).encode()).digest()
    whole = {"jti": base64.b32encode(digest).decode().rstrip("="), **claims, "nats": told}
    head = {"typ": "JWT", "alg": "ed25519-nkey"}
    signed = f"{_text(json.dumps(head).encode())}.{_text(json.dumps(whole).encode())}"
    return f"{signed}.{_text(issuer.sign(signed.encode()))}"


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
