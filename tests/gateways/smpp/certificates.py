"""An authority, a certificate for localhost and one for a client, made when they are needed."""

import subprocess
from pathlib import Path
from typing import NamedTuple

from tests import tools


class Files(NamedTuple):
    ca: Path
    certificate: Path
    key: Path
    client_certificate: Path
    client_key: Path


def certificates(directory: Path) -> Files:
    """All of them, valid for a day."""
    files = Files(*(directory / name for name in ("ca.pem", "s.pem", "s.key", "c.pem", "c.key")))
    authority = directory / "ca.key"
    _openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
        *("-days", "1", "-subj", "/CN=test authority", "-keyout", authority, "-out", files.ca),
    )
    for certificate, key in (
        (files.certificate, files.key),
        (files.client_certificate, files.client_key),
    ):
        _openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-days", "1", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate),
            *("-CA", files.ca, "-CAkey", authority),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
        )
    return files


def _openssl(*arguments: str | Path) -> None:
    subprocess.run([tools.path("openssl"), *map(str, arguments)], check=True, capture_output=True)
