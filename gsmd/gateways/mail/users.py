"""Who may sign in: the file of users, and the hashes in it.

A line is ``name:$scrypt$n$r$p$salt$hash`` (RFC 7914, base64), made by ``gsmd mail password``; empty lines and
those that begin with # count for nothing. The costs stand in each line, so that others can be chosen later.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from pathlib import Path

from gsmd.config import ConfigError, Problem

_N, _R, _P = 1 << 13, 8, 10  # 8 MiB for a tenth of a second
_MEMORY = 64 << 20
_NAME = re.compile(r"[^\s:#][^\s:]{0,127}")
_HASH = re.compile(
    r"\$scrypt\$(\d{1,7})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)"
)


def line_for(name: str, password: str) -> str:
    """A line of the file. Errors: `ValueError` for a name that cannot stand in it, or an empty password."""
    if not _NAME.fullmatch(name):
        raise ValueError("a name has no spaces and no colons, and at most 128 characters")
    if not password:
        raise ValueError("the password is empty")
    salt = secrets.token_bytes(16)
    digest = _digest(password.encode(), salt, _N, _R, _P)
    return f"{name}:$scrypt${_N}${_R}${_P}${_text(salt)}${_text(digest)}"


class Users:
    """The users of a file, by name."""

    def __init__(self, hashes: dict[str, str]) -> None:
        self._hashes = hashes
        self._nobody = f"$scrypt${_N}${_R}${_P}${_text(bytes(16))}${_text(bytes(32))}"

    @classmethod
    def read(cls, path: Path | None) -> "Users":
        """Read the file; none: nobody. Errors: `ConfigError`."""
        if path is None:
            return cls({})
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            expected = f"a file that can be read ({path})"
            raise ConfigError(
                Problem("mail", None, "mail.users_file", expected, str(error))
            ) from error
        hashes = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            name, _, hashed = line.strip().partition(":")
            if not _NAME.fullmatch(name) or not _HASH.fullmatch(hashed):
                expected = "name:hash, as `gsmd mail password NAME` prints it"
                raise ConfigError(
                    Problem(str(path), number, "mail.users_file", expected, "something else")
                )
            hashes[name] = hashed
        return cls(hashes)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def admits(self, name: bytes, password: bytes) -> str | None:
        """The user's name if the password is right. Blocks for a tenth of a second, whoever it is."""
        known = self._hashes.get(name.decode("utf-8", "replace"))
        found = _HASH.fullmatch(known or self._nobody)
        assert found is not None
        n, r, p = (int(found[each]) for each in (1, 2, 3))
        try:
            salt, right = base64.b64decode(found[4]), base64.b64decode(found[5])
            given = _digest(password, salt, n, r, p)
        except (ValueError, binascii.Error):
            return None
        same = hmac.compare_digest(given, right)
        return name.decode("utf-8", "replace") if same and known is not None else None


def _digest(password: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
