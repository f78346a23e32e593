"""A file that messages are appended to."""

import asyncio
import errno
import json
import os
import stat
from pathlib import Path

import pytest

from gsmd.handlers.base import HandlerError
from gsmd.handlers.file import FileHandler, FileSettings, append
from gsmd.protocol.message import to_wire
from tests.handlers.messages import delivery, inbound
from tests.rig import rig


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "inbox.jsonl"


@pytest.fixture
def handler(path: Path) -> FileHandler:
    return FileHandler("archive", FileSettings(file=path))


def texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text().splitlines()]


async def test_each_message_is_a_line_in_the_shape_of_the_protocol(
    handler: FileHandler, path: Path
) -> None:
    assert await handler.deliver(delivery(text="first\nof two lines ✓")) is None
    assert await handler.deliver(delivery(text="second")) is None

    first, second = path.read_text().splitlines()
    assert json.loads(first) == to_wire(inbound(text="first\nof two lines ✓"))
    assert json.loads(second)["text"] == "second"


async def test_the_line_is_synced_before_the_message_is_acknowledged(
    handler: FileHandler, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())

    monkeypatch.setattr(os, "fsync", fsync)
    await handler.deliver(delivery())
    await handler.deliver(delivery())

    assert synced == [path, path.parent, path]


async def test_nobody_else_can_read_a_new_file(handler: FileHandler, path: Path) -> None:
    await handler.deliver(delivery())

    assert stat.S_IMODE(path.stat().st_mode) & 0o027 == 0


async def test_a_file_that_was_moved_away_is_begun_anew(handler: FileHandler, path: Path) -> None:
    await handler.deliver(delivery(text="old"))
    moved = path.rename(path.with_suffix(".1"))
    await handler.deliver(delivery(text="new"))

    assert (texts(moved), texts(path)) == (["old"], ["new"])


async def test_what_a_crash_has_cut_off_spoils_no_other_line(
    handler: FileHandler, path: Path
) -> None:
    path.write_text('{"text": "whole"}\n{"text": "cut o')
    await handler.deliver(delivery(text="next"))

    lines = path.read_text().splitlines()
    assert lines[1] == '{"text": "cut o'
    assert json.loads(lines[2])["text"] == "next"


async def test_what_a_full_disk_has_cut_off_is_taken_back(
    handler: FileHandler, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await handler.deliver(delivery(text="before"))
    write = os.write

    def fills(descriptor: int, octets: bytes) -> int:
        if len(octets) <= 10:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, octets[:-10])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fills)
        with pytest.raises(HandlerError, match=r"inbox\.jsonl: No space left on device"):
            await handler.deliver(delivery(text="too much"))
    assert texts(path) == ["before"]

    await handler.deliver(delivery(text="after"))
    assert texts(path) == ["before", "after"]


async def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    handler = FileHandler("archive", FileSettings(file=tmp_path / "none" / "inbox.jsonl"))

    with pytest.raises(HandlerError, match=r"none/inbox\.jsonl: No such file or directory"):
        await handler.deliver(delivery())
    assert handler.capacity == 1


async def test_it_takes_one_message_after_the_other(handler: FileHandler) -> None:
    assert handler.capacity == 1
    task = asyncio.create_task(handler.deliver(delivery()))
    await asyncio.sleep(0)
    assert handler.capacity == 0
    await task
    assert handler.capacity == 1


async def test_several_that_write_to_one_file_do_not_mix_their_lines(path: Path) -> None:
    lines = [f'{{"text": "{letter * 9000}"}}'.encode() for letter in "abcdefgh"]
    await asyncio.gather(*(asyncio.to_thread(append, path, line) for line in lines))

    assert sorted(path.read_bytes().splitlines()) == lines


async def test_what_comes_in_while_the_daemon_runs_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "inbox.jsonl"
    async with (
        rig(tmp_path) as it,
        it.running(handlers=[{"name": "archive", "file": str(path)}]) as client,
        client.events("message.handled") as events,
    ):
        it.network.phone("+33612345678").send(it.sim.number, "for the archive")
        await anext(aiter(events))

        assert texts(path) == ["for the archive"]
