"""When a certificate ends: so that somebody hears of it before those who connect do."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gsmd.config import Config

SOON = timedelta(days=14)
"""The time before its end from which on a certificate is worth a word."""

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_SEQUENCE, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18
_BEFORE_VALIDITY = 3  # serialNumber, signature, issuer


class NoCertificate(Exception):
    """The file has none, or cannot be read. The message says why."""


def of_gateway(name: str, config: Config) -> tuple[tuple[Path, Path], ...]:
    """The certificates that a gateway shows to those who connect, each with its key."""
    section = getattr(config, name)
    tls = getattr(section, "tls", None)
    return ((tls.certificate, tls.key_file),) if tls is not None else ()


def ends_at(path: Path) -> datetime:
    """The end of the first certificate in a PEM file (RFC 5280 §4.1.2.5). Errors: `NoCertificate`."""
    try:
        found = _PEM.search(path.read_bytes())
    except OSError as error:
        raise NoCertificate(f"{path}: {error.strerror}") from error
    try:
        return _not_after(base64.b64decode(found[1] if found is not None else b""))
    except (ValueError, IndexError, StopIteration):
        raise NoCertificate(f"{path}: there is no certificate in it") from None


def remark(path: Path, now: datetime) -> str:
    """The sentence about a certificate that has ended, ends soon or cannot be read; empty if all is well."""
    try:
        end = ends_at(path)
    except NoCertificate as error:
        return str(error)
    if end <= now:
        return f"the certificate {path} ended on {end:%Y-%m-%d}"
    if end - now < SOON:
        days = (end - now).days
        return f"the certificate {path} ends {'today' if not days else f'in {days} days'}, on {end:%Y-%m-%d}"
    return ""


def _not_after(der: bytes) -> datetime:
    """From a Certificate as DER (RFC 5280 §4.1, X.690 §8.1)."""
    certificate = next(_elements(der))[1]
    fields = [each for each in _elements(next(_elements(certificate))[1]) if each[0] != _VERSION]
    tag, validity = fields[_BEFORE_VALIDITY]
    if tag != _SEQUENCE:
        raise ValueError
    kind, text = [*_elements(validity)][1]
    digits = text.decode("ascii")
    if kind == _UTC_TIME:  # RFC 5280 §4.1.2.5.1: 50 and above is the last century
        digits = ("19" if int(digits[:2]) >= 50 else "20") + digits
    elif kind != _GENERALIZED_TIME:
        raise ValueError
    return datetime.strptime(digits, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _elements(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element, one behind the other."""
    at = 0
    while at < len(octets):
        tag, length = octets[at], octets[at + 1]
        at += 2
        if length & 0x80:
            wide = length & 0x7F
            length = int.from_bytes(octets[at : at + wide])
            at += wide
        if at + length > len(octets):
            raise ValueError
        yield tag, octets[at : at + length]
        at += length
