"""``gsmd fleet setup``: the engine is looked at, what is missing is made, what differs is changed; a second time nothing is.

An engine that is too old is refused, and one that says yes before it has written. A client is not told how a server writes, its monitoring
address is.
"""

import asyncio
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from gsmd.fleet import streams, subjects
from gsmd.fleet.link import EngineLink, EngineRefused

_NOT_FOUND = {10059, 10014}
_SLOW = 30.0


class Unsuitable(Exception):
    """The engine cannot be used as it is. The message says what helps."""


class Change(NamedTuple):
    """Something to be done at the engine. ``details`` are keys, what they are and what they shall be."""

    action: str  # create, change
    kind: str  # stream, consumer
    name: str
    wanted: Mapping[str, Any]
    details: Mapping[str, tuple[Any, Any]]


class Wishes(NamedTuple):
    """What the engine is to be, by the configuration."""

    replicas: int
    pools: Sequence[str]
    ack_wait: float
    require_sync: bool
    monitor: str | None


async def examine(link: EngineLink, wishes: Wishes) -> str | None:
    """Whether the engine will do; returns a warning, if there is one. Errors: `Unsuitable`, `EngineAway`."""
    version = link.version
    words = ".".join(map(str, version))
    if version < streams.FLOOR:
        floor = ".".join(map(str, streams.FLOOR))
        raise Unsuitable(
            f"the engine is NATS {words}: {floor} is the oldest that keeps what it has confirmed"
        )
    try:
        await link.api("INFO")
    except EngineRefused as error:
        raise Unsuitable(f"JetStream is not there: {error}") from error
    if wishes.require_sync:
        await _examine_sync(wishes.monitor)
    if version < streams.WANTED:
        return f"NATS {words} will do; {'.'.join(map(str, streams.WANTED))} or later is better"
    return None


async def _examine_sync(monitor: str | None) -> None:
    if monitor is None:
        raise Unsuitable(
            "nobody can know whether the engine writes before it confirms: set fleet.monitor to its"
            " monitoring address (http://…:8222), or fleet.require_sync to false"
        )
    try:
        told = await asyncio.to_thread(_fetch, f"{monitor.rstrip('/')}/varz")
        always = told["jetstream"]["config"].get("sync_always", False)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unsuitable(f"{monitor} does not tell how the engine writes: {error}") from error
    if not always:
        raise Unsuitable(
            "the engine confirms before it has written: set `sync_interval: always` in its section jetstream,"
            " on each server"
        )


def _fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- the configuration allows http and https only
        return msgspec.json.decode(answer.read())


async def plan(link: EngineLink, wishes: Wishes) -> list[Change]:
    """What is to be done. Errors: `Unsuitable` where it cannot be, `EngineAway`, `EngineRefused`."""
    found = []
    for name, wanted in streams.streams(wishes.replicas, link.version).items():
        told = await _info(link, f"STREAM.INFO.{name}")
        if change := _compare("stream", name, wanted, told):
            found.append(change)
    for name, wanted in streams.consumers(wishes.pools, wishes.ack_wait).items():
        told = await _info(link, f"CONSUMER.INFO.{subjects.OUT}.{name}")
        if change := _compare("consumer", name, wanted, told):
            found.append(change)
    return found


async def carry_out(link: EngineLink, changes: Sequence[Change]) -> None:
    """Do it. Errors: `EngineAway`, `EngineRefused`."""
    for change in changes:
        if change.kind == "stream":
            word = "CREATE" if change.action == "create" else "UPDATE"
            config = {"name": change.name, **change.wanted}
            await link.api(f"STREAM.{word}.{change.name}", config, patience=_SLOW)
        else:
            config = {"durable_name": change.name, **change.wanted}
            await link.api(
                f"CONSUMER.CREATE.{subjects.OUT}.{change.name}.{change.wanted['filter_subject']}",
                {"stream_name": subjects.OUT, "config": {"name": change.name, **config}},
                patience=_SLOW,
            )


def _compare(kind: str, name: str, wanted: Mapping[str, Any], told: Any) -> Change | None:
    if told is None:
        return Change("create", kind, name, wanted, {})
    present = told["config"]
    details = {
        key: (present.get(key), value)
        for key, value in wanted.items()
        if present.get(key) != value and not (not present.get(key) and not value)
    }
    if not details:
        return None
    for key in ("retention", "storage"):
        if key in details:
            raise Unsuitable(
                f"{kind} {name} has {key} {details[key][0]!r}, which cannot be changed: it is not ours, or has to go first"
            )
    return Change("change", kind, name, {**present, **wanted}, details)


async def _info(link: EngineLink, what: str) -> Any:
    try:
        return await link.api(what)
    except EngineRefused as error:
        if error.code in _NOT_FOUND:
            return None
        raise
