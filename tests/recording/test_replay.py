"""Recordings, played to the real driver: what a modem said once is dealt with as it should be.

How a recording comes here is told in docs/contributing.md; ``make recordings`` makes those of
simulated modems anew.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gsmd import pdu
from gsmd.modem import SubmitRefused, UssdFailed
from gsmd.modem.quirks import profile_for
from gsmd.recording import read
from gsmd.simulator import PROFILES, Player
from gsmd.simulator.pty import Pty
from tests.modem.conftest import QUICK, Running, at_work
from tests.modem.quirks.test_families import FAMILY
from tests.recording.cases import CASES

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
PATIENT = msgspec.structs.replace(
    QUICK, prompt=2.0, ussd=5.0, ussd_more=1.0, ussd_release=1.0, ussd_empty=2.0
)


@asynccontextmanager
async def replayed(directory: Path, name: str, **config: Any) -> AsyncIterator[Running]:
    """The driver at work on a recording."""
    player = Player(read(RECORDINGS / f"{name}.rec"))
    async with (
        Pty(player, link=directory / "modem"),
        at_work(str(directory / "modem"), timeouts=PATIENT, **config) as run,
    ):
        yield run


async def send(run: Running) -> int:
    (part,) = pdu.compose("Hello from here", "+33612345678", status_report_request=True)
    return await run.modem.submit(pdu.Frame(None, part.encode()), commit=nothing)


async def nothing() -> None:
    """A commit that is done at once."""


def delivers(frames: list[str]) -> list[pdu.Deliver]:
    tpdus = [pdu.read_arrival(frame).tpdu for frame in frames]
    return [tpdu for tpdu in tpdus if isinstance(tpdu, pdu.Deliver)]


def test_there_is_a_recording_of_each_family_and_each_case() -> None:
    assert {*PROFILES, *CASES} <= {file.stem for file in RECORDINGS.glob("*.rec")}


@pytest.mark.parametrize("name", sorted(PROFILES))
async def test_a_day_of_each_family(tmp_path: Path, name: str) -> None:
    async with replayed(tmp_path, name) as run:
        await run.ready()
        status = run.modem.status()
        assert profile_for(status.manufacturer, status.model).family == FAMILY[name]
        await run.told.until(lambda: bool(run.told.arrivals or run.told.frames))
        if entries := await run.modem.sweep():
            await run.modem.delete(entries)
        texts = [
            each.user_data.text
            for each in delivers([*run.told.frames, *(entry.frame for entry in entries)])
        ]
        assert [len(text or "") for text in texts] == [len("Hello from the phone")]
        assert await send(run) == 1


async def test_a_list_of_commands_is_a_list_and_no_restart(tmp_path: Path) -> None:
    async with replayed(tmp_path, "list-of-commands") as run:
        await run.ready()
        reply = await run.modem.command("AT+CLAC")
        assert reply.lines == ("AT+CGMI", "AT+CLAC", "AT+CMGS")
        assert run.modem.counters.restarts == 0


async def test_a_restart_in_other_words_is_one(tmp_path: Path) -> None:
    async with replayed(tmp_path, "restart-word") as run:
        await run.told.until(lambda: run.modem.counters.restarts == 1)
        await run.ready()


async def test_the_number_of_an_error_counts_whatever_words_follow(tmp_path: Path) -> None:
    async with replayed(tmp_path, "number-and-words") as run:
        await run.ready()
        with pytest.raises(SubmitRefused) as refusal:
            await send(run)
        assert refusal.value.cms == 304


@pytest.mark.parametrize("name", ["three-storages", "no-counts", "no-room"])
async def test_storages_that_want_another_form_are_read(tmp_path: Path, name: str) -> None:
    async with replayed(tmp_path, name) as run:
        await run.ready()
        assert await run.modem.sweep() == []
        storage = run.modem.status().storage
        assert storage is not None
        assert storage.total > 0


@pytest.mark.parametrize(
    ("name", "sender", "text", "damaged"),
    [("national-sender", "061", "yes", False), ("cut-message", "+3361", "The number is", True)],
)
async def test_a_message_that_is_odd_keeps_what_can_be_read(
    tmp_path: Path, name: str, sender: str, text: str, damaged: bool
) -> None:
    async with replayed(tmp_path, name) as run:
        await run.ready()
        (entry,) = await run.modem.sweep()
        arrival = pdu.read_arrival(entry.frame)
        assert isinstance(arrival.tpdu, pdu.Deliver)
        assert str(arrival.tpdu.originator).startswith(sender)
        assert len(arrival.tpdu.user_data.text or "") >= len(text)
        assert (arrival.damage is not None) is damaged


@pytest.mark.parametrize("name", ["stuck-network", "stuck-sim"])
async def test_a_state_that_the_modem_does_not_leave_by_itself_is_left(
    tmp_path: Path, name: str
) -> None:
    async with replayed(tmp_path, name) as run:
        await run.ready()


async def test_messages_that_are_never_announced_are_noticed(tmp_path: Path) -> None:
    async with replayed(tmp_path, "no-notices") as run:
        await run.ready()
        found = []
        for _ in range(4):
            if entries := await run.modem.sweep():
                found += entries
                await run.modem.delete(entries)
        assert len(found) == 3
        assert not run.modem.announces


async def test_the_error_of_a_ussd_code_is_not_that_of_a_message(tmp_path: Path) -> None:
    async with replayed(tmp_path, "ussd-error-beside-message", submit_timeout=10.0) as run:
        await run.ready()
        asking = asyncio.create_task(run.modem.ussd("*100#"))
        await asyncio.sleep(0)  # it is first in the line for the modem
        assert await send(run) == 21
        with pytest.raises(UssdFailed):
            await asking


async def test_an_error_in_the_place_of_a_ussd_answer_ends_it_at_once(tmp_path: Path) -> None:
    async with replayed(tmp_path, "ussd-error-late") as run:
        await run.ready()
        with pytest.raises(UssdFailed, match="258"):
            await run.modem.ussd("*100#", 20)


async def test_a_slow_network_has_the_time_that_it_takes(tmp_path: Path) -> None:
    async with replayed(tmp_path, "slow-network", submit_timeout=10.0) as run:
        await run.ready()
        assert await send(run) == 17


async def test_a_caller_in_ucs2_has_a_number(tmp_path: Path) -> None:
    async with replayed(tmp_path, "ucs2-caller") as run:
        await run.told.until(lambda: bool(run.told.calls))
        (number,) = run.told.calls
        assert number is not None
        assert number.startswith("+3361")
        assert len(number) == 12


async def test_a_second_pin_keeps_nobody_from_sending(tmp_path: Path) -> None:
    async with replayed(tmp_path, "second-pin") as run:
        await run.ready()
        assert run.modem.can_send


async def test_a_modem_that_never_prompts_sends_all_the_same(tmp_path: Path) -> None:
    async with replayed(tmp_path, "no-prompt") as run:
        await run.ready()
        assert await send(run) == 5


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("ussd-seven-bit", len("Баланс 5")),
        ("ussd-empty-first", len("Balance 5.00")),
        ("ussd-open-quote", len("Balance 50,04. More*5")),
        ("ussd-release-first", len("Balance 1.00")),
        ("ussd-two-halves", len("first half second half")),
    ],
)
async def test_a_ussd_answer_is_the_text_of_the_network(
    tmp_path: Path, name: str, length: int
) -> None:
    async with replayed(tmp_path, name) as run:
        await run.ready()
        reply = await run.modem.ussd("*100#")
        assert reply.text is not None
        assert reply.text.isprintable()
        assert len(reply.text) == length
