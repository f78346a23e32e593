"""The end of a certificate is read as cryptography wrote it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gsmd.gateways.certificates import NoCertificate, ends_at, remark

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def certificate(path: Path, end: datetime) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x" * 60)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(b"# a chain\n" + made.public_bytes(serialization.Encoding.PEM) * 2)
    return path


@pytest.mark.parametrize("end", [NOW, datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2123, 4, 5, tzinfo=UTC)])  # fmt: skip
def test_the_end_is_read_in_both_of_its_forms(tmp_path: Path, end: datetime) -> None:
    assert ends_at(certificate(tmp_path / "c.pem", end)) == end


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"])  # fmt: skip
def test_what_is_none_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.pem").write_text(text)
    with pytest.raises(NoCertificate, match="no certificate in it"):
        ends_at(tmp_path / "c.pem")


def test_every_beginning_of_one_is_none(tmp_path: Path) -> None:
    from gsmd.gateways.certificates import _not_after

    whole = x509.load_pem_x509_certificate(certificate(tmp_path / "c.pem", NOW).read_bytes())
    der = whole.public_bytes(serialization.Encoding.DER)
    for length in range(len(der)):
        with pytest.raises((ValueError, IndexError, StopIteration)):
            _not_after(der[:length])


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=-1), "ended on 2026-01-01"),
        (timedelta(hours=5), "ends today"),
        (timedelta(days=5), "ends in 5 days, on 2026-01-07"),
        (timedelta(days=15), ""),
    ],
)
def test_what_ends_soon_is_said_in_time(tmp_path: Path, left: timedelta, said: str) -> None:
    text = remark(certificate(tmp_path / "c.pem", NOW + left), NOW)
    assert said in text
    assert bool(said) == bool(text)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "No such file" in remark(tmp_path / "none.pem", NOW)
