"""One subscriber, many spellings: whatever the network makes of a number, it is one person."""

from pathlib import Path

import pytest

from gsmd.config import (
    Config,
    HandlerConfig,
    Keyword,
    KeywordsConfig,
    MatchRule,
    OutboundConfig,
    PollConfig,
)
from gsmd.config.twoway import PollOption
from gsmd.features.polls import table
from gsmd.features.polls.table import Vote
from gsmd.handlers.socket import SocketSettings
from gsmd.protocol import lists, people, polls
from gsmd.protocol.lists import MembersParams
from gsmd.protocol.message import Reply, State
from gsmd.protocol.messages import MessageListParams
from gsmd.protocol.people import PersonMessagesParams, PersonParams
from gsmd.protocol.polls import OnePollParams
from gsmd.store.tables import messages
from tests.core.bench import PHONE, Bench, bench, deliver, status_report

FRENCH = OutboundConfig(country="FR")
NATIONAL = "0612345678"


@pytest.mark.parametrize("spelt", [NATIONAL, "612345678", "0033612345678", "33612345678", PHONE])
async def test_an_answer_belongs_to_the_question_however_the_network_spells_the_sender(
    tmp_path: Path, spelt: str
) -> None:
    handlers = (
        HandlerConfig(name="asks", settings=SocketSettings(), match=MatchRule(answers=True)),
        HandlerConfig(name="from", settings=SocketSettings(), match=MatchRule(from_=(PHONE,))),
    )
    async with bench(tmp_path, handlers=handlers, outbound=FRENCH) as it:
        asks, from_ = await it.worker("asks"), await it.worker("from")
        question = await it.send("Yes or no?", handler="asks")
        await it.reaches(question, State.SENT)
        it.modem.arrive(*deliver("yes", spelt, at=60))
        for worker in (asks, from_):
            (got,) = await worker.gets(1)
            assert (got.message.peer, got.message.in_reply_to) == (PHONE, question.id)


async def test_a_reply_goes_to_the_number_that_works_everywhere(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=FRENCH) as it:
        worker = await it.worker()
        worker.answer = lambda _delivery: Reply("thank you")
        it.modem.arrive(*deliver("hello", NATIONAL))
        (reply,) = await it.outbox()
        assert reply.peer == PHONE


async def test_without_a_configured_country_that_of_the_sim_counts(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.sim = "208011234567890"
        it.modem.arrive(*deliver("hello", NATIONAL))
        assert [message.peer for message in await it.inbox()] == [PHONE]


async def test_without_any_country_a_national_number_stays_as_it_is(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver("hello", NATIONAL))
        assert [message.peer for message in await it.inbox()] == [NATIONAL]


@pytest.mark.parametrize("peer", ["36111", "Bank", "0612"])
async def test_services_and_names_keep_their_spelling(tmp_path: Path, peer: str) -> None:
    async with bench(tmp_path, outbound=FRENCH) as it:
        it.modem.arrive(*deliver("hello", peer))
        assert [message.peer for message in await it.inbox()] == [peer]


async def test_a_number_that_may_be_a_service_is_who_we_wrote_to(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=OutboundConfig(country="DE")) as it:
        question = await it.send("?", to="+4982300123")
        await it.reaches(question, State.SENT)
        it.modem.arrive(*deliver("!", "82300123"), *deliver("?", "82300124"))
        known, unknown = await it.inbox(2)
        assert (known.peer, known.in_reply_to) == ("+4982300123", question.id)
        assert unknown.peer == "82300124"


async def test_what_was_sent_before_the_country_was_known_is_answered_all_the_same(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as it:
        question = await it.send("Yes or no?", to=NATIONAL)
        assert question.peer == NATIONAL
        await it.reaches(question, State.SENT)
        it.modem.arrive(*deliver("yes", PHONE, at=60))
        (answer,) = await it.inbox()
        assert (answer.peer, answer.in_reply_to) == (PHONE, question.id)


async def test_a_conversation_is_listed_under_each_of_its_spellings(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver("before", NATIONAL))
        await it.inbox()
        await change(it, outbound=FRENCH)
        it.modem.arrive(*deliver("after", NATIONAL, at=60))
        await it.inbox(2)
        for typed in (PHONE, NATIONAL, "\u202a+33 6 12 34 56 78\u202c"):
            page = await it.app.messages.list(MessageListParams(peer=typed))
            assert [message.text for message in page.messages] == ["after", "before"]
            found = await it.app.messages.list(MessageListParams(peer=typed, search="bef"))
            assert [message.text for message in found.messages] == ["before"]
        said = await it.ask(people.MESSAGES, PersonMessagesParams(peer=NATIONAL))
        assert len(said.messages) == 2
        assert (await it.ask(people.FORGET, PersonParams(peer=PHONE))).messages == 2


async def test_one_person_has_one_vote_however_the_first_one_was_spelt(tmp_path: Path) -> None:
    poll = PollConfig(name="song", options=(PollOption(name="Anna"), PollOption(name="Ben")))
    async with bench(tmp_path, outbound=FRENCH, polls=(poll,)) as it:
        vote = Vote(NATIONAL, 0, 0, "before")
        await it.database.write(lambda c: table.cast(c, "song", vote, replace=True))
        it.modem.arrive(*deliver("Ben", NATIONAL))
        await it.reaches((await it.inbox())[0], State.HANDLED)
        assert (await it.ask(polls.GET, OnePollParams(poll="song"))).tally == [0, 1]


async def test_who_joined_under_another_spelling_is_on_the_list_once_and_can_leave(
    tmp_path: Path,
) -> None:
    table = (
        Keyword(word=("JOIN",), subscribe="news"),
        Keyword(word=("LEAVE",), unsubscribe="news"),
    )
    async with bench(tmp_path, keywords=KeywordsConfig(table=table)) as it:

        async def text(text: str, at: float) -> None:
            before = len((await it.app.messages.list(MessageListParams())).messages)
            it.modem.arrive(*deliver(text, NATIONAL, at=at))
            await it.reaches((await it.inbox(before + 1))[-1], State.HANDLED)

        async def members() -> list[str]:
            found = await it.ask(lists.GET, MembersParams(list="news"))
            return [member.peer for member in found.members]

        await text("join", 0)
        assert await members() == [NATIONAL]
        await change(it, outbound=FRENCH)
        await text("join", 60)
        assert await members() == [PHONE]
        await text("leave", 120)
        assert await members() == []


async def test_a_report_about_nothing_of_ours_names_the_subscriber(tmp_path: Path) -> None:
    async with bench(tmp_path, outbound=FRENCH) as it:
        it.modem.arrive(status_report(7, NATIONAL))
        await it.settled()
        await it.pass_time(600)
        (report,) = await it.inbox()
        assert report.peer == PHONE


async def test_peers_are_known_once_a_message_came_from_them(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        it.modem.arrive(*deliver("hello"))
        await it.inbox()
        known = await it.database.read(
            lambda c: [messages.is_known(c, peer) for peer in (PHONE, "+33600000000")]
        )
        assert known == [True, False]


async def change(it: Bench, **sections: object) -> None:
    """Go by another configuration."""
    given = {field: getattr(it.config, field) for field in Config.__struct_fields__}
    await it.app.reload(Config(**{**given, **sections}))
