"""Signatures of web hooks, in two forms side by side: gsmd's own header, and those of the Standard Webhooks specification.

The receiver knows by them that gsmd posted the body (the key), that it is no recording of an old request (the
time), and whether it has seen it before (``webhook-id``: the same for every try of one hand-over).
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac

from gsmd.handlers.base import Delivery

_ENCODED = b"whsec_"
"""A secret that begins so is the key in base64, as the specification has it."""


def key_of(secret: bytes) -> bytes:
    """The key that a secret stands for: the octets behind ``whsec_`` from base64, else the secret as it is.

    White space around it does not count. Errors: ValueError, with a reason that tells nothing of the secret.
    """
    secret = secret.strip()
    if not secret.startswith(_ENCODED):
        key = secret
    else:
        encoded = secret.removeprefix(_ENCODED).translate(bytes.maketrans(b"-_", b"+/"))
        try:
            key = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("what follows whsec_ is not base64") from None
    if not key:
        raise ValueError("the key is empty")
    return key


def hand_over_id(delivery: Delivery) -> str:
    """The name of a hand-over: the same at every try, another for each handler, and for each receipt of a message.

    Without full stops, which part what is signed.
    """
    parts = [delivery.message.id, delivery.handler]
    if delivery.receipt is not None:
        parts += [delivery.receipt.state, str(delivery.receipt.number)]
    return ":".join(part.replace(".", "~") for part in parts)


def headers(body: bytes, key: bytes | None, name: str, at: int) -> dict[str, str]:
    """The headers of a request; without a key those that are no signature. ``at``: Unix seconds."""
    plain = {"webhook-id": name, "webhook-timestamp": str(at)}
    if key is None:
        return plain
    signed = f"{name}.{at}.".encode() + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    return {
        **plain,
        "webhook-signature": f"v1,{digest.decode()}",
        "X-Gsmd-Signature": sign(body, key, at),
    }


def sign(body: bytes, key: bytes, at: int) -> str:
    """The value of gsmd's own header: ``t=<at>,v1=<hex HMAC-SHA256 of "<at>.<body>">``; ``at`` in Unix seconds."""
    digest = hmac.new(key, b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
