"""A web hook: the message is posted as JSON, signed; a 2xx answer acknowledges, 410 suspends."""

import asyncio
import logging
from abc import abstractmethod
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

import msgspec

from gsmd import __version__
from gsmd.clock import Clock, SystemClock
from gsmd.config.types import AbsolutePath, Url
from gsmd.handlers import payload, signing
from gsmd.handlers.base import Delivery, DeliveryMarks, HandlerError, HandlerSuspended
from gsmd.handlers.bounded import BoundedHandler, BoundedSettings
from gsmd.handlers.packages import require
from gsmd.protocol.message import Reply

if TYPE_CHECKING:
    import aiohttp  # when running, it is there only where a web hook is configured

logger = logging.getLogger(__name__)

ANSWER_LIMIT = 64 << 10
"""Octets of an answer that are looked at."""
GONE = 410
"""The status that says that there is nobody any more who wants messages. RFC 9110 §15.5.11."""
LONGEST_WISH = 86_400.0
"""Seconds that a ``Retry-After`` can put a message off for."""


class _Answer(msgspec.Struct):
    reply: str | None = None


class PostSettings(BoundedSettings, frozen=True, kw_only=True):
    """``post``: the address that messages are posted to.

    ``receipts``: whether it is told what becomes of all that goes in its name.
    """

    kind: ClassVar[str] = "post"

    post: Url
    receipts: bool = False

    @property
    def wants_receipts(self) -> bool | None:
        return self.receipts

    @property
    def address(self) -> str:
        return self.post


class WebHookSettings(PostSettings, frozen=True, kw_only=True):
    """``secret_file``: a file with the key that requests are signed with."""

    secret_file: AbsolutePath | None = None

    def __post_init__(self) -> None:
        require("aiohttp", "webhook", key="post")

    @property
    def secret_files(self) -> tuple[Path, ...]:
        return () if self.secret_file is None else (self.secret_file,)


P = TypeVar("P", bound=PostSettings)


class PostingHandler(BoundedHandler[P]):
    """Posts each message. Redirects are not followed: they could lead a message to anybody."""

    def __init__(
        self,
        name: str,
        settings: P,
        marks: DeliveryMarks | None = None,
        *,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name, settings, marks)
        self._clock = clock or SystemClock()
        self._session: aiohttp.ClientSession | None = None
        self._statuses: dict[int, int] = {}

    async def hand_over(self, delivery: Delivery) -> Reply | None:
        """The reply is in the answer, if the answer has one. Errors: `HandlerError`."""
        import aiohttp

        self._statuses.pop(id(delivery), None)
        try:
            async with asyncio.timeout(self.settings.timeout):
                return await self._post(delivery)
        except TimeoutError:
            raise HandlerError(f"no answer within {self.settings.timeout:g} s") from None
        except (aiohttp.ClientError, ValueError) as error:  # ValueError: a host that cannot be
            raise HandlerError(str(error) or type(error).__name__) from error

    async def _post(self, delivery: Delivery) -> Reply | None:
        body = payload.to_json(delivery)
        key = await self.key()
        signed = signing.headers(
            body, key, signing.hand_over_id(delivery), self._clock.wall() // 1000
        )
        async with self._client().post(
            self.settings.post,
            data=body,
            headers={"Content-Type": "application/json", **signed},
            allow_redirects=False,
        ) as answer:
            self._statuses[id(delivery)] = answer.status
            if not 200 <= answer.status < 300:
                raise _refusal(answer, self._clock)
            return self._reply(await _beginning(answer.content))

    def status_of(self, delivery: Delivery) -> int | None:
        return self._statuses.pop(id(delivery), None)

    @abstractmethod
    async def key(self) -> bytes | None:
        """The key that signs, None for none. Errors: `HandlerError`."""

    @abstractmethod
    def connector(self) -> "aiohttp.TCPConnector":
        """The maker of connections."""

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
                connector=self.connector(),
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


class WebHook(PostingHandler[WebHookSettings]):
    """A web hook of the configuration, which may lead anywhere."""

    async def key(self) -> bytes | None:
        """What stands in the file. Errors: `HandlerError`."""
        file = self.settings.secret_file
        if file is None:
            return None
        try:
            # read each time, so that a new key needs no restart
            return signing.key_of(await asyncio.to_thread(file.read_bytes))
        except OSError as error:
            raise HandlerError(f"{file}: {error.strerror}") from error
        except ValueError as error:
            raise HandlerError(f"{file}: {error}") from error

    def connector(self) -> "aiohttp.TCPConnector":
        import aiohttp

        return aiohttp.TCPConnector(limit=self.settings.concurrency)


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
    if answer.status == GONE:
        return HandlerSuspended(reason)
    wish = retry_after(answer.headers.get("Retry-After"), clock.wall() / 1000)
    return HandlerError(reason, retry_after=wish)


def retry_after(header: str | None, now: float) -> float | None:
    """Seconds until the time that the header asks for; ``now`` in Unix seconds. RFC 9110 §10.2.3."""
    from email.utils import parsedate_to_datetime  # rarely needed, and large

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
