"""The log: fields in the journal, priorities, no floods, no numbers and texts without being asked."""

import array
import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextvars import copy_context
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gsmd.client import AsyncClient
from gsmd.config import LogConfig
from gsmd.daemon.message_log import discreet, log_messages, masked
from gsmd.process import logs
from gsmd.process.at_work import AT_WORK
from gsmd.process.journal import JournalHandler
from gsmd.process.repeat_filter import RepeatFilter
from gsmd.protocol.events import Event
from gsmd.store.ledger import EventBus
from tests.rig import rig
from tests.service.daemon import PATIENCE, running

PHONE = "+33612345678"


def parse(entry: bytes) -> dict[str, str]:
    """The fields of an entry in the journal's native format."""
    fields = {}
    while entry:
        line, _, rest = entry.partition(b"\n")
        name, has_value, value = line.partition(b"=")
        if has_value:
            entry = rest
        else:
            size = int.from_bytes(rest[:8], "little")
            value, entry = rest[8 : 8 + size], rest[8 + size + 1 :]
        fields[name.decode()] = value.decode()
    return fields


class Journal:
    """journald's end of the socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(PATIENCE)

    def entry(self) -> dict[str, str]:
        size = array.array("i").itemsize
        data, ancillary, *_ = self.socket.recvmsg(1 << 20, socket.CMSG_SPACE(size))
        for _, _, octets in ancillary:
            (fd,) = array.array("i", octets)
            with os.fdopen(fd, "rb") as file:
                file.seek(0)
                data = file.read()
        return parse(data)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal")
    yield journal
    journal.socket.close()


@pytest.fixture
def logger(journal: Journal) -> Iterator[logging.Logger]:
    logger = logging.getLogger("gsmd.test")
    handler = JournalHandler(journal.path)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield logger
    logger.removeHandler(handler)
    handler.close()


def test_an_entry_says_what_it_is_about(journal: Journal, logger: logging.Logger) -> None:
    logger.warning("modem %s: message %s waits for handler %s, %d s", "north", "01AB", "crm", 5)
    entry = journal.entry()
    assert entry["MESSAGE"] == "modem north: message 01AB waits for handler crm, 5 s"
    assert (entry["GSMD_MODEM"], entry["GSMD_MESSAGE"], entry["GSMD_HANDLER"]) == (
        "north",
        "01AB",
        "crm",
    )
    assert (entry["LOGGER"], entry["SYSLOG_IDENTIFIER"]) == ("gsmd.test", "gsmd")


def test_what_is_written_while_working_for_a_modem_is_about_it(
    journal: Journal, logger: logging.Logger
) -> None:
    def work() -> None:
        AT_WORK.set("north")
        logger.warning("slot %s %d will not be freed", "SM", 3)
        logger.warning("modem %s is another one", "south")

    copy_context().run(work)
    assert [journal.entry()["GSMD_MODEM"] for _ in range(2)] == ["north", "south"]


@pytest.mark.parametrize(
    ("level", "priority"), [(50, "2"), (40, "3"), (30, "4"), (20, "6"), (10, "7")]
)
def test_levels_become_priorities(
    journal: Journal, logger: logging.Logger, level: int, priority: str
) -> None:
    logger.log(level, "so it is")
    assert journal.entry()["PRIORITY"] == priority


def test_a_text_of_several_lines_stays_one_entry(journal: Journal, logger: logging.Logger) -> None:
    logger.info("one\nMESSAGE=forged\ntwo")
    assert journal.entry()["MESSAGE"] == "one\nMESSAGE=forged\ntwo"


def test_an_exception_is_in_its_entry(journal: Journal, logger: logging.Logger) -> None:
    try:
        int("so it went")
    except ValueError:
        logger.exception("it failed")
    assert "ValueError: invalid literal" in journal.entry()["MESSAGE"]


def test_what_is_too_long_for_a_datagram_comes_as_a_file(
    journal: Journal, logger: logging.Logger
) -> None:
    text = "long " * 200_000
    logger.info(text)
    assert journal.entry()["MESSAGE"] == text


def test_a_journal_that_does_not_keep_up_holds_nobody_up(
    journal: Journal, logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(5000):
        logger.info("line %d", number)
    assert journal.entry()["MESSAGE"] == "line 0"
    assert not capsys.readouterr().err


def test_lines_go_to_stderr_where_that_is_not_the_journal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "stderr").open("w") as file:
        monkeypatch.setattr(sys, "stderr", file)
        status = os.fstat(file.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino + 1}")
        root = logging.getLogger()
        former, level = tuple(root.handlers), root.level
        try:
            logs.configure(LogConfig())
            logging.getLogger("gsmd.test").warning("plain")
        finally:
            root.handlers[:] = former
            root.setLevel(level)
    assert "WARNING  plain" in (tmp_path / "stderr").read_text()


class Gate:
    """A flood gate with its own time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.passed: list[str] = []
        self._gate = RepeatFilter(lambda: self.now)

    def warn(self, message: str, *arguments: object) -> None:
        record = logging.LogRecord("gsmd", logging.WARNING, "", 0, message, arguments, None)
        if self._gate.filter(record):
            self.passed.append(record.getMessage())


def test_a_modem_that_is_gone_for_a_week_says_so_now_and_then() -> None:
    gate = Gate()
    for _ in range(7 * 24 * 60):
        gate.now += 60
        gate.warn("modem %s: no answer; in %.1f s: reopen", "north", gate.now)
    assert 30 < len(gate.passed) < 50
    assert gate.passed[-1].endswith("(and 359 times before)")


def test_different_lines_and_different_modems_do_not_silence_each_other() -> None:
    gate = Gate()
    for modem in ("north1", "north2", "north3"):
        for what in ("gone", "back"):
            for _ in range(3):
                gate.warn("modem %s: %s", modem, what)
    assert len(gate.passed) == 18


def test_every_line_about_a_message_passes() -> None:
    gate = Gate()
    for number in range(50):
        gate.warn("message %s failed", f"01AB{number}")
    assert len(gate.passed) == 50


def test_a_line_that_was_not_heard_for_long_is_new() -> None:
    gate = Gate()
    for _ in range(10):
        gate.warn("modem %s: gone", "north")
    gate.now += 13 * 3600
    for _ in range(3):
        gate.warn("modem %s: gone", "north")
    assert len(gate.passed) == 6


@pytest.mark.parametrize(
    ("peer", "shown"),
    [
        ("+33612345678", "+336…678"),
        ("+3361234", "…234"),
        ("12345", "12345"),
        ("BANK", "BANK"),
        ("0612345678", "0612…678"),
    ],
)
def test_numbers_are_masked(peer: str, shown: str) -> None:
    assert masked(peer) == shown


async def test_a_message_that_cannot_be_looked_up_is_told_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from gsmd.store.engine.errors import StoreError

    async def look(_: str) -> None:
        raise StoreError("gone")

    caplog.set_level(logging.INFO, "gsmd.messages")
    bus = EventBus()
    async with log_messages(bus, look, show_text=True):  # type: ignore[arg-type]  # it never returns
        bus.emit(Event("message.received", datetime.now(UTC), {"id": "01AB", "modem": "north"}))
    assert "message 01AB received (modem north)" in caplog.text


async def told_of_a_message(tmp_path: Path, *, show_text: bool) -> str:
    """What the log says of a message that comes in and one that goes out."""
    log = {"show_text": show_text}
    async with rig(tmp_path) as it, running(it, log=log) as (daemon, _):
        async with AsyncClient(it.socket) as client:
            await it.ready(client)
            it.network.phone(PHONE).send(it.sim.number, "the secret")
            await daemon.says("received")
            sent = await client.send(PHONE, "another secret")
            await daemon.says(f"message {sent.id} sent (modem north)")
        return daemon.log


async def test_the_log_tells_of_messages_without_numbers_and_texts(tmp_path: Path) -> None:
    log = await told_of_a_message(tmp_path, show_text=False)
    assert "peer +336…678" in log
    assert PHONE not in log
    assert "secret" not in log


async def test_the_log_tells_numbers_and_texts_if_it_is_asked_to(tmp_path: Path) -> None:
    log = await told_of_a_message(tmp_path, show_text=True)
    assert f"peer {PHONE}" in log
    assert "'the secret'" in log
    assert "'another secret'" in log


async def test_even_at_debug_the_log_has_no_numbers_texts_and_codes(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        keywords = {"default": "We will see."}
        quiet = {"guard": {"per_hour": 1}, "keywords": keywords, "log": {"level": "debug"}}
        async with running(it, None, **quiet) as (daemon, _), AsyncClient(it.socket) as client:
            phone = it.network.phone(PHONE)
            async with client.events("reply.refused", "optout.stop", "message.sent") as events:
                code = (await client.call("verify.expect"))["code"]
                await client.call("verify.start", to=PHONE)
                for text in ("my secret", "and another", f"it is {code}"):
                    phone.send(it.sim.number, text)
                types: set[str] = set()
                while types != {"reply.refused", "message.sent"}:
                    types.add((await events.receive(PATIENCE)).type)
                phone.send(it.sim.number, "STOP")  # what has not gone by then never goes
                while (await events.receive(PATIENCE)).type != "optout.stop":
                    pass
            (*_, given) = await phone.expect(1, PATIENCE)
            await daemon.stop()

    frame = next(iter(it.network.submitted)).tpdu.hex().upper()
    assert "hex digits" in daemon.log
    assert "refused" in daemon.log
    for secret in (
        PHONE[1:],
        "my secret",
        code,
        (given.text or "")[-7:-1],
        frame[4:24],
        frame[-12:],
    ):
        assert secret not in daemon.log


def test_a_number_is_masked_wherever_it_stands_in_an_event() -> None:
    fields = {"why": f"{PHONE} had 30 parts of answers in 24 h", "part": 1, "handler": "crm"}

    assert discreet(fields) == {
        "why": "+336…678 had 30 parts of answers in 24 h",
        "part": 1,
        "handler": "crm",
    }
