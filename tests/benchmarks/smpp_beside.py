"""How long a good bind waits for its answers, alone and beside binds that flood, trickle, are silent or never read."""

import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable
from typing import Any

from gsmd import smpp
from gsmd.smpp import pdus

BIND = smpp.encode(pdus.BindTransmitter(1, system_id=b"crm", password=b"secret"))
ENQUIRE = b"".join(smpp.encode(pdus.EnquireLink(number)) for number in range(1, 2000))
SAMPLES = 300


async def latencies(submit: Callable[[int], Awaitable[Any]], port: int) -> None:
    """Print the median and the 95th hundredth of submits one after the other, in milliseconds."""
    alone = await _timed(submit)
    _print("a good bind alone", alone)
    bad = multiprocessing.Process(target=_misbehave, args=(port,), daemon=True)
    bad.start()
    await asyncio.sleep(2)
    beside = await _timed(submit)
    _print("beside 12 bad binds and 20 without one", beside)
    bad.kill()
    for name, share in (("median", 0.5), ("95 %", 0.95)):
        print(f"{name}: {_at(beside, share) / _at(alone, share):.2f} times as long", flush=True)


def _misbehave(port: int) -> None:
    """All bad ones, in a process of their own."""

    async def all_of_them() -> None:
        kinds = [*(_silent, _half, _trickling, _deaf) * 3, *(_half_open,) * 20]
        await asyncio.gather(*(kind(port) for kind in kinds))

    asyncio.run(all_of_them())


async def _timed(submit: Callable[[int], Awaitable[Any]]) -> list[float]:
    found = []
    for number in range(SAMPLES):
        began = time.perf_counter()
        await submit(number)
        found.append(time.perf_counter() - began)
    return sorted(found)


def _at(found: list[float], share: float) -> float:
    return found[int(len(found) * share)]


def _print(what: str, found: list[float]) -> None:
    print(
        f"{what:42} median {1e3 * _at(found, 0.5):.1f} ms, 95 % {1e3 * _at(found, 0.95):.1f} ms",
        flush=True,
    )


async def _open(port: int, *, bind: bool = True) -> tuple[asyncio.StreamReader, Any]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    if bind:
        writer.write(BIND)
        length = int.from_bytes(await reader.readexactly(4))
        await reader.readexactly(length - 4)
    return reader, writer


async def _silent(port: int) -> None:
    _, writer = await _open(port)
    try:
        await asyncio.sleep(3600)
    finally:
        writer.transport.abort()


async def _half(port: int) -> None:
    """Half a PDU again and again, on connection after connection."""
    while True:
        _, writer = await _open(port)
        writer.write(b"\0\0\0\x30\0\0\0\4")
        await asyncio.sleep(0.2)
        writer.transport.abort()


async def _trickling(port: int) -> None:
    _, writer = await _open(port)
    pdu = smpp.encode(pdus.QuerySm(9, message_id=b"x"))
    try:
        while True:
            for octet in pdu:
                writer.write(bytes((octet,)))
                await asyncio.sleep(0.002)
    finally:
        writer.transport.abort()


async def _deaf(port: int) -> None:
    """Questions as fast as they go, and no answer is read."""
    _, writer = await _open(port)
    writer.transport.pause_reading()
    try:
        while True:
            writer.write(ENQUIRE)
            await writer.drain()
    finally:
        writer.transport.abort()


async def _half_open(port: int) -> None:
    _, writer = await _open(port, bind=False)
    try:
        await asyncio.sleep(3600)
    finally:
        writer.transport.abort()
