"""A web hook: the message is posted as JSON, signed; a 2xx answer acknowledges."""

import asyncio
import hashlib
import hmac
import logging
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec

from gsmd import __version__
from gsmd.clock import Clock, SystemClock
from gsmd.config.types import AbsolutePath, Url
from gsmd.handlers import payload
from gsmd.handlers.base import Delivery, DeliveryMarks, HandlerError
from gsmd.handlers.bounded import BoundedHandler, BoundedSettings
from gsmd.handlers.packages import require
from gsmd.protocol.message import Reply

if TYPE_CHECKING:
    import aiohttp  # when running, it is there only where a web hook is configured

logger = logging.getLogger(__name__)

ANSWER_LIMIT = 64 << 10
"""Octets of an answer that are looked at."""
LONGEST_WISH = 86_400.0
"""Seconds that a ``Retry-After`` can put a message off for."""


class _Answer(msgspec.Struct):
    reply: str | None = None


class WebHookSettings(BoundedSettings, frozen=True, kw_only=True):
    """``post``: the address. ``secret_file``: a file with the key that requests are signed with."""

    kind: ClassVar[str] = "post"

    post: Url
    secret_file: AbsolutePath | None = None

    def __post_init__(self) -> None:
        require("aiohttp", "webhook", key="post")

    @property
    def secret_files(self) -> tuple[Path, ...]:
        return () if self.secret_file is None else (self.secret_file,)


class WebHook(BoundedHandler[WebHookSettings]):
    """Posts each message. Redirects are not followed: they could lead a message to anybody."""

    def __init__(
        self,
        name: str,
        settings: WebHookSettings,
        marks: DeliveryMarks | None = None,
        *,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name, settings, marks)
        self._clock = clock or SystemClock()
        self._session: aiohttp.ClientSession | None = None

    async def hand_over(self, delivery: Delivery) -> Reply | None:
        """The reply is in the answer, if the answer has one. Errors: `HandlerError`."""
        import aiohttp

        try:
            async with asyncio.timeout(self.settings.timeout):
                return await self._post(payload.to_json(delivery))
        except TimeoutError:
            raise HandlerError(f"no answer within {self.settings.timeout:g} s") from None
        except (aiohttp.ClientError, ValueError) as error:  # ValueError: a host that cannot be
            raise HandlerError(str(error) or type(error).__name__) from error

    async def _post(self, body: bytes) -> Reply | None:
        headers = {"Content-Type": "application/json", **await self._signature(body)}
        async with self._client().post(
            self.settings.post, data=body, headers=headers, allow_redirects=False
        ) as answer:
            if not 200 <= answer.status < 300:
                raise _refusal(answer, self._clock)
            return self._reply(await _beginning(answer.content))

    async def _signature(self, body: bytes) -> dict[str, str]:
        file = self.settings.secret_file
        if file is None:
            return {}
        try:
            # read each time, so that a new key needs no restart
            secret = (await asyncio.to_thread(file.read_bytes)).strip()
        except OSError as error:
            raise HandlerError(f"{file}: {error.strerror}") from error
        if not secret:
            raise HandlerError(f"{file}: the key is empty")
        return {"X-Gsmd-Signature": sign(body, secret, self._clock.wall() // 1000)}

    def _reply(self, answer: bytes) -> Reply | None:
        """Any 2xx acknowledges, also with an answer that makes no sense: asking again would double it."""
        if not answer.strip():
            return None
        try:
            text = msgspec.json.decode(answer, type=_Answer | None)
        except msgspec.DecodeError:
            logger.debug("handler %s answered something that is no reply", self.name)
            return None
        return Reply(text.reply) if text and text.reply and text.reply.strip() else None

    def _client(self) -> "aiohttp.ClientSession":
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self.settings.concurrency),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                # compressed, a small answer could become a large one
                auto_decompress=False,
                headers={"User-Agent": f"gsmd/{__version__}", "Accept-Encoding": "identity"},
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def sign(body: bytes, secret: bytes, at: int) -> str:
    """The signature header: ``t=<at>,v1=<hex HMAC-SHA256 of "<at>.<body>">``; ``at`` in Unix seconds."""
    digest = hmac.new(secret, b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


async def _beginning(content: "aiohttp.StreamReader") -> bytes:
    """The answer; nothing if it is too long to be one of ours."""
    octets = bytearray()
    async for piece in content.iter_chunked(8 << 10):
        octets += piece
        if len(octets) > ANSWER_LIMIT:
            return b""
    return bytes(octets)


def _refusal(answer: "aiohttp.ClientResponse", clock: Clock) -> HandlerError:
    reason = f"answered {answer.status} {answer.reason or ''}".rstrip()
    if location := answer.headers.get("Location"):
        reason += f", to go to {location[:200]}: redirects are not followed"
    wish = retry_after(answer.headers.get("Retry-After"), clock.wall() / 1000)
    return HandlerError(reason, retry_after=wish)


def retry_after(header: str | None, now: float) -> float | None:
    """Seconds until the time that the header asks for; ``now`` in Unix seconds. RFC 9110 §10.2.3."""
    if header is None:
        return None
    if header.strip().isdecimal():
        seconds = float(header[:12])
    else:
        try:
            at = parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now
    return min(max(seconds, 0.0), LONGEST_WISH)
