"""TLS of the gateway's own."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gsmd.gateways.gateway import CannotServe
from gsmd.gateways.web import serving
from tests.config.samples import MODEM, read
from tests.gateways.web.house import house


def certificate(directory: Path, serial: int) -> None:
    """A certificate for localhost that has signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (directory / "web.crt").write_bytes(signed.public_bytes(pem))
    (directory / "web.key").write_bytes(key.private_bytes(pem, *plain))


def unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def test_it_speaks_tls_with_a_bound_cookie_and_takes_a_renewed_certificate(
    tmp_path: Path,
) -> None:
    certificate(tmp_path, 1)
    keys = f"tls: {{certificate: {tmp_path}/web.crt, key_file: {tmp_path}/web.key}}"
    async with house(tmp_path, keys, tls=unverified()) as it:
        cookie = await it.signed_in()
        assert cookie.startswith("__Host-gsmd=")
        answer = await it.ask("GET", "/api/v1/me", cookie=cookie)
        assert answer.status == 200
        assert answer.header("strict-transport-security")
        assert await _serial(it.connect) == 1

        certificate(tmp_path, 2)
        await it.gateway.reload(read(f"{MODEM}web: {{{keys}}}\n"))
        assert await _serial(it.connect) == 2

        (tmp_path / "web.key").write_text("no key")
        with pytest.raises(CannotServe, match="certificate cannot be used"):
            await it.gateway.reload(read(f"{MODEM}web: {{{keys}}}\n"))
        assert (await it.ask("GET", "/api/v1/me", cookie=cookie)).status == 200


async def _serial(connect: object) -> int:
    _, writer = await connect()  # type: ignore[operator] # House.connect
    octets = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return x509.load_der_x509_certificate(octets).serial_number


def test_nothing_older_than_tls_1_2_is_spoken(tmp_path: Path) -> None:
    certificate(tmp_path, 1)
    keys = f"{{tls: {{certificate: {tmp_path}/web.crt, key_file: {tmp_path}/web.key}}}}"
    config = read(f"{MODEM}web: {keys}\n")
    assert config.web is not None
    context = serving.tls_context(config.web.tls)
    assert context is not None
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
