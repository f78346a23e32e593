"""A web hook: the message is posted as JSON, signed; a 2xx answer acknowledges."""

import asyncio
import hashlib
import hmac
import logging
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
import msgspec

from gsmd import __version__
from gsmd.clock import Clock, SystemClock
from gsmd.handlers import payload
from gsmd.handlers.base import Delivery, Handler, HandlerError
from gsmd.protocol.message import Reply

logger = logging.getLogger(__name__)

ANSWER_LIMIT = 64 << 10
"""Octets of an answer that are looked at."""
LONGEST_WISH = 86_400.0
"""Seconds that a ``Retry-After`` can put a message off for."""


class _Answer(msgspec.Struct):
    reply: str | None = None


class WebHook(Handler):
    """Posts each message to ``url``, at most ``concurrency`` at once, each for ``timeout`` seconds.

    Redirects are not followed: they could lead a message to anybody.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        secret_file: Path | None,
        timeout: float,
        concurrency: int,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self._url = url
        self._secret_file = secret_file
        self._timeout = timeout
        self._concurrency = concurrency
        self._clock = clock or SystemClock()
        self._running = 0
        self._session: aiohttp.ClientSession | None = None

    @property
    def capacity(self) -> int:
        return self._concurrency - self._running

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """The reply is in the answer, if the answer has one. Errors: `HandlerError`."""
        self._running += 1
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(payload.to_json(delivery))
        except TimeoutError:
            raise HandlerError(f"no answer within {self._timeout:g} s") from None
        except (aiohttp.ClientError, ValueError) as error:  # ValueError: a host that cannot be
            raise HandlerError(str(error) or type(error).__name__) from error
        finally:
            self._running -= 1

    async def _post(self, body: bytes) -> Reply | None:
        headers = {"Content-Type": "application/json", **await self._signature(body)}
        async with self._client().post(
            self._url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            if not 200 <= answer.status < 300:
                raise _refusal(answer, self._clock)
            return self._reply(await _beginning(answer.content))

    async def _signature(self, body: bytes) -> dict[str, str]:
        if self._secret_file is None:
            return {}
        try:
            # read each time, so that a new key needs no restart
            secret = (await asyncio.to_thread(self._secret_file.read_bytes)).strip()
        except OSError as error:
            raise HandlerError(f"{self._secret_file}: {error.strerror}") from error
        if not secret:
            raise HandlerError(f"{self._secret_file}: the key is empty")
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

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._concurrency),
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


async def _beginning(content: aiohttp.StreamReader) -> bytes:
    """The answer; nothing if it is too long to be one of ours."""
    octets = bytearray()
    async for piece in content.iter_chunked(8 << 10):
        octets += piece
        if len(octets) > ANSWER_LIMIT:
            return b""
    return bytes(octets)


def _refusal(answer: aiohttp.ClientResponse, clock: Clock) -> HandlerError:
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
