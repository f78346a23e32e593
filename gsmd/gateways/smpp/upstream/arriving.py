"""What an SMSC of others hands over: messages → `carriers.receive`, receipts → `carriers.report`. Answered when it is safe.

Theory of operation. A message is answered ROK once the daemon has it on its disk. A part of a long one is on the gateway's own
disk before that; the last part is answered when the daemon has the whole. While the daemon is away, an answer waits
a while for it, then it is ESME_RX_T_APPN: the SMSC hands it over again.

SMPP gives a deliver_sm no name, so a repetition cannot be told from a second message with the same text, but for one case:
what we have not answered comes again when there is a new connection. It keeps its key, and so is the same message. For an
hour: after that it is taken for one more, since somebody who writes "yes" today may write it again tomorrow.
"""

import asyncio
import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from gsmd.client import GsmdError, NoDaemon
from gsmd.client.errors import Invalid, TimedOut
from gsmd.config.smpp import SmppProvider
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.smpp.content import Piece, content_of, piece_of
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.upstream.arriving_parts import ArrivingParts
from gsmd.gateways.smpp.upstream.figures import Figures
from gsmd.gateways.smpp.upstream.provider_receipts import ProviderReceipts, receipt_of
from gsmd.smpp import CommandStatus, DefaultAlphabet, Pdu, SmppError, Tag, encode, pdus, tlv

log = logging.getLogger(__name__)

S = CommandStatus

_AWAY = 30.0
"""Seconds for which an answer waits for a daemon that is away."""

_REMEMBERED = 1000
_COMES_AGAIN = timedelta(hours=1)
"""The time within which what was not answered may come again."""

Arrived = pdus.DeliverSm | pdus.DataSm


class Arriving:
    """Takes what one provider hands over."""

    def __init__(
        self,
        settings: SmppProvider,
        database: Database,
        line: DaemonLine,
        watch: DaemonWatch,
        figures: Figures,
        now: Callable[[], datetime],
        settled: Callable[[float], Awaitable[None]],
        part_came: Callable[[], None],
    ) -> None:
        self._part_came = part_came
        self._name = settings.name
        self._alphabet = DefaultAlphabet(settings.alphabet)
        self._line = line
        self._watch = watch
        self._figures = figures
        self._now = now
        self._receipts = ProviderReceipts(settings.name, database, self._call, settled, now)
        self._parts = ArrivingParts(settings.name, database, now)
        self._left = _Left()

    async def take(self, pdu: Pdu, alive: Callable[[], bool]) -> S:
        """Put a deliver_sm or data_sm where it is safe; the status of its answer, if it can be answered: ``alive``."""
        assert isinstance(pdu, Arrived)
        digest = _digest(pdu)
        key = self._left.key_of(digest, self._now()) or secrets.token_hex(10)
        status = await self._taken(pdu, key)
        if status is not S.ROK or not alive():
            self._left.keep(digest, key, self._now())
        return status

    async def _taken(self, pdu: Arrived, key: str) -> S:
        try:
            return await self._take(pdu, key)
        except (NoDaemon, TimedOut) as error:
            log.warning("%s: what came in has to come again: %s", self._name, error)
        except Invalid as error:
            log.warning("%s: what came in cannot be kept: %s", self._name, error)
            return S.RX_P_APPN
        except GsmdError as error:
            log.warning("%s: what came in is not taken: %s", self._name, error)
        except SmppError as error:
            log.warning("%s: what came in cannot be read: %s", self._name, error)
            return error.status
        except Exception:
            log.exception("%s: a defect", self._name)
        return S.RX_T_APPN

    async def give_up_parts(self, began_before: int) -> None:
        """Hand over what is whole and was not taken, and what there is of long messages that began before then."""
        for id_, parts in await self._parts.whole():
            await self._receive(parts, id_)
            await self._parts.received(id_)
        for id_, late in await self._parts.late(began_before):
            log.warning("%s: parts of a long message are missing", self._name)
            places = sum(1 << sequence for sequence in late)
            await self._receive([*late.values()], f"{id_} incomplete {places:x}")
            await self._parts.discard(id_, late)

    async def _take(self, pdu: Arrived, key: str) -> S:
        piece = _piece(pdu)
        receipt = receipt_of(pdu, piece.octets)
        if receipt is not None:
            self._figures.receipts += 1
            return await self._receipts.report(receipt, pdu.source.number)
        joined = await self._parts.put(pdu, piece)
        if joined is None:
            await self._receive([pdu], key)
        elif joined.parts is not None and joined.message is None:
            await self._receive([*joined.parts], joined.id)
            await self._parts.received(joined.id)
        elif joined.parts is None and joined.message is None:
            self._part_came()
        return S.ROK

    async def _receive(self, parts: "list[Arrived]", key: str) -> None:
        first = parts[0]
        pieces = [_piece(part) for part in parts]
        params: dict[str, Any] = {
            "carrier": self._name,
            "key": f"{self._name} {key}",
            "from": first.source.number or "unknown",
            "to": first.destination.number or None,
            **_content(pieces, self._alphabet),
        }
        ports = _ports(first)
        if ports is not None:
            params.setdefault("ports", ports)
        told = await self._call(
            "carriers.receive", {name: value for name, value in params.items() if value is not None}
        )
        if not told["known"]:
            self._figures.received += 1

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        """Errors: `GsmdError`."""
        try:
            async with asyncio.timeout(_AWAY):
                await self._watch.wait_present()
        except TimeoutError:
            raise NoDaemon(self._watch.why, reason="away") from None
        return await self._line.call(method, params)


class _Left:
    """The keys of what was handed over and not answered, the latest `_REMEMBERED` of them."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, tuple[bytes, datetime]] = OrderedDict()

    def keep(self, digest: bytes, key: str, now: datetime) -> None:
        """That with this digest has had no answer."""
        self._keys[key] = digest, now
        while len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)

    def key_of(self, digest: bytes, now: datetime) -> str | None:
        """The key under which it was tried before, in the last hour; it is no more among those that wait."""
        while self._keys:
            oldest = next(iter(self._keys))
            if now - self._keys[oldest][1] < _COMES_AGAIN:
                break
            del self._keys[oldest]
        key = next((key for key, (kept, _) in self._keys.items() if kept == digest), None)
        if key is not None:
            del self._keys[key]
        return key


def _digest(pdu: Pdu) -> bytes:
    return hashlib.sha256(encode(pdu)[16:]).digest()


def _piece(pdu: Arrived) -> Piece:
    payload = tlv.find(pdu.tlvs, Tag.MESSAGE_PAYLOAD)
    octets = pdu.short_message if isinstance(pdu, pdus.DeliverSm) else b""
    return piece_of(octets or payload or b"", pdu.data_coding, pdu.esm_class)


def _content(pieces: list[Piece], alphabet: DefaultAlphabet) -> dict[str, Any]:
    """Text or data, and ports. A reserved data_coding is data; nothing at all is an empty text."""
    if not any(piece.octets for piece in pieces):
        return {"text": ""}
    try:
        found = content_of(pieces, alphabet)
    except SmppError:
        return {"data": b"".join(piece.octets for piece in pieces).hex()}
    return {name: value for name, value in found.items() if name in {"text", "data", "ports"}}


def _ports(pdu: Arrived) -> dict[str, int] | None:
    destination = tlv.integer(pdu.tlvs, Tag.DESTINATION_PORT)
    if destination is None:
        return None
    return {"destination": destination, "source": tlv.integer(pdu.tlvs, Tag.SOURCE_PORT) or 0}
