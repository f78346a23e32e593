"""The files that ``gsmd setup`` writes: the configuration, and those with a PIN or a password that only one user reads.

What is in the configuration stays, comments too: sections are added at its end. A copy of the former one is kept
where it is begun anew.
"""

import os
import pwd
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gsmd.cli.exits import Exit, Stop
from gsmd.config import Config, ConfigError, document, load, parse
from gsmd.config.document import written
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.modem.probe import Found, stanza
from gsmd.store.engine.files import sync_directory

if TYPE_CHECKING:
    from gsmd.cli.setup_gateways import Section

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_HEAD = """\
# gsmd's configuration, begun by `gsmd setup`. Every setting there is: docs/configuration.md.
# `gsmd check` tells of mistakes; `systemctl reload gsmd` makes changes count.
"""

_HERE = """\
state_dir: {state}
socket: {{path: {socket}}}
"""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A modem that is to be used."""

    name: str
    found: Found
    pin: str | None


def is_name(text: str) -> bool:
    """True if a modem may be called that."""
    return _NAME.fullmatch(text) is not None


class Plan:
    """What is to be written, beside what is there. ``here``: everything in the configuration's directory.

    Errors of the constructor: `Stop`.
    """

    def __init__(self, path: Path, *, replace: bool, here: bool) -> None:
        self.path = path.absolute()
        self._file = path.resolve()  # a link stays
        self.modems: Sequence[Chosen] = ()
        self.gateways: Sequence[Section] = ()
        former = _former(path)
        self._replace = replace and former is not None
        content = _content(former, path)
        self._here = here or _text_of(content.get("state_dir")) == f"{self._directory}/state"
        if self._replace or former is None:
            former, content = _HEAD, {}
        if here and "state_dir" not in content and "socket" not in content:
            former += _HERE.format(
                state=written(f"{self._directory}/state"),
                socket=written(f"{self._directory}/gsmd.sock"),
            )
        self._former = former
        self.present = frozenset(content)
        self.has_modems = "modems" in content or "carriers" in content

    @property
    def _directory(self) -> Path:
        return self.path.parent

    def write(self) -> bool:
        """The secrets first, then the configuration, each at once or not at all; false if there is nothing to write.

        Errors: `ConfigError`, `Stop`.
        """
        if not self.modems and not self.gateways:
            return False
        text = self._text()
        parse(text, str(self.path), HANDLER_KINDS)
        try:
            for path, secret, name in self._secrets():
                _keep(path)
                owner = _account(name)
                _replace(path, secret + "\n", 0o600, owner and (owner.pw_uid, owner.pw_gid))
            if self._replace:
                _keep(self._file)
            self._write(text)
            sync_directory(self._directory)
        except OSError as error:
            raise Stop(
                f"{error.filename}: {error.strerror}",
                advice=f"With the rights to: sudo gsmd setup -c {self.path}; without root: gsmd setup --here",
            ) from error
        return True

    def load(self) -> Config:
        """What stands there now. Errors: `ConfigError`."""
        return load(self.path, HANDLER_KINDS)

    def _write(self, text: str) -> None:
        """The configuration, with the rights that it had; a new one is root's, and the daemon's to read."""
        mode, owner = 0o640, None
        if self._file.exists():
            status = self._file.stat()
            mode = status.st_mode & 0o777
            if os.geteuid() == 0:
                owner = (status.st_uid, status.st_gid)
        elif (account := _account("gsmd")) is not None:
            owner = (0, account.pw_gid)
        _replace(self._file, text, mode, owner)

    def _text(self) -> str:
        lines = [self._former.rstrip("\n")]
        if self.modems:
            lines += ["", "modems:"]
        for modem in self.modems:
            lines += stanza(modem.name, modem.found)
            if modem.pin is not None:
                lines.append(f"    pin_file: {written(f'{self._directory}/{modem.name}.pin')}")
        for section in self.gateways:
            lines += ["", f"# {section.about}", *self._section(section)]
        return "\n".join(lines) + "\n"

    def _section(self, section: "Section") -> list[str]:
        keys = [*section.keys]
        if section.secret is not None:
            keys.append(f"{section.secret[0]}: {written(f'{self._directory}/{section.name}.pass')}")
        if self._here:
            keys.append(f"state_dir: {written(f'{self._directory}/{section.name}')}")
        return [f"{section.name}:", *(f"  {key}" for key in keys)] if keys else [f"{section.name}: {{}}"]  # fmt: skip

    def _secrets(self) -> list[tuple[Path, str, str]]:
        """Each file, what is in it, and who reads it."""
        pins = [
            (self._directory / f"{modem.name}.pin", modem.pin, "gsmd")
            for modem in self.modems
            if modem.pin is not None
        ]
        passwords = [
            (self._directory / f"{section.name}.pass", section.secret[1], f"gsmd-{section.name}")
            for section in self.gateways
            if section.secret is not None
        ]
        return [*pins, *passwords]


def _former(path: Path) -> str | None:
    """The file as it is; None if there is none. Errors: `Stop`."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        text = None
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"{path} cannot be read: {error}", advice="With the rights to: sudo gsmd setup") from None  # fmt: skip
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise Stop(
            f"{path} cannot be written",
            advice=f"With the rights to: sudo gsmd setup -c {path}; without root: gsmd setup --here",
        )
    return text


def _content(text: str | None, path: Path) -> Mapping[str, document.Node]:
    """What is in a configuration, as far as it can be read. Errors: `Stop`."""
    try:
        root, _ = document.read(text or "", str(path))
    except ConfigError:
        root = document.Scalar(1, None, "")
    if root is None:
        return {}
    if not isinstance(root, document.Mapping):
        raise Stop(
            f"{path} is no configuration",
            Exit.CONFIGURATION,
            advice=f"gsmd check -c {path} tells where the mistake is. To begin anew: move it away",
        )
    return root.items


def _text_of(node: document.Node | None) -> str:
    return node.text if isinstance(node, document.Scalar) else ""


def _keep(path: Path) -> None:
    """What is there stays beside it, under a name that is free."""
    if not path.exists():
        return
    number = 1
    while (copy := path.with_name(f"{path.name}.before-{number}")).exists():
        number += 1
    os.link(path, copy)


def _replace(path: Path, text: str, mode: int, owner: tuple[int, int] | None) -> None:
    """The file anew, with these rights from its first octet on: whole and on the disk, or as it was. Errors: OSError."""
    fd, fresh = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # only we can read it
    try:
        with os.fdopen(fd, "wb") as file:
            if owner is not None:
                os.fchown(fd, *owner)
            os.fchmod(fd, mode)
            file.write(text.encode())
            file.flush()
            os.fsync(fd)
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def _account(name: str) -> pwd.struct_passwd | None:
    """The account, if there is one and files can be given to it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
