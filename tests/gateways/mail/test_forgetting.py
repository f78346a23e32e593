"""Whoever is forgotten by the daemon is forgotten here; what is old is let go."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from gsmd.gateways.database import connect
from gsmd.gateways.mail import tables
from gsmd.gateways.mail.tables import Conversation
from tests.gateways.mail.scene import OPS, PATIENCE, PHONE, Scene, mail, scene

OTHER = "+33612345999"


def kept(stage: Scene) -> set[str]:
    """The numbers in the gateway's file, wherever they stand."""
    path = stage.rig.directory / "mail/mail.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        everything = [
            str(value)
            for table in ("conversation", "submission", "outbox")
            for row in connection.execute(f"SELECT * FROM {table}")
            for value in row
        ]
    return {each for each in (PHONE, OTHER) if any(each[1:] in value for value in everything)}


async def until_forgotten(stage: Scene) -> None:
    async with asyncio.timeout(PATIENCE):
        while PHONE in kept(stage):
            await asyncio.sleep(0.02)


async def correspondence(stage: Scene) -> None:
    """Both ways with both, and a notice about one that the smarthost does not take."""
    stage.say("hello")
    await stage.smarthost.mail(1)
    stage.smarthost.answer = "450 not now"
    attached = mail("a picture", "news", "<1@example.org>")
    attached.add_attachment(b"x", "image", "png", filename="a.png")
    await stage.send(attached)
    await stage.send(mail("hello", "news", "<2@example.org>"), f"{OTHER}@sms.local")
    for message in await stage.outbox():
        await stage.client.wait(message.id, "delivered", timeout=PATIENCE)
    assert kept(stage) == {PHONE, OTHER}


async def test_whoever_is_forgotten_by_the_daemon_is_forgotten_by_the_gateway(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage:
        await correspondence(stage)
        await stage.client.people.forget(PHONE)
        await until_forgotten(stage)
        assert kept(stage) == {OTHER}


async def test_somebody_who_is_forgotten_while_the_gateway_is_off_is_forgotten_at_its_start(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage:
        await correspondence(stage)
        await stage.gateway.drain()
        await stage.client.people.forget(PHONE)
        async with stage.at_work():
            await until_forgotten(stage)
            assert kept(stage) == {OTHER}


async def test_a_sender_that_is_no_number_is_in_nobodys_way(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await correspondence(stage)
        with closing(sqlite3.connect(stage.rig.directory / "mail/mail.sqlite")) as connection:
            wanted = Conversation(
                token="a", handler="mail-1", party="", peer="A shop", modem=None, subject="x", at=0
            )
            tables.keep_conversation(connection, wanted)
            connection.commit()
        await stage.client.people.forget(PHONE)
        await until_forgotten(stage)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "mail.sqlite", tables.STEPS)) as found:
        yield found


def test_a_conversation_is_kept_from_its_last_mail_on(connection: sqlite3.Connection) -> None:
    for token, at in (("old", 10), ("new", 10)):
        wanted = Conversation(
            token=token, handler="mail-1", party=OPS, peer=PHONE, modem=None, subject="x", at=at
        )
        tables.keep_conversation(connection, wanted)
    tables.note_mail(connection, "new", "<1@example.org>", None, 30)
    tables.forget_old(connection, before=20)
    found = map(partial(tables.conversation, connection), ("old", "new"))
    assert [each is not None for each in found] == [False, True]


def test_a_file_of_before_gets_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "mail.sqlite"
    connect(path, tables.STEPS[:1]).close()
    with closing(connect(path, tables.STEPS)) as connection:
        assert connection.execute("SELECT count(*) FROM followed").fetchone() == (0,)
