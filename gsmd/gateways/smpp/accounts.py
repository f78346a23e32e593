"""Who may bind, and what each account has at the moment: its binds, its rate, its receipts."""

import asyncio
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gsmd.config import ConfigError, Problem
from gsmd.config.smpp import SmppAccount
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.smpp import DefaultAlphabet

if TYPE_CHECKING:
    from gsmd.gateways.smpp.bind import Bind

_SPECIFIED_PASSWORD = 8
_LONGEST_PASSWORD = 64


class Bucket:
    """So many in so many seconds, and at once as many as a burst; what is beyond has to wait. It knows no clock."""

    def __init__(self, count: int, seconds: float, burst: int, now: float) -> None:
        self._per_second = count / seconds
        self._burst = float(max(burst, count if seconds <= 1 else 1))
        self._left = self._burst
        self._at = now

    def take(self, now: float, most: float) -> float | None:
        """Take one; the seconds until it is due, None (and nothing taken) if that is more than ``most``."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        wait = max(0.0, (1 - self._left) / self._per_second)
        if wait > most:
            return None
        self._left -= 1
        return wait


class Account:
    """One account at work. ``settings`` may change while it is bound."""

    def __init__(
        self, settings: SmppAccount, password: bytes, their_window: int, line: DaemonLine
    ) -> None:
        self.line = line
        """The connection to the daemon for what its binds ask for."""
        self.binds: list[Bind] = []
        self.own_receipts = asyncio.Event()
        """There may be receipts of our own making."""
        self.claimed: set[int] = set()
        """Receipts of our own making that are on their way over some bind."""
        self._their_window = their_window
        self.submitted = self.delivered = self.refused = self.throttled = 0
        self.change(settings, password)

    def change(self, settings: SmppAccount, password: bytes) -> None:
        """Other settings, from now on."""
        self.settings = settings
        self.name = settings.system_id
        self.alphabet = DefaultAlphabet(settings.alphabet)
        self._password = _digest(password)
        self._networks = [ipaddress.ip_network(each, strict=False) for each in settings.from_]
        rate = settings.rate
        now = asyncio.get_running_loop().time()
        self.bucket = (
            None if rate is None else Bucket(rate.count, rate.seconds, self._their_window, now)
        )

    def knows(self, password: bytes) -> bool:
        """The password is right. Takes the same time whatever it is."""
        return hmac.compare_digest(_digest(password), self._password)

    def admits(self, host: str) -> bool:
        """The account may be used from that address."""
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)


def read_password(account: SmppAccount, source: str) -> bytes:
    """The password in the account's file. Errors: `ConfigError`."""
    key = f"smpp.accounts[{account.system_id}].password_file"
    return read_secret(account.password_file, source, key)


def read_secret(path: Path, source: str, key: str) -> bytes:
    """A password in a file, without the end of its line. Errors: `ConfigError`, which names ``key``."""
    try:
        password = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        problem = Problem(
            source, None, key, "a file that can be read", error.strerror or str(error)
        )
        raise ConfigError(problem) from error
    if not password or len(password) > _LONGEST_PASSWORD or b"\0" in password:
        expected = f"a password of 1 to {_LONGEST_PASSWORD} octets in {path}"
        raise ConfigError(Problem(source, None, key, expected, f"{len(password)} octets"))
    return password


def longer_than_specified(password: bytes) -> bool:
    """Some ESMEs, Kannel among them, cut a password after the 8 characters that SMPP has room for."""
    return len(password) > _SPECIFIED_PASSWORD


def _digest(password: bytes) -> bytes:
    return hashlib.sha256(password).digest()


class Accounts:
    """All accounts, by system_id."""

    def __init__(self, their_window: int, daemon: Path) -> None:
        self._their_window = their_window
        self._daemon = daemon
        self._accounts: dict[str, Account] = {}

    def change(self, settings: Iterable[tuple[SmppAccount, bytes]]) -> list[Account]:
        """These accounts from now on, each with its password; returns those that are gone."""
        wanted = {account.system_id: (account, password) for account, password in settings}
        gone = [each for name, each in self._accounts.items() if name not in wanted]
        for each in gone:
            del self._accounts[each.name]
        for name, (account, password) in wanted.items():
            if (there := self._accounts.get(name)) is not None:
                there.change(account, password)
            else:
                self._accounts[name] = Account(
                    account, password, self._their_window, DaemonLine(self._daemon)
                )
        return gone

    def __iter__(self) -> Iterator[Account]:
        """Those of now, whoever comes and goes meanwhile."""
        return iter([*self._accounts.values()])

    def get(self, name: str) -> Account | None:
        """The account of that name."""
        return self._accounts.get(name)

    def authenticate(self, system_id: bytes, password: bytes, host: str) -> Account | None:
        """The account that may bind so from there; None, without a reason, for everybody else."""
        account = self._accounts.get(system_id.decode("latin-1"))
        if account is None:
            hmac.compare_digest(_digest(password), _digest(b""))  # as long as for one that is there
            return None
        right = account.knows(password)
        return account if account.admits(host) and right else None


class Failures:
    """Wrong passwords by address: each makes the next answer from there wait longer."""

    _FIRST = 0.5
    _LONGEST = 8.0
    _FORGOTTEN = 600.0
    _MOST = 10_000

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, float]] = {}

    def pause(self, host: str, now: float) -> float:
        """One more failure; the seconds after which it is to be answered."""
        count, at = self._counts.pop(host, (0, now))
        if now - at > self._FORGOTTEN:
            count = 0
        self._counts[host] = (count + 1, now)
        while len(self._counts) > self._MOST:
            self._counts.pop(next(iter(self._counts)))
        return float(min(self._LONGEST, self._FIRST * 2 ** min(count, 8)))

    def forgive(self, host: str) -> None:
        """Somebody from there has bound."""
        self._counts.pop(host, None)
