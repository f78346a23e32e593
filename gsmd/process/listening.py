"""The Unix socket to listen on: made in the file system, or handed over by systemd."""

import contextlib
import grp
import os
import socket
import stat
from collections.abc import Iterator, MutableMapping
from pathlib import Path

_FIRST_ACTIVATED = 3
"""SD_LISTEN_FDS_START, sd_listen_fds(3)."""

_BACKLOG = 1024
"""A queue that is full refuses who does not block (EAGAIN), and asyncio takes that for a connection."""


class CannotListen(Exception):
    """There can be no socket at ``path``; the message says why and what helps."""

    def __init__(self, path: str | Path, problem: str) -> None:
        super().__init__(f"cannot listen on {path}: {problem}")
        self.path = Path(path)


def group_id(name: str | None) -> int:
    """The group that a socket gets: the one named, else gsmd if we may give it, else our own.

    Errors: KeyError, if the group named does not exist.
    """
    if name is not None:
        return grp.getgrnam(name).gr_gid
    own = os.getegid()
    with contextlib.suppress(KeyError):
        usual = grp.getgrnam("gsmd").gr_gid
        if os.geteuid() == 0 or usual == own or usual in os.getgroups():
            return usual
    return own


def listen(path: Path, *, group: int, mode: int) -> socket.socket:
    """A listening socket at ``path``, reachable only once group and mode are right.

    A socket file that nobody answers at is replaced. Errors: `CannotListen`.
    """
    _refuse_occupied(path)
    # made under another name: between bind and chmod nobody can have got in
    made = path.with_name(f".{path.name[:60]}.{os.getpid()}")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(exist_ok=True)
        with _there(made.parent) as name:
            made.unlink(missing_ok=True)
            sock.bind(f"{name}/{made.name}")
        if made.stat().st_gid != group:
            os.chown(made, -1, group)
        made.chmod(mode)
        sock.listen(_BACKLOG)
        made.rename(path)
    except OSError as error:
        sock.close()
        with contextlib.suppress(OSError):
            made.unlink()
        raise CannotListen(path, error.strerror or str(error)) from error
    return sock


def activated(environment: MutableMapping[str, str] = os.environ) -> list[socket.socket]:
    """The Unix sockets that systemd opened for us; none, if it did not. Errors: `CannotListen` for one of another kind."""
    found = []
    for name, sock in handed_over(environment):
        if sock.family != socket.AF_UNIX or sock.type != socket.SOCK_STREAM:
            expected = "systemd's socket unit needs ListenStream=/an/absolute/path"
            raise CannotListen(name, expected)
        found.append(sock)
    return found


Named = tuple[str, socket.socket]


def handed_over(environment: MutableMapping[str, str] = os.environ) -> list[Named]:
    """The sockets that systemd opened for us (sd_listen_fds(3)), each with the name of its unit, or ``FileDescriptorName=``.

    The variables are taken away: programs that we start are not meant.
    """
    owner, count = environment.get("LISTEN_PID"), environment.get("LISTEN_FDS")
    names = environment.get("LISTEN_FDNAMES", "").split(":")
    if owner is None or count is None or owner != str(os.getpid()):
        return []
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        environment.pop(name, None)
    found = []
    for number in range(int(count)):
        fd = _FIRST_ACTIVATED + number
        os.set_inheritable(fd, False)  # noqa: FBT003 -- the function's own signature
        name = names[number] if number < len(names) else ""
        found.append((name or f"file descriptor {fd}", socket.socket(fileno=fd)))
    return found


def named(sockets: list[Named], name: str) -> list[Named]:
    """Those for ``name``: from a unit ``gsmd-NAME.socket``, or called so."""
    return [each for each in sockets if name in each[0].removesuffix(".socket").split("-")]


@contextlib.contextmanager
def _there(directory: Path) -> Iterator[str]:
    """A short name of the directory: a socket's path has room for 107 octets only (unix(7))."""
    fd = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{fd}"
    finally:
        os.close(fd)


def _refuse_occupied(path: Path) -> None:
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise CannotListen(path, error.strerror or str(error)) from error
    if not stat.S_ISSOCK(kind):
        raise CannotListen(path, "there is something that is not a socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)  # noqa: FBT003 -- the method's own signature
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return  # left behind by a daemon that is gone
        except BlockingIOError:
            pass  # a full backlog is an answer too
        except OSError as error:
            raise CannotListen(path, error.strerror or str(error)) from error
    raise CannotListen(path, "another daemon answers there")
