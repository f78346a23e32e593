"""MQTT 5 over a socket: the one file that knows gmqtt.

Theory of operation. gmqtt reads and writes packets, numbers them, and keeps the connection alive. What `Broker` has to
decide itself is taken from it: connecting again (``reconnect_retries``), sending again what was not acknowledged, the
window, PUBACKs both ways with their reason codes, and which packet a publication was. These are its private parts, of
version 0.8; `tests/gateways/mqtt/test_broker.py` holds them to what they have to do.
"""

import contextlib
import logging
import ssl
import struct
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from gmqtt import Client, Message, Subscription
from gmqtt.storage import PersistentStorage

SESSION = 30 * 86_400
"""Seconds that the broker is asked to keep our session while we are away."""

LARGEST = 256 * 1024
"""Octets of the largest packet that the broker may send us."""

WINDOW = 20
"""Publications that the broker may send before the first is acknowledged, and those of ours at once."""

_DUP = 0x08
_WITH_WILL = 0x04
_IDENTIFIERS = 65_535


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where the broker is, and what we are to it. ``keep_alive`` in seconds."""

    host: str
    port: int
    tls: "ssl.SSLContext | None" = None
    user: str | None = None
    password: str | None = None
    client_id: str
    keep_alive: int


class Publication(msgspec.Struct, eq=False):
    """Something published that we are subscribed to.

    ``identifier`` None: at QoS 0, it never comes again. ``connection`` numbers connections, upwards over restarts
    too; ``resumed``: the broker still had the session. ``lasts`` is how many seconds it is good for, None: for ever.
    ``seen``: the broker knows that we have acknowledged it. ``refused``: the reason code with which we do.
    """

    topic: str
    payload: bytes
    identifier: int | None = None
    duplicate: bool = False
    retained: bool = False
    lasts: int | None = None
    response_topic: str | None = None
    correlation: bytes | None = None
    connection: int = 0
    resumed: bool = False
    seen: bool = False
    refused: int = 0


class Heard(Protocol):
    """What the wire tells. Nothing of it may raise."""

    def let_in(self, *, resumed: bool) -> None:
        """There is a connection; ``resumed``: the broker still had the session."""

    def lost(self) -> None:
        """There is none any more."""

    def published(self, publication: Publication) -> None:
        """Something came."""

    def acknowledged(self, identifier: int, code: int) -> None:
        """The broker has taken something of ours, or refused (MQTT 5 §3.4.2.1)."""

    def granted(self, codes: Sequence[int]) -> None:
        """What became of the subscriptions, in their order."""


class Wire:
    """One client of the broker, over all its connections. ``will`` is where the broker says ``offline`` for us."""

    def __init__(self, address: Address, will: str, heard: Heard) -> None:
        self._address = address
        self._heard = heard
        self._store = _InFlight()
        quiet = logging.getLogger("gmqtt")
        quiet.setLevel(logging.CRITICAL)  # it logs what is published; our own lines say the rest
        self._client = Client(
            address.client_id,
            clean_session=False,
            optimistic_acknowledgement=False,
            will_message=Message(will, "offline", qos=1, retain=True),
            persistent_storage=self._store,
            logger=quiet,
            session_expiry_interval=SESSION,
            receive_maximum=WINDOW,
            maximum_packet_size=LARGEST,
        )
        self._client.set_config({"reconnect_retries": -2})  # never
        if address.user is not None:
            self._client.set_auth_credentials(address.user, address.password)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = lambda *_: heard.lost()
        self._client.on_subscribe = lambda _, __, codes, ___: heard.granted(codes)
        self._client.on_message = self._on_qos_0
        self._handler = self._client._package_handler
        self._handler._handle_qos_1_publish_packet = self._on_qos_1
        self._handler._handle_puback_packet = self._on_puback
        self._handler._resend_qos_callback = _nothing

    async def connect(self) -> None:
        """Open a connection; `Heard` says whether the broker lets us in. Errors: OSError, and what gmqtt calls refusals."""
        where = self._address
        await self._client.connect(
            where.host, where.port, ssl=where.tls or False, keepalive=where.keep_alive
        )

    @property
    def window(self) -> int:
        """How many publications the broker wants to have unacknowledged at once, at the most."""
        told = self._handler._connack_properties.get("receive_maximum")
        return max(1, min(WINDOW, told[0] if told else WINDOW))

    def subscribe(self, topics: Sequence[str]) -> None:
        """At QoS 1, and without what is retained."""
        self._client.subscriptions.clear()
        self._client.subscribe(
            [Subscription(each, qos=1, retain_handling_options=2) for each in topics]
        )

    def publish(self, topic: str, payload: bytes, *, qos: int, retain: bool, **more: Any) -> int:
        """Write it; returns the identifier of the packet, at QoS 0 none that means anything."""
        self._client.publish(Message(topic, payload, qos=qos, retain=retain, **more))
        return self._store.newest

    def acknowledge(self, identifier: int, code: int = 0) -> None:
        """Write that we have it, or with a reason from 0x80 on that nobody will (MQTT 5 §3.4.2.1)."""
        self._handler._send_puback(identifier, reason_code=code)

    def send_again(self) -> None:
        """What the broker has not acknowledged, marked DUP (MQTT 5 §4.4)."""
        for _, packet in self._store.get_all():
            again = bytes([packet[0] | _DUP]) + bytes(packet[1:])
            self._client._connection.send_package(again)

    def forget(self) -> None:
        """Nothing of ours is to be sent again."""
        self._store.clear()

    def abort(self) -> None:
        """End the connection, if there is one, without a word."""
        connection = self._client._connection
        if connection is not None:
            connection._keep_connection_callback.cancel()
            connection._transport.abort()

    async def goodbye(self, *, will: bool) -> None:
        """End the connection in good order: the broker keeps the session. ``will``: it speaks for us (MQTT 5 §3.14.2.1)."""
        with contextlib.suppress(Exception):
            await self._client.disconnect(reason_code=_WITH_WILL if will else 0)

    def _on_connect(self, _: Any, flags: int, *_told: Any) -> None:
        ids = self._handler.id_generator
        ids._max = _IDENTIFIERS  # `Broker` keeps the window
        ids._used_ids = {identifier for identifier, _ in self._store.get_all()}
        self._heard.let_in(resumed=bool(flags & 1))

    def _on_puback(self, _: int, packet: bytes) -> None:
        (identifier,) = struct.unpack("!H", packet[:2])
        self._handler.id_generator.free_id(identifier)
        self._store.remove_message_by_mid(identifier)
        self._heard.acknowledged(identifier, packet[2] if len(packet) > 2 else 0)

    def _on_qos_1(self, identifier: int, packet: bytes, topic: Any, told: dict[str, Any]) -> None:
        self._heard.published(_publication(topic, packet, identifier, told))

    def _on_qos_0(self, _: Any, topic: Any, packet: bytes, __: int, told: dict[str, Any]) -> None:
        self._heard.published(_publication(topic, packet, None, told))


class _InFlight(PersistentStorage):  # type: ignore[misc] # gmqtt ships no types
    """What the broker has not acknowledged. ``newest`` is the identifier of the last packet put there."""

    def __init__(self) -> None:
        super().__init__()
        self.newest = 0

    def push_message(self, mid: int, raw_package: bytes) -> None:
        super().push_message(mid, raw_package)
        self.newest = mid


def _publication(
    topic: Any, payload: bytes, identifier: int | None, told: dict[str, Any]
) -> Publication:
    def only(name: str) -> Any:
        values = told.get(name)
        return values[0] if values else None

    return Publication(
        topic if isinstance(topic, str) else "",
        bytes(payload),
        identifier,
        bool(told["dup"]),
        bool(told["retain"]),
        only("message_expiry_interval"),
        only("response_topic"),
        only("correlation_data"),
    )


async def _nothing() -> None:
    """In place of gmqtt's own sending again: `Broker` has done it before anything new."""
