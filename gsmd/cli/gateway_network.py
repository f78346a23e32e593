"""The examinations of ``gsmd doctor`` at a gateway's network: its ports, and those at the other end."""

import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from gsmd.config import Config
from gsmd.config.network import Endpoint
from gsmd.protocol.findings import Finding, Severity

PATIENCE = 3.0
"""Seconds that somebody at the other end may take to let us in."""

_PORTS = {"mqtt": 1883, "mqtts": 8883, "smtp": 25, "smtps": 465, "smtp+starttls": 587}
_ENGINE = 4222


def endpoints(name: str, config: Config) -> list[tuple[str, Endpoint]]:
    """The addresses that a gateway listens at, each with its key."""
    section = getattr(config, name)
    found = [(f"{name}.listen", getattr(section, "listen", None))]
    found.append((f"{name}.tls.listen", getattr(getattr(section, "tls", None), "listen", None)))
    found.append((f"{name}.metrics", getattr(section, "metrics", None)))
    return [(key, at) for key, at in found if at is not None]


def examine_ports(name: str, config: Config, *, sure: bool) -> Iterator[Finding]:
    """Find out whether a gateway that does not run could listen. ``sure``: it is known that it does not run."""
    for key, at in endpoints(name, config):
        if at.path is not None or at.port == 0:
            continue
        trouble = _trouble(at)
        if trouble == errno.EADDRINUSE:
            who = _holder(at.port)
            if "gsmd" in who or not (who or sure):
                continue  # it is the gateway itself
            yield _wrong(
                name,
                f"{at} is taken{f' by {who}' if who else ' by another program'}",
                f"another port in {key}, or stop the other program (sudo ss -ltnp shows which)",
            )
        elif trouble == errno.EADDRNOTAVAIL:
            yield _wrong(
                name,
                f"this machine has no address {at.host}",
                f"correct {key}; the addresses are shown by: ip address",
            )
        elif at.port < 1024 and os.geteuid() == 0 and trouble is None:
            yield Finding(
                Severity.WARNING,
                f"gateway {name}",
                f"ports below 1024, as {at} is, are root's",
                "its unit runs as another user",
                f"let systemd listen: sudo systemctl enable --now gsmd-{name}.socket, or a port above 1023",
            )


def peers(name: str, config: Config) -> list[tuple[str, str, int]]:
    """Those at the other end that a gateway needs: what each is, its host and its port."""
    if name == "mqtt" and config.mqtt is not None:
        return [_peer("the broker", config.mqtt.broker)]
    if name == "mail" and config.mail is not None and config.mail.smarthost and config.mail.forward:
        return [_peer("the smarthost", config.mail.smarthost)]
    if name == "fleet" and config.fleet is not None:
        return [_peer("the engine", server) for server in config.fleet.servers]
    if name == "smpp" and config.smpp is not None:
        return [(f"provider {p.name}", p.host, p.port) for p in config.smpp.providers]
    return []


def examine_peers(name: str, config: Config) -> Iterator[Finding]:
    """Find out whether those at the other end can be reached. Of several engines one is enough."""
    failed = []
    for what, host, port in peers(name, config):
        try:
            socket.create_connection((host, port), PATIENCE).close()
        except (OSError, UnicodeError) as error:  # a name that cannot be one
            failed.append((what, host, port, getattr(error, "strerror", None) or str(error)))
    if name == "fleet" and len(failed) < len(peers(name, config)):
        return
    for what, host, port, why in failed:
        yield _wrong(
            name,
            f"{what} at {host}:{port} cannot be reached: {why}",
            "is it running, is the address right, and does a firewall let us through?",
        )


def _peer(what: str, url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return what, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, _ENGINE)


def _trouble(at: Endpoint) -> int | None:
    """The error number of listening there; None if it can be done, as far as can be told."""
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    with contextlib.closing(socket.socket(family)) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((at.host, at.port))
            sock.listen(1)
        except (OSError, UnicodeError) as error:
            return getattr(error, "errno", None)
    return None


def _holder(port: int) -> str:
    """The program that listens at a TCP port, as far as may be seen: only root sees those of others (proc(5))."""
    inodes = {f"socket:[{inode}]" for inode in _listening(port)}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended, or is somebody else's
            if not inodes.isdisjoint(_open_files(process)):
                words = (process / "cmdline").read_bytes().split(b"\0")
                program = " ".join(Path(os.fsdecode(word)).name for word in words[:3]).strip()
                return f"{program} (pid {process.name})"
    return ""


def _open_files(process: Path) -> Iterator[str]:
    for fd in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it has just been closed
            yield str(fd.readlink())


def _listening(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _wrong(name: str, what: str, to_do: str) -> Finding:
    why = "it cannot do its work like this"
    return Finding(Severity.PROBLEM, f"gateway {name}", what, why, to_do)
