"""The files that ``gsmd setup`` writes: the configuration, and one with the PIN that only the daemon reads."""

import os
import pwd
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import yaml

from gsmd.cli.exits import Exit, Stop
from gsmd.config import parse
from gsmd.handler_kinds import HANDLER_KINDS

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_HEAD = """\
# gsmd's configuration, begun by `gsmd setup`. Every setting there is: docs/configuration.md.
# `gsmd check` tells of mistakes; `systemctl reload gsmd` makes changes count.
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


def former(path: Path, *, replace: bool) -> str:
    """The beginning of the configuration: the file as it is, if it has no modems yet. Errors: `Stop`."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        text = _HEAD
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"{path} cannot be read: {error}") from None
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise Stop(
            f"{path} cannot be written", advice=f"With the rights to: sudo gsmd setup -c {path}"
        )
    try:
        has_modems = "modems" in (yaml.safe_load(text) or {})
    except yaml.YAMLError:
        has_modems = True
    if not has_modems:
        return text
    if replace:
        return _HEAD
    raise Stop(
        f"{path} is a configuration already",
        Exit.CONFIGURATION,
        advice="For one more modem: gsmd probe prints what to add. To begin again: gsmd setup --force",
    )


def configuration(former: str, chosen: Sequence[Chosen]) -> str:
    """The whole file. ``{directory}`` stands for the file's own; `write` knows it."""
    lines = [former.rstrip("\n"), "", "modems:"]
    for each in chosen:
        lines.append(f"  - name: {each.name}")
        lines.append(f"    port: {each.port}")
        if each.imei is not None:
            lines.append(f'    # or, wherever it is plugged in: match: {{imei: "{each.imei}"}}')
        if each.pin is not None:
            lines.append(f"    pin_file: {{directory}}/{each.name}.pin")
    return "\n".join(lines) + "\n"


def write(path: Path, text: str, chosen: Sequence[Chosen]) -> None:
    """The PINs first, then the configuration, each at once or not at all. Errors: `ConfigError`, `Stop`."""
    directory = path.absolute().parent
    text = text.replace("{directory}", str(directory))
    parse(text, str(path), HANDLER_KINDS)
    try:
        for each in chosen:
            if each.pin is not None:
                _replace(directory / f"{each.name}.pin", each.pin + "\n", mode=0o600, owner="gsmd")
        status = path.stat() if path.exists() else None
        _replace(path, text, mode=0o640 if status is None else status.st_mode & 0o777)
        if status is not None and os.geteuid() == 0:
            os.chown(path, status.st_uid, status.st_gid)
        elif (account := _account("gsmd")) is not None:
            os.chown(path, 0, account.pw_gid)
    except OSError as error:
        raise Stop(f"{error.filename}: {error.strerror}") from error


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
