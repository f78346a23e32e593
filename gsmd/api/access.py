"""The caller at the other end of a connection, and their rights.

The kernel says who it is, as of the moment the connection was made: nothing the
peer sends can change that.
"""

import grp
import os
import pwd
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress

import msgspec

from gsmd.config import AccessRule
from gsmd.protocol.method import Role

_SO_PEERGROUPS = 59
"""The supplementary groups of the peer, Linux 4.13 (asm-generic/socket.h); Python has no name for it."""

EVERYTHING = frozenset(Role)


class Caller(msgspec.Struct, frozen=True):
    """The process at the other end. ``groups`` has its own group and the supplementary ones."""

    pid: int
    uid: int
    groups: frozenset[int]

    @property
    def name(self) -> str:
        """The user's name, or the number where there is none."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)


def credentials(sock: socket.socket) -> tuple[int, int, int]:
    """Process, user and group that connected to this Unix socket (SO_PEERCRED, unix(7))."""
    size = struct.calcsize("3i")
    pid, uid, gid = struct.unpack(
        "3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    )
    return pid, uid, gid


def caller_of(sock: socket.socket) -> Caller:
    """The caller that connected to this Unix socket, with all groups."""
    pid, uid, gid = credentials(sock)
    return Caller(pid, uid, frozenset({gid, *_supplementary(sock, uid, gid)}))


def _supplementary(sock: socket.socket, uid: int, gid: int) -> Iterable[int]:
    # what the process has counts, not what the account could have: a sandbox may have given groups up
    try:
        octets = sock.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, 1024)
    except OSError:  # an older kernel, or more than 256 groups
        return _groups_of_account(uid, gid)
    return struct.unpack(f"{len(octets) // 4}I", octets)


def _groups_of_account(uid: int, gid: int) -> Iterable[int]:
    try:
        return os.getgrouplist(pwd.getpwuid(uid).pw_name, gid)
    except KeyError:
        return ()


class Access:
    """The rules of the configuration, or the usual ones.

    The usual ones: root and the daemon's own user may do everything, members of
    the socket's group may read, send and handle, the users of ``carries`` (those
    that exist) carry beside that, nobody else anything.
    Errors: KeyError for a rule about a user or group that does not exist.
    """

    def __init__(
        self,
        rules: Iterable[AccessRule] | None,
        *,
        socket_group: int,
        carries: Iterable[str] = (),
    ) -> None:
        self._users: dict[int, frozenset[Role]] = {}
        self._groups: dict[int, frozenset[Role]] = {}
        if rules is None:
            self._users = {0: EVERYTHING, os.geteuid(): EVERYTHING}
            self._groups = {socket_group: frozenset({Role.READ, Role.SEND, Role.HANDLE})}
            for name in carries:
                with suppress(KeyError):
                    self._users.setdefault(pwd.getpwnam(name).pw_uid, frozenset({Role.CARRY}))
            return
        for rule in rules:
            may = EVERYTHING if Role.ADMIN in rule.may else frozenset(rule.may)
            if rule.user is not None:
                uid = pwd.getpwnam(rule.user).pw_uid
                self._users[uid] = self._users.get(uid, frozenset()) | may
            if rule.group is not None:
                gid = grp.getgrnam(rule.group).gr_gid
                self._groups[gid] = self._groups.get(gid, frozenset()) | may

    def roles(self, caller: Caller) -> frozenset[Role]:
        """The roles that any rule grants to this caller."""
        granted = [self._users.get(caller.uid, frozenset())]
        granted += [self._groups.get(gid, frozenset()) for gid in caller.groups]
        return frozenset().union(*granted)
