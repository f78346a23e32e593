"""One connection of SMTP: aiosmtpd's, with what it lacks.

Theory of operation. aiosmtpd parses the commands and asks `Taking` what to answer. Added here are delivery status
notifications (RFC 3461), passwords that are checked off the loop and tried slowly, AUTH without TLS on loopback, the
null sender (refused: it is a machine's), mail that is too large (read to its end, never kept), and bounds on
connections.
"""

import asyncio
import logging
import re
import ssl
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Protocol

from gsmd import __version__
from gsmd.gateways.mail.libraries import AuthResult, Envelope, LoginPassword, ServerSMTP
from gsmd.gateways.mail.transaction import Transaction
from gsmd.gateways.mail.users import Users

log = logging.getLogger(__name__)

IDLE = 300.0
"""Seconds that a client may take for a command, or for all of a mail (RFC 5321 §4.5.3.2.7)."""

_COMMAND = 2048
_LINE = 1 << 16
_FAILURES = 5
_SLOWEST = 8.0

_NULL = re.compile(r"FROM:\s*<\s*>", re.IGNORECASE)
_NOTIFY = re.compile(r"NEVER|(SUCCESS|FAILURE|DELAY)(,(SUCCESS|FAILURE|DELAY))*")


class Takes(Protocol):
    """Whoever decides. The hooks are aiosmtpd's: each returns the answer."""

    @property
    def users(self) -> Users:
        """Who may sign in."""
        ...

    def connected(self, door: "Door") -> bool:
        """If there is a place for another connection."""
        ...

    def lost(self, door: "Door") -> None:
        """A connection is gone."""
        ...


class Door(ServerSMTP):
    """A connection."""

    line_length_limit = _LINE

    def __init__(
        self, takes: Takes, *, domain: str, max_size: int, tls: "ssl.SSLContext | None"
    ) -> None:
        super().__init__(
            takes,
            data_size_limit=max_size,
            hostname=domain,
            ident=f"gsmd {__version__}",
            tls_context=tls,
            timeout=IDLE,
            loop=asyncio.get_running_loop(),
        )
        self.command_size_limits = defaultdict(lambda: _COMMAND)
        self._takes = takes
        self._max_size = max_size
        self._failed = 0
        self._refused = False
        self.host = ""
        self.busy = False
        """A mail is being taken."""

    # -- the connection ---------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio. After STARTTLS it is called again."""
        if self._original_transport is None:
            self.host = _host_of(transport)
            self._auth_require_tls = not is_loopback(self.host)
            if not self._takes.connected(self):
                self._refused = True
                assert isinstance(transport, asyncio.Transport)
                transport.write(b"421 4.7.0 too many connections, try again later\r\n")
                transport.close()
                return
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        if not self._refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """See asyncio."""
        return False if self._refused else super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """See asyncio."""
        if not self._refused:
            self._takes.lost(self)
            super().connection_lost(error)

    @property
    def secure(self) -> bool:
        """Nobody else can read along."""
        return self._tls_protocol is not None

    async def end(self) -> None:
        """Say goodbye, unless a mail is being taken."""
        if self.transport is not None and not self.busy:
            await self.push("421 4.3.2 the gateway is being stopped")
            self.transport.close()

    def _create_envelope(self) -> Envelope:
        return Transaction()

    # -- AUTH -------------------------------------------------------------------------------------

    def _authenticate(self, mechanism: str, auth_data: Any) -> AuthResult:
        del mechanism  # only who it is said to be: it is checked off the loop
        return AuthResult(success=False, handled=False, auth_data=auth_data)

    async def auth_PLAIN(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802 -- aiosmtpd's name
        """See aiosmtpd."""
        return await self._checked(await super().auth_PLAIN(_, args))

    async def auth_LOGIN(self, _: Any, args: list[str]) -> AuthResult:  # noqa: N802 -- aiosmtpd's name
        """See aiosmtpd."""
        return await self._checked(await super().auth_LOGIN(_, args))

    async def _checked(self, result: AuthResult) -> AuthResult:
        if not isinstance(result.auth_data, LoginPassword):
            return result
        name = await asyncio.to_thread(self._takes.users.admits, *result.auth_data)
        if name is not None:
            self._failed = 0
            return AuthResult(success=True, auth_data=result.auth_data)
        self._failed += 1
        log.warning("a password was wrong, from %s", self.host)
        await asyncio.sleep(min(_SLOWEST, 2.0 ** (self._failed - 1)))
        if self._failed >= _FAILURES and self.transport is not None:
            await self.push("421 4.7.0 too many wrong passwords")
            self.transport.close()
            return AuthResult(success=False, handled=True)
        return AuthResult(success=False, handled=False)

    # -- commands ---------------------------------------------------------------------------------

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd's name
        """MAIL FROM, with RET and ENVID (RFC 3461 §4.3)."""
        if arg is not None and self.session is not None and self.session.host_name:
            if _NULL.match(arg):
                await self.push("550 5.7.1 mail of machines is not sent as SMS: it has no sender")
                return
            arg, options = _taken(arg, ("RET", "ENVID", "AUTH"))
            if options.get("RET", "HDRS").upper() not in {"FULL", "HDRS"}:
                await self.push("501 5.5.4 RET is FULL or HDRS")
                return
            assert isinstance(self.envelope, Transaction)
            self.envelope.envelope_id = options.get("ENVID")
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd's name
        """RCPT TO, with NOTIFY and ORCPT (RFC 3461 §4.1 and §4.2)."""
        assert isinstance(self.envelope, Transaction)
        if arg is not None:
            arg, options = _taken(arg, ("NOTIFY", "ORCPT"))
            if "NOTIFY" in options and not _NOTIFY.fullmatch(options["NOTIFY"].upper()):
                await self.push("501 5.5.4 NOTIFY is NEVER, or SUCCESS, FAILURE and DELAY")
                return
            self.envelope.options = options
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd's name
        """DATA: what is too large is read to its end and never kept, whatever its lines are like."""
        if await self.check_helo_needed():
            return
        assert isinstance(self.envelope, Transaction)
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 RCPT comes first")
            return
        if arg:
            await self.push("501 5.5.4 DATA is alone on its line")
            return
        await self.push("354 end with a dot alone on a line")
        self.busy = True
        try:
            content = await self._read_content()
            if content is None:
                answer = f"552 5.3.4 mail is taken up to {self._max_size} octets"
            else:
                self.envelope.content = content
                self._reset_timeout()
                answer = await self._call_handler_hook("DATA")
        finally:
            self.busy = False
        self.envelope = self._create_envelope()
        await self.push(answer)

    async def push(self, status: Any) -> None:
        """Answer. What aiosmtpd says of sizes is said with the size."""
        if isinstance(status, str) and status.startswith("552 Error"):
            status = f"552 5.3.4 mail is taken up to {self._max_size} octets"
        await super().push(status)

    async def _read_content(self) -> bytes | None:
        """The mail without its dots (RFC 5321 §4.5.2); None if it is too large."""
        kept = bytearray()
        fits, beginning = True, True
        while True:
            try:
                line = await self._reader.readuntil(b"\r\n")
                ended = True
            except asyncio.LimitOverrunError as error:
                line = await self._reader.read(error.consumed)
                ended = False
            if beginning and line == b".\r\n":
                return bytes(kept) if fits else None
            if beginning and line.startswith(b"."):
                line = line[1:]
            beginning = ended
            if fits and len(kept) + len(line) > self._max_size:
                fits, kept = False, bytearray()
            if fits:
                kept += line


def _taken(arg: str, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The arguments of a command without the parameters of these names, and these."""
    address, bracket, rest = arg.rpartition(">")
    pattern = re.compile(rf"\s+({'|'.join(names)})=(\S*)", re.IGNORECASE)
    found = {match[1].upper(): match[2] for match in pattern.finditer(rest)}
    return address + bracket + pattern.sub("", rest), found


def _host_of(transport: asyncio.BaseTransport) -> str:
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


def is_loopback(host: str) -> bool:
    """A connection from this machine; one over a Unix socket has no host."""
    return host in {"", "::1"} or host.startswith(("127.", "::ffff:127."))
