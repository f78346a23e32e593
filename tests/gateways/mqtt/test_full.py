"""While the daemon is away: so much is kept here, the rest is the broker's."""

from pathlib import Path

import pytest

from gsmd.gateways.mqtt import outbox
from tests.gateways.mqtt.fake_broker import FakeBroker
from tests.gateways.mqtt.scene import ANNA
from tests.gateways.mqtt.test_redelivery import reconnected, stage


def alarm(number: int) -> dict[str, str]:
    return {"to": ANNA, "text": f"alarm {number}"}


def ids(broker: FakeBroker) -> set[str]:
    return {each["id"] for each in broker.on("gsmd/sent") if "id" in each}


@pytest.mark.parametrize(("most", "characters"), [(2, 1 << 20), (1000, 250)])
async def test_what_there_is_no_room_for_stays_with_the_broker_until_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, characters: int
) -> None:
    monkeypatch.setattr(outbox, "MOST", most)
    monkeypatch.setattr(outbox, "MOST_CHARACTERS", characters)
    async with stage(tmp_path) as (it, broker):
        await it.daemon_stops()
        for number in (1, 2):
            await broker.push("gsmd/send", alarm(number), number, duplicate=False)
        for number in (3, 4):
            broker.hand_over("gsmd/send", alarm(number), number)
        broker.hand_over("gsmd/send", alarm(5))  # at QoS 0 nobody would keep it
        *_, refused = await broker.told("gsmd/sent", 3)
        assert refused["error"]["data"]["reason"] == "too_many_kept"
        assert broker.acknowledged == [1, 2]

        await reconnected(broker)
        for number in (3, 4):
            broker.hand_over("gsmd/send", alarm(number), number, duplicate=True)
        await it.daemon_starts()
        await broker.until(lambda: len(ids(broker)) == 4)
        assert broker.acknowledged == [1, 2, 3, 4]
        sent = [*reversed((await it.client.list(direction="outbound")).messages)]
        assert [each.text for each in sent] == [f"alarm {number}" for number in (1, 2, 3, 4)]
        assert {each.id for each in sent} == ids(broker)


async def test_what_is_not_carried_out_is_acknowledged_with_the_reason(tmp_path: Path) -> None:
    async with stage(tmp_path, may=["read"]) as (_, broker):
        await broker.push("gsmd/send", alarm(1), 1, duplicate=False)
        await broker.push("gsmd/send", b"no JSON", 2, duplicate=False)
        await broker.push("gsmd/send/nobody", b"x", 3, duplicate=False)
        await broker.push("gsmd/bridge/request/fly", b"", 4, duplicate=False)
        await broker.push("gsmd/bridge/request/modems.list", b"", 5, duplicate=False)
        assert broker.reasons == {1: 0x87, 2: 0x99, 3: 0x90, 4: 0x90, 5: 0}


async def test_every_answer_is_told_however_many_were_kept_while_the_broker_was_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "WINDOW", 2)
    async with stage(tmp_path) as (_, broker):
        broker.silent = True
        for number in range(1, 8):
            await broker.push("gsmd/send", alarm(number), number, duplicate=False)
        await broker.told("gsmd/sent", 2)
        broker.silent = False
        await reconnected(broker)
        await broker.until(lambda: len(ids(broker)) == 7)
