"""The connection with the engine: one, made again for ever, and the few words of JetStream that are needed.

Theory of operation. Everything is a request with an answer or none. No answer (`EngineAway`) means that nobody
knows: who wrote something has to look. nats-py connects again by itself; what it had not sent yet goes out then, perhaps long
after whoever asked has given up: every write here is such that this does no harm (a compare-and-set, an id that the
engine knows, a new thing at a place that may have one only once).

Reads are asked of the stream's leader (``STREAM.MSG.GET``), never of a copy that may be behind.
"""

import asyncio
import base64
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from gsmd.fleet.asking import Questions

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that an answer may take."""

_PING = 20
_WRONG_SEQUENCE = {10071, 10164}
_NO_MESSAGE = 10037
_STORE_FAILED = 10077
_ONE_ONLY = "per subject"
"""What the engine says, under the code of a store that failed, where there may be no second one."""

_BUSY = 503


class EngineAway(Exception):
    """No answer: what was asked may or may not have been done."""


class EngineRefused(Exception):
    """The engine says no: ``code`` is its own, of JetStream's API."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Stored(NamedTuple):
    """A message of a stream: where it stands, what it is, and when it came there (seconds since 1970)."""

    seq: int
    subject: str
    data: bytes
    at: str

    def read(self, type_: type[T]) -> T | None:
        """What it says; None if that is nothing, or nothing that anybody can read."""
        if not self.data:
            return None
        try:
            return msgspec.json.decode(self.data, type=type_)
        except msgspec.MsgspecError as error:
            log.warning("%s: %s", self.subject, error)
            return None


class EngineLink:
    """The engine at ``servers``, once `run` has connected. ``name`` is shown there; ``inbox`` begins the subjects of answers."""

    def __init__(
        self,
        servers: Sequence[str],
        *,
        credentials: Path | None = None,
        ca: Path | None = None,
        name: str = "gsmd",
        inbox: str = "_INBOX",
    ) -> None:
        self.why = "not connected yet"
        """The reason why it is away."""
        self._servers = [*servers]
        self._credentials = credentials
        self._ca = ca
        self._name = name
        self._inbox = inbox
        self._there = asyncio.Event()
        self._changed: list[Callable[[], None]] = []
        self._client = Client()
        self._questions = Questions(self._client)

    @property
    def present(self) -> bool:
        """Connected, as far as is known."""
        return self._there.is_set()

    @property
    def version(self) -> tuple[int, int, int]:
        """The version of the server that we are connected with."""
        version = self._client.connected_server_version
        return version.major, version.minor, version.patch

    def on_change(self, call: Callable[[], None]) -> None:
        """``call`` is called whenever the engine came or went."""
        self._changed.append(call)

    async def wait_present(self) -> None:
        """Wait until it is there."""
        await self._there.wait()

    async def connect(self) -> None:
        """Connect, however long that takes. Errors: `EngineRefused` for credentials that are not accepted."""
        more: dict[str, Any] = {}
        if self._credentials is not None:
            more.update(await asyncio.to_thread(_login, self._credentials))
        if any(server.startswith(("tls://", "wss://")) for server in self._servers):
            more["tls"] = await asyncio.to_thread(_tls, self._ca)
        await self._client.connect(
            self._servers,
            name=self._name,
            inbox_prefix=self._inbox,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            ping_interval=_PING,
            max_outstanding_pings=2,
            error_cb=self._failed,
            disconnected_cb=self._gone,
            reconnected_cb=self._came,
            closed_cb=self._gone,
            **more,
        )
        await self._came()

    async def close(self) -> None:
        """Let go of it."""
        self._there.clear()
        with contextlib.suppress(Exception):
            await self._client.close()

    # -- what is asked of it ----------------------------------------------------------------------

    async def request(
        self,
        subject: str,
        data: bytes = b"",
        headers: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> Msg:
        """An answer. Errors: `EngineAway`."""
        try:
            return await self._questions.ask(subject, data, headers, patience)
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise EngineAway(str(error) or type(error).__name__) from error

    async def api(self, what: str, body: object = None, patience: float = PATIENCE) -> Any:
        """A request of JetStream's API. Errors: `EngineAway`, `EngineRefused`."""
        data = b"" if body is None else msgspec.json.encode(body)
        answer = await self.request(f"$JS.API.{what}", data, patience=patience)
        return _checked(answer)

    async def store(
        self,
        subject: str,
        data: bytes,
        *,
        after: int | None = None,
        id_: str | None = None,
        ttl: str | None = None,
    ) -> int:
        """Put it into the stream that the subject belongs to; returns its number there.

        ``after``: only if the last one of the subject has that number (0: there is none). ``id_``: stored once within the stream's
        window. ``ttl``: how long it is kept, as ``72h``. Errors: `EngineAway`, `EngineRefused`.
        """
        headers = {}
        if after is not None:
            headers["Nats-Expected-Last-Subject-Sequence"] = str(after)
        if id_ is not None:
            headers["Nats-Msg-Id"] = id_
        if ttl is not None:
            headers["Nats-TTL"] = ttl
        told = _checked(await self.request(subject, data, headers))
        return int(told["seq"])

    async def put(
        self, subject: str, data: bytes, after: int, ttl: str | None = None
    ) -> int | None:
        """`store`, as a compare-and-set: None if another one came before, or if nobody knows."""
        try:
            return await self.store(subject, data, after=after, ttl=ttl)
        except EngineAway:
            return None
        except EngineRefused as error:
            if error.code in _WRONG_SEQUENCE:
                return None
            raise

    async def create(self, subject: str, data: bytes) -> bool:
        """Store what is the only one of its subject for ever; false if it was there. Errors: as `store`."""
        try:
            await self.store(subject, data, after=0)
        except EngineRefused as error:
            if error.code in _WRONG_SEQUENCE or error.code == _STORE_FAILED:
                return False
            raise
        return True

    async def last(self, stream: str, subject: str) -> Stored | None:
        """The last message of a subject. Errors: as `api`."""
        return await self._get(stream, {"last_by_subj": subject})

    async def next(self, stream: str, subject: str, seq: int) -> Stored | None:
        """The first message of a subject (a filter) from that number on. Errors: as `api`."""
        return await self._get(stream, {"seq": max(1, seq), "next_by_subj": subject})

    async def _get(self, stream: str, which: Mapping[str, Any]) -> Stored | None:
        try:
            told = (await self.api(f"STREAM.MSG.GET.{stream}", which))["message"]
        except EngineRefused as error:
            if error.code == _NO_MESSAGE:
                return None
            raise
        data = base64.b64decode(told.get("data", ""))
        return Stored(told["seq"], told["subject"], data, told["time"])

    async def subscribe(
        self, subject: str, hear: Callable[[Msg], Awaitable[None]] | None = None
    ) -> Subscription:
        """Hear what is published there from now on, over new connections too. Errors: `EngineAway`."""
        try:
            return await self._client.subscribe(subject, cb=hear)
        except (nats.errors.Error, OSError) as error:
            raise EngineAway(str(error)) from error

    async def publish(self, subject: str, data: bytes = b"", reply: str = "") -> None:
        """Say it, without an answer. Errors: `EngineAway`."""
        try:
            await self._client.publish(subject, data, reply=reply)
        except (nats.errors.Error, OSError) as error:
            raise EngineAway(str(error)) from error

    def new_inbox(self) -> str:
        """A subject for answers that is nobody else's."""
        return self._client.new_inbox()

    # -- it comes and goes --------------------------------------------------------------------------

    async def _came(self) -> None:
        log.info("the engine is there (version %s)", ".".join(map(str, self.version)))
        self.why = ""
        self._there.set()
        self._tell()

    async def _gone(self) -> None:
        if self.present:
            log.warning("the engine is away, waiting for it")
        self.why = self.why or "the connection ended"
        self._there.clear()
        self._tell()

    async def _failed(self, error: Exception) -> None:
        text = str(error) or type(error).__name__
        if text != self.why:
            log.warning("the engine: %s", text)
        if not self.present:
            self.why = text

    def _tell(self) -> None:
        for call in self._changed:
            call()


def _checked(answer: Msg) -> Any:
    """What it says. A 503 is no refusal: it has no leader now, or no room; nobody knows what became of it."""
    told = msgspec.json.decode(answer.data)
    if error := told.get("error"):
        code = int(error.get("err_code", error.get("code", 0)))
        why = error.get("description", "refused")
        if error.get("code") == _BUSY and not (code == _STORE_FAILED and _ONE_ONLY in why):
            raise EngineAway(why)
        raise EngineRefused(code, why)
    return told


def _login(path: Path) -> dict[str, Any]:
    """What nats-py needs for a file of credentials, or for an NKEY's seed."""
    if "BEGIN NATS USER JWT" in path.read_text(encoding="ascii", errors="replace"):
        return {"user_credentials": str(path)}
    return {"nkeys_seed": str(path)}


def _tls(ca: Path | None) -> Any:
    import ssl

    return ssl.create_default_context(cafile=None if ca is None else str(ca))
