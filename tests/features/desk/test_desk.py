"""The desk on the core alone: conversations listed, changed, noted on and read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.config import GuardConfig, OutboundConfig
from gsmd.features.desk import gathering
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import State
from tests.core.bench import bench
from tests.features.desk.scenes import ANNA, BEN, CARL, call, listed, says


async def test_conversations_are_listed_by_their_newest_message(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        for peer in (ANNA, BEN, CARL, ANNA):
            await says(it, peer, f"from {peer}")
        page = await call(it, "conversations.list")
        assert [each.peer for each in page.conversations] == [ANNA, CARL, BEN]
        newest = page.conversations[0].last_message
        assert (newest.peer, newest.text, newest.state) == (ANNA, f"from {ANNA}", State.RECEIVED)
        await it.send("yes?", BEN)
        page = await call(it, "conversations.list", limit=1)
        assert page.conversations[0].last_message.text == "yes?"
        assert await listed(it, limit=1) == [BEN, ANNA, CARL]


async def test_what_the_table_has_and_the_rest_are_one_listing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "REST", 3)
    monkeypatch.setattr(gathering, "_STEP", 2)
    async with bench(tmp_path) as it:
        for number in range(9):
            await says(it, f"+3361200{number:04}")
        await says(it, "+33612000003")
        for number in range(9, 12):
            await says(it, f"+3361200{number:04}")
            order = [f"+3361200{n:04}" for n in range(number, -1, -1) if n != 3]
            order.insert(number - 8, "+33612000003")
            for limit in (1, 2, 100):
                assert await listed(it, limit=limit) == order
        record = await call(it, "conversations.get", peer="+33612000003")
        assert (record.received, record.sent) == (2, 0)


async def test_a_message_of_theirs_opens_a_conversation_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, ANNA)
        for state in ("closed", "pending", "snoozed"):
            record = await call(it, "conversations.set", peer=ANNA, state=state)
            assert record.state == state
            assert await listed(it, state="open") == []
            assert await listed(it, state=state) == [ANNA]
            await it.send("still there?", ANNA)
            assert await listed(it, state=state) == [ANNA]
            id_ = await says(it, ANNA, f"after {state}")
            assert await listed(it, state="open") == [ANNA]
            told = it.told("conversation.updated")[-1].fields
            assert told == {
                "peer": ANNA,
                "state": "open",
                "before": state,
                "cause": "message",
                "message": id_,
            }


async def test_a_snooze_ends_by_itself_also_after_a_restart(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        for peer in (ANNA, BEN):
            await says(it, peer)
        until = datetime.fromtimestamp(it.clock.wall() / 1000, UTC) + timedelta(hours=2)
        record = await call(it, "conversations.set", peer=ANNA, snooze_until=until.isoformat())
        assert (record.state, record.snooze_until) == ("snoozed", until)
        await call(it, "conversations.set", peer=BEN, state="snoozed")
        await it.crash()
        it.clock.advance(3 * 3600)
        await it.start()
        await it.until(
            lambda: it.told("conversation.updated")[-1].fields.get("cause") == "snooze_over"
        )
        assert await listed(it, state="open") == [ANNA]
        assert await listed(it, state="snoozed") == [BEN]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state": "closed", "snooze_until": "2030-01-01T00:00:00Z"}, "snooze_until"),
        ({"snooze_until": "2020-01-01T00:00:00Z"}, "snooze_until"),
        ({"state": "asleep"}, "state"),
        ({"labels": ["a\nb"]}, "labels[0]"),
    ],
)
async def test_an_impossible_change_is_refused(
    tmp_path: Path, change: dict[str, Any], field: str
) -> None:
    async with bench(tmp_path) as it:
        await says(it, ANNA)
        with pytest.raises(Refused) as refusal:
            await call(it, "conversations.set", peer=ANNA, **change)
        assert (refusal.value.code, refusal.value.data["field"]) == (Code.INVALID, field)
        assert not it.told("conversation.updated")


async def test_who_deals_with_it_and_labels_are_kept_and_looked_for(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        for peer in (ANNA, BEN, CARL):
            await says(it, peer)
        await call(it, "conversations.set", peer=ANNA, assignee="emma", labels=["vip", "billing"])
        await call(it, "conversations.set", peer=BEN, labels=["billing"])
        assert await listed(it, assignee="emma") == [ANNA]
        assert await listed(it, assignee="") == [CARL, BEN]
        assert await listed(it, label="billing") == [BEN, ANNA]
        assert await listed(it, label="billing", assignee="emma", state="open") == [ANNA]
        assert it.told("conversation.updated")[0].fields == {
            "peer": ANNA,
            "assignee": "emma",
            "labels": ["billing", "vip"],
            "by": "dora",
        }
        await it.restart()
        record = await call(it, "conversations.set", peer=ANNA, assignee=None, labels=["vip"])
        assert (record.assignee, record.labels) == (None, ["vip"])
        await call(it, "conversations.set", peer=BEN, assignee="emma")
        record = await call(it, "conversations.set", peer=BEN, assignee="")
        assert (record.assignee, record.labels) == (None, ["billing"])
        assert it.told("conversation.updated")[-1].fields["assignee"] is None


async def test_nothing_changes_and_nothing_is_told_where_it_is_so_already(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, ANNA)
        await call(it, "conversations.set", peer=ANNA, state="open", labels=[])
        assert not it.told("conversation.updated")


async def test_each_person_has_a_place_of_their_own(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        first = await says(it, ANNA, "one")
        await says(it, ANNA, "two")
        await says(it, BEN)
        mark = await call(it, "conversations.read", peer=ANNA, by="emma", message=first)
        assert (mark.by, mark.message, mark.unread) == ("emma", first, 1)
        page = await call(it, "conversations.list", reader="emma")
        assert [(each.peer, each.unread) for each in page.conversations] == [(BEN, 1), (ANNA, 1)]
        await call(it, "conversations.read", peer=ANNA, by="emma")
        assert await listed(it, unread_by="emma") == [BEN]
        assert await listed(it, unread_by="finn") == [BEN, ANNA]
        await it.send("three", ANNA)
        assert await listed(it, unread_by="emma") == [BEN]
        await says(it, ANNA, "four")
        assert await listed(it, unread_by="emma") == [ANNA, BEN]
        mark = await call(it, "conversations.read", peer=ANNA, by="emma", message=first)
        assert mark.unread == 1  # nobody unreads what they have read
        assert (await call(it, "conversations.list")).conversations[0].unread is None


async def test_what_was_deleted_is_not_unread(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, ANNA, "one")
        await call(it, "conversations.list")
        await call(it, "conversations.set", peer=ANNA, labels=["vip"])
        it.clock.advance(100)
        await says(it, ANNA, "two")
        await it.pass_time(0)
        assert (await call(it, "store.purge", older_than="50s")).purged == 1
        (found,) = (await call(it, "conversations.list", reader="emma")).conversations
        assert found.unread == 1
        record = await call(it, "conversations.get", peer=ANNA)
        assert (record.received, record.labels) == (1, ["vip"])


async def test_a_conversation_goes_with_its_last_message(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, ANNA)
        await call(it, "conversations.note", peer=ANNA, text="likes tea")
        it.clock.advance(100)
        assert (await call(it, "store.purge", older_than="50s")).purged == 1
        assert await listed(it) == []
        with pytest.raises(Refused) as refusal:
            await call(it, "conversations.get", peer=ANNA)
        assert refusal.value.code == Code.NOT_FOUND
        await says(it, ANNA)
        assert (await call(it, "conversations.get", peer=ANNA)).notes == []


async def test_a_note_is_kept_once_for_each_key(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, ANNA)
        first = await call(it, "conversations.note", peer=ANNA, text="likes tea", key="a")
        await it.restart()
        again = await call(it, "conversations.note", peer=ANNA, text="likes tea", key="a")
        other = await call(it, "conversations.note", peer=ANNA, text="likes tea")
        assert again == first
        assert (first.by, first.text) == ("dora", "likes tea")
        assert (await call(it, "conversations.get", peer=ANNA)).notes == [first, other]
        told = [event.fields for event in it.told("conversation.note")]
        assert told == [
            {"peer": ANNA, "note": first.id, "by": "dora"},
            {"peer": ANNA, "note": other.id, "by": "dora"},
        ]


async def test_how_long_it_took_is_kept_when_it_is_closed(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        begin = datetime.fromtimestamp(it.clock.wall() / 1000, UTC)
        await says(it, ANNA)
        it.clock.advance(60)
        await it.send("yes", ANNA)
        it.clock.advance(60)
        await call(it, "conversations.set", peer=ANNA, state="closed", assignee="emma")
        it.clock.advance(60)
        await says(it, ANNA, "one more thing")
        record = await call(it, "conversations.get", peer=ANNA)
    now, before = record.closings
    assert (now.opened_at, now.first_response_at, now.closed_at) == (
        begin + timedelta(seconds=180),
        None,
        None,
    )
    assert (before.opened_at, before.first_response_at, before.closed_at, before.by) == (
        begin,
        begin + timedelta(seconds=60),
        begin + timedelta(seconds=120),
        "dora",
    )


async def test_one_subscriber_is_one_conversation_however_spelt(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=OutboundConfig(country="FR")) as it:
        await says(it, ANNA)
        await call(it, "conversations.note", peer="06 12 00 00 01", text="likes tea")
        await call(it, "conversations.read", peer="0033612000001", by="emma")
        record = await call(it, "conversations.get", peer="tel:+33 6 12 00 00 01")
        assert (record.peer, len(record.notes), len(record.reads)) == (ANNA, 1, 1)
        assert await listed(it) == [ANNA]


async def test_spellings_from_before_the_country_was_known_become_one(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, "0612000001", "before")
        await call(it, "conversations.note", peer="0612000001", text="likes tea")
        await says(it, ANNA, "later")
        assert await listed(it) == [ANNA, "0612000001"]
        french = OutboundConfig(country="FR")
        it.config = type(it.config)(state_dir=tmp_path, modems=it.config.modems, outbound=french)
        await it.restart()
        assert await listed(it) == [ANNA]
        record = await call(it, "conversations.get", peer=ANNA)
        assert (record.received, [note.text for note in record.notes]) == (2, ["likes tea"])


async def test_senders_whom_nobody_wants_to_hear_are_not_listed_and_open_nothing(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, guard=GuardConfig(block=(BEN,))) as it:
        await says(it, ANNA)
        await says(it, BEN)
        await call(it, "conversations.set", peer=BEN, state="closed")
        await says(it, BEN, "again")
        assert await listed(it) == [ANNA]
        assert (await call(it, "conversations.get", peer=BEN)).state == "closed"


async def test_nobody_is_nobodys_conversation(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        for method, more in {
            "get": {},
            "set": {"state": "closed"},
            "note": {"text": "hm"},
            "read": {"by": "emma"},
        }.items():
            with pytest.raises(Refused) as refusal:
                await call(it, f"conversations.{method}", peer=ANNA, **more)
            assert refusal.value.code == Code.NOT_FOUND
            assert refusal.value.data["reason"] == "no_such_conversation"


async def test_a_senders_name_has_a_conversation_too(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, "Vodafone")
        await call(it, "conversations.set", peer="Vodafone", state="closed")
        assert await listed(it, state="closed") == ["Vodafone"]


async def test_texts_and_names_are_searched(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, ANNA, "My order 4711_a is late")
        await says(it, ANNA, "Hello?")
        await says(it, BEN, "Order 4711ba, please")
        await says(it, "Vodafone", "Bonjour")
        assert await listed(it, search="ORDER") == [BEN, ANNA]
        assert await listed(it, search="4711_A") == [ANNA]
        assert await listed(it, search="daf") == ["Vodafone"]
        assert await listed(it, search="000001") == [ANNA]
        assert await listed(it, search="%") == []


async def test_forgetting_somebody_erases_all_of_it(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        await says(it, ANNA)
        await says(it, BEN)
        for peer in (ANNA, BEN):
            await call(it, "conversations.note", peer=peer, text="likes tea")
            await call(it, "conversations.read", peer=peer, by="emma")
            await call(it, "conversations.set", peer=peer, labels=["vip"], state="closed")
        person = await call(it, "people.get", peer=ANNA)
        assert [note.text for note in person.conversation.notes] == ["likes tea"]
        await call(it, "people.forget", peer=ANNA)
        assert await listed(it) == [BEN]
        assert (await call(it, "people.get", peer=ANNA)).conversation is None
        tables = ("", "_label", "_note", "_read", "_closing")
        left = await it.database.read(
            lambda c: [
                [peer for (peer,) in c.execute(f"SELECT peer FROM conversation{table}")]
                for table in tables
            ]
        )
        assert left == [[BEN]] * 5
