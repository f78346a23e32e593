"""The files that ``gsmd setup`` writes: the configuration, and those with a PIN or a password that only one user reads.

What is in the configuration stays, comments too: sections are added at its end. A copy of the former one is kept
where it is begun anew.
"""

import os
import pwd
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import yaml

from gsmd.cli.exits import Exit, Stop
from gsmd.config import Config, load, parse
from gsmd.handler_kinds import HANDLER_KINDS

if TYPE_CHECKING:
    from gsmd.cli.setup_gateways import Section

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_HEAD = """\
# gsmd's configuration, begun by `gsmd setup`. Every setting there is: docs/configuration.md.
# `gsmd check` tells of mistakes; `systemctl reload gsmd` makes changes count.
"""

_HERE = """\
state_dir: {directory}/state
socket: {{path: {directory}/gsmd.sock}}
"""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A modem that is to be used."""

    name: str
    port: str
    imei: str | None
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
        self.modems: Sequence[Chosen] = ()
        self.gateways: Sequence[Section] = ()
        self._replace = replace and path.exists()
        former = _former(path)
        content = _content(former, path)
        self._here = here or str(content.get("state_dir", "")) == f"{self._directory}/state"
        if self._replace or former is None:
            former, content = _HEAD, {}
        if here and "state_dir" not in content and "socket" not in content:
            former += _HERE.format(directory=self._directory)
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
            for path, secret, owner in self._secrets():
                _replace(path, secret + "\n", mode=0o600, owner=owner)
            if self._replace:
                _keep(self.path)
            self._write(text)
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
        status = self.path.stat() if self.path.exists() else None
        _replace(self.path, text, mode=0o640 if status is None else status.st_mode & 0o777)
        if status is not None and os.geteuid() == 0:
            os.chown(self.path, status.st_uid, status.st_gid)
        elif (account := _account("gsmd")) is not None:
            os.chown(self.path, 0, account.pw_gid)

    def _text(self) -> str:
        lines = [self._former.rstrip("\n")]
        if self.modems:
            lines += ["", "modems:"]
        for modem in self.modems:
            lines += [f"  - name: {modem.name}", f"    port: {modem.port}"]
            if modem.imei is not None:
                lines.append(
                    f'    # or, wherever it is plugged in: match: {{imei: "{modem.imei}"}}'
                )
            if modem.pin is not None:
                lines.append(f"    pin_file: {self._directory}/{modem.name}.pin")
        for section in self.gateways:
            lines += ["", f"# {section.about}", *self._section(section)]
        return "\n".join(lines) + "\n"

    def _section(self, section: "Section") -> list[str]:
        keys = [*section.keys]
        if section.secret is not None:
            keys.append(f"{section.secret[0]}: {self._directory}/{section.name}.pass")
        if self._here:
            keys.append(f"state_dir: {self._directory}/{section.name}")
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
        text = path.read_text()
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


def _content(text: str | None, path: Path) -> dict[str, object]:
    """What is in a configuration, as far as it can be read. Errors: `Stop`."""
    try:
        content = yaml.safe_load(text or "") or {}
    except yaml.YAMLError:
        content = None
    if not isinstance(content, dict):
        raise Stop(
            f"{path} is no configuration",
            Exit.CONFIGURATION,
            advice=f"gsmd check -c {path} tells where the mistake is. To begin anew: move it away",
        )
    return content


def _keep(path: Path) -> None:
    """A copy of it beside it, under a name that is free."""
    number = 1
    while (copy := path.with_name(f"{path.name}.before-{number}")).exists():
        number += 1
    os.link(path, copy)


def _replace(path: Path, text: str, *, mode: int, owner: str | None = None) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(fd, "w") as file:
            os.fchmod(file.fileno(), mode)
            if owner is not None and (account := _account(owner)) is not None:
                os.fchown(file.fileno(), account.pw_uid, account.pw_gid)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _account(name: str) -> pwd.struct_passwd | None:
    """The account, if there is one and files can be given to it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
