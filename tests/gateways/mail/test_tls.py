"""STARTTLS, and passwords under it."""

import ssl
from pathlib import Path

import aiosmtplib
import pytest

from gsmd.config import ConfigError
from gsmd.gateways.mail.users import Users, line_for
from tests.gateways.mail.scene import ADDRESS, ANNA, mail, scene
from tests.gateways.smpp.certificates import certificates
from tests.tools import needs


@needs("openssl")
async def test_a_user_signs_in_under_tls(tmp_path: Path) -> None:
    files = certificates(tmp_path)
    users = tmp_path / "users"
    users.write_text(line_for("anna", "good one") + "\n")
    tls = {"certificate": str(files.certificate), "key_file": str(files.key)}
    async with scene(tmp_path, tls=tls, users_file=str(users), **{"from": []}) as stage:
        async with stage.connected() as client:
            context = ssl.create_default_context(cafile=str(files.ca))
            await client.starttls(tls_context=context, server_hostname="localhost")
            await client.login("anna", "good one")
            await client.sendmail(ANNA, ADDRESS, mail("hello").as_bytes())
            with pytest.raises(aiosmtplib.SMTPException):
                await client.login("anna", "good one")  # once is enough
        assert [each.text for each in await stage.outbox()] == ["hello"]


def test_a_line_admits_its_user_and_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text(f"\n# people\n{line_for('anna', 'good one')}\n{line_for('bob', 'é')}\n")
    users = Users.read(path)
    assert users.admits(b"anna", b"good one") == "anna"
    assert users.admits(b"bob", "é".encode()) == "bob"
    assert users.admits(b"anna", b"bad one") is None
    assert users.admits(b"eve", b"good one") is None


@pytest.mark.usefixtures("dear_passwords")
def test_a_guess_at_a_password_costs_memory_and_time() -> None:
    n, r, p = (int(each) for each in line_for("anna", "good one").split("$")[2:5])
    assert 128 * n * r >= 8 << 20  # octets (RFC 7914 §2)
    assert n * r * p >= 1 << 19


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text("anna:secret\n")
    with pytest.raises(ConfigError, match="gsmd mail password"):
        Users.read(path)


@pytest.mark.parametrize(
    ("name", "password"), [("a b", "x"), ("", "x"), ("a:b", "x"), ("anna", "")]
)
def test_what_cannot_be_a_line_is_refused(name: str, password: str) -> None:
    with pytest.raises(ValueError, match=r"a name|empty"):
        line_for(name, password)
