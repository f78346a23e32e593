"""Binds that flood, do not read, trickle or send nonsense, beside one that only wants its messages taken."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import msgspec
import pytest

from gsmd import smpp
from gsmd.smpp import CommandStatus, pdus
from tests.fuzz.smpp import candidate
from tests.gateways.smpp.scene import DESTINATION, PASSWORD, PATIENCE, SOURCE, Esme, Scene, scene
from tests.smpp.vectors import MALFORMED, VECTORS, octets

S = CommandStatus
BIND = smpp.encode(pdus.BindTransceiver(1, system_id=b"crm", password=PASSWORD))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path, binds=16) as found:
        yield found


async def bound(stage: Scene) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that is bound and can say anything."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    writer.write(BIND)
    async with asyncio.timeout(PATIENCE):
        length = int.from_bytes(await reader.readexactly(4))
        await reader.readexactly(length - 4)
    return reader, writer


async def close(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


async def good(esme: Esme, count: int = 20) -> None:
    """What a good bind asks for while others do not behave."""
    for number in range(count):
        answer = await esme.submit(b"good %d" % number)
        assert answer.status == S.ROK


async def test_who_floods_and_reads_nothing_is_read_no_more(stage: Scene) -> None:
    flooder = await bound(stage)
    submit = pdus.SubmitSm(
        source=SOURCE,
        destination=DESTINATION,
        schedule_delivery_time=b"000001000000000R",
        short_message=b"flood",
    )
    flood = b"".join(
        smpp.encode(msgspec.structs.replace(submit, sequence=number)) for number in range(1, 1000)
    )
    flooder[1].write(flood)
    async with stage.esme() as esme:
        await good(esme)
        binds = stage.gateway._service.binds  # type: ignore[union-attr] # it is at work
        assert all(bind.session.unanswered <= 100 for bind in binds)
        assert all(bind.session._splitter.waiting < 512 * 1024 for bind in binds)
    await close(flooder[1])


async def test_questions_without_end_that_nobody_reads_the_answers_of_hold_up_nobody(
    stage: Scene,
) -> None:
    flooder = await bound(stage)
    question = b"".join(smpp.encode(pdus.EnquireLink(number)) for number in range(1, 4000))
    for _ in range(20):
        flooder[1].write(question)
    async with stage.esme() as esme:
        await good(esme)
        binds = stage.gateway._service.binds  # type: ignore[union-attr] # it is at work
        assert all(bind._transport.get_write_buffer_size() < 1 << 20 for bind in binds)
    await close(flooder[1])


async def test_who_never_reads_is_closed_and_its_messages_and_its_place_are_for_others(
    stage: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.gateways.smpp.connection.UNREAD", 0.3)
    _, writer = await bound(stage)
    (bind,) = stage.gateway._service.binds  # type: ignore[union-attr] # it is at work
    kernel = bind._transport.get_extra_info("socket")
    kernel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    cast(asyncio.Transport, writer.transport).pause_reading()
    question = b"".join(smpp.encode(pdus.EnquireLink(number)) for number in range(1, 1000))
    async with asyncio.timeout(PATIENCE):
        with suppress(OSError):
            while not bind.gone:
                writer.write(question)
                await asyncio.wait({asyncio.ensure_future(bind.ended())}, timeout=0.02)
        await bind.ended()
    assert bind.account is not None
    assert bind.account.binds == []
    await close(writer)


async def test_slow_silent_and_half_open_binds_hold_up_nobody(stage: Scene) -> None:
    others = [await bound(stage) for _ in range(6)]
    for _, writer in others[:3]:
        writer.write(b"\0\0\0\x30\0\0\0\4")  # and no more of it

    async def trickle(writer: asyncio.StreamWriter) -> None:
        for octet in smpp.encode(pdus.SubmitSm(9, destination=DESTINATION, short_message=b"slow")):
            writer.write(bytes((octet,)))
            await asyncio.sleep(0.01)

    trickling = asyncio.create_task(trickle(others[3][1]))
    async with stage.esme() as esme:
        await good(esme)
    await trickling
    async with asyncio.timeout(PATIENCE):
        answer = smpp.decode(await others[3][0].read(65_536))
    assert isinstance(answer, pdus.SubmitSmResp)
    assert answer.status == S.ROK
    for _, writer in others:
        await close(writer)


@pytest.mark.parametrize("first", [b"", BIND], ids=["before the bind", "after it"])
async def test_mutants_end_connections_and_nothing_else(stage: Scene, first: bytes) -> None:
    rng = random.Random(7)
    corpus = [octets(row.written) for row in (*VECTORS, *MALFORMED)]

    async def say() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
        reading = asyncio.create_task(reader.read())
        try:
            writer.write(first)
            for _ in range(30):
                mutant = candidate(rng, corpus)
                cut = rng.randrange(len(mutant) + 1)
                writer.write(mutant[:cut])
                await asyncio.sleep(0)
                writer.write(mutant[cut:])
                await writer.drain()
        except OSError:
            pass
        finally:
            reading.cancel()
            await close(writer)

    async with stage.esme() as esme:
        talking = [asyncio.create_task(say()) for _ in range(10)]
        await good(esme, 10)
        await asyncio.gather(*talking)
        await good(esme, 10)
