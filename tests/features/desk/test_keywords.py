"""Keywords that ask for somebody at the desk, and the question that is asked once a conversation is closed."""

from pathlib import Path
from typing import Any

from gsmd.config import DeskConfig, DeskRow, FormConfig, Keyword, KeywordsConfig, QuestionConfig
from gsmd.protocol.forms import QuestionType
from tests.core.bench import Bench, bench
from tests.features.desk.scenes import ANNA, BEN, call, says

WORDS = KeywordsConfig(
    table=(
        Keyword(word=("HELPME",), desk=DeskRow(label="support", assignee="dora"), reply="Soon."),
        Keyword(word=("CALLME",), desk=DeskRow(label="calls")),
    )
)
ASKING: dict[str, Any] = {
    "desk": DeskConfig(ask_after_closing="satisfied"),
    "forms": (
        FormConfig(
            name="satisfied",
            questions=(
                QuestionConfig(name="ok", ask="Did {assignee|we} help?", type=QuestionType.YES_NO),
            ),
        ),
    ),
}


async def conversation(it: Bench, peer: str) -> Any:
    return await call(it, "conversations.get", peer=peer)


async def texts_to(it: Bench, peer: str) -> list[str]:
    page = await call(it, "messages.list", direction="outbound", peer=peer)
    return [each.text for each in reversed(page.messages)]


async def test_a_keyword_opens_a_conversation_and_gives_it_a_label_and_an_owner(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, keywords=WORDS) as it:
        await says(it, ANNA, "hello")
        await call(it, "conversations.set", peer=ANNA, state="closed")
        await says(it, ANNA, "helpme please")
        await it.until(lambda: it.told("message.handled"))
        found = await conversation(it, ANNA)
        answers = await texts_to(it, ANNA)

    assert (found.state, found.labels, found.assignee) == ("open", ["support"], "dora")
    assert answers == ["Soon."]


async def test_a_keyword_without_an_owner_takes_a_conversation_from_nobody(tmp_path: Path) -> None:
    async with bench(tmp_path, keywords=WORDS) as it:
        await says(it, BEN, "HELPME")
        await it.until(lambda: len(it.told("message.handled")) >= 1)
        await says(it, BEN, "CALLME")
        await it.until(lambda: len(it.told("message.handled")) >= 2)
        found = await conversation(it, BEN)

    assert (found.labels, found.assignee) == (["calls", "support"], "dora")


async def test_whose_conversation_is_closed_is_asked_how_it_was_and_it_stays_closed(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **ASKING) as it:
        await says(it, ANNA, "hello")
        await call(it, "conversations.set", peer=ANNA, assignee="dora")
        await call(it, "conversations.set", peer=ANNA, state="closed")
        asked = await texts_to(it, ANNA)
        await says(it, ANNA, "yes, thank you")
        await it.until(lambda: it.told("form.finished"))
        found = await conversation(it, ANNA)
        (entry,) = (await call(it, "forms.entries", form="satisfied")).entries

    assert asked == ["Did dora help?"]
    assert found.state == "closed"
    assert entry.answers == {"ok": True}
    assert entry.fields == {"assignee": "dora"}


async def test_who_opted_out_is_not_asked_and_the_conversation_is_closed_all_the_same(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path, **ASKING) as it:
        await says(it, ANNA, "hello")
        await call(it, "optout.add", peer=ANNA)
        closed = await call(it, "conversations.set", peer=ANNA, state="closed")
        told = [each.fields for each in it.told("conversation.not_asked")]
        asked = await texts_to(it, ANNA)

    assert closed.state == "closed"
    assert told == [{"peer": ANNA, "form": "satisfied", "reason": "opted_out"}]
    assert asked == []
