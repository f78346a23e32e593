"""The examinations of ``gsmd doctor`` at a gateway's user: what it may at the socket, and which files it may read."""

import grp
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from gsmd.config import Config
from gsmd.gateways import certificates, roles
from gsmd.protocol.findings import Finding, Severity
from gsmd.protocol.method import Role

_USUAL_GROUP = "gsmd"


class User(msgspec.Struct, frozen=True):
    """An account, with all its groups."""

    name: str
    uid: int
    groups: frozenset[int]


def user_of(name: str) -> User | None:
    """The user that a gateway's unit runs as; None if there is no such account."""
    try:
        account = pwd.getpwnam(f"gsmd-{name}")
    except KeyError:
        return None
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    return User(account.pw_name, account.pw_uid, frozenset(groups))


def examine_rights(name: str, config: Config, user: User | None = None) -> Iterator[Finding]:
    """Find out whether its user may what it needs. Nothing, if it has none: then it runs as whoever starts it."""
    user = user or user_of(name)
    if user is None:
        return
    needed = roles.needed(name, config)
    if missing := needed - granted(config, user):
        usual = f"sudo usermod -aG {config.socket.group or _USUAL_GROUP} {user.name}"
        yield Finding(
            Severity.PROBLEM,
            f"gateway {name}",
            f"its user {user.name} lacks {' and '.join(sorted(missing))} at the daemon's socket",
            "the daemon refuses what it is not allowed to do",
            usual if config.access is None and missing <= roles.USUAL
            else f"a rule of access in the configuration: {roles.rule(user.name, needed)}",
        )  # fmt: skip
    for path in secrets(name, config):
        if not readable(path, user):
            yield Finding(
                Severity.PROBLEM,
                f"gateway {name}",
                f"its user {user.name} may not read {path}",
                "there is a password or a key in it that it needs",
                f"sudo chown {user.name} {path} && sudo chmod 600 {path}; each directory on the way needs x",
            )


def granted(config: Config, user: User) -> frozenset[Role]:
    """The roles that ``access``, or its usual rules, give to a user."""
    usual = frozenset({Role.READ, Role.SEND, Role.HANDLE})
    if config.access is None:
        member = _group(config.socket.group or _USUAL_GROUP) in user.groups
        carries = {Role.CARRY} if user.name in config.carries else set()
        return (usual if member else frozenset()) | carries
    found: set[Role] = set()
    for rule in config.access:
        if rule.user == user.name or (rule.group is not None and _group(rule.group) in user.groups):
            found |= set(Role) if Role.ADMIN in rule.may else set(rule.may)
    return frozenset(found)


def secrets(name: str, config: Config) -> list[Path]:
    """The files of a gateway's section that nobody else should read."""
    files: list[Path | None] = [key for _, key in certificates.of_gateway(name, config)]
    section = getattr(config, name)
    keys = ("password_file", "smarthost_password_file", "users_file", "credentials_file")
    files += [getattr(section, key, None) for key in keys]
    for part in ("accounts", "providers", "devices"):
        files += [getattr(each, "password_file", None) for each in getattr(section, part, ())]
    return [path for path in files if path is not None]


def readable(path: Path, user: User) -> bool:
    """True if the modes let a user read a file. Access lists (acl(5)) are not looked at."""
    try:
        ways = [_allows(place, user, stat.S_IXOTH) for place in path.parents]
        return all(ways) and _allows(path, user, stat.S_IROTH)
    except OSError:
        return True  # it is not there, or cannot be seen from here


def _allows(path: Path, user: User, bit: int) -> bool:
    status = path.stat()
    if user.uid in {0, status.st_uid}:
        return user.uid == 0 or bool(status.st_mode & bit << 6)
    return bool(status.st_mode & (bit << 3 if status.st_gid in user.groups else bit))


def _group(name: str) -> int | None:
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None
