"""Which features there are, and the order in which they are asked."""

from pathlib import Path
from typing import Any

from gsmd.config import (
    ContestConfig,
    FormConfig,
    GuardConfig,
    HandlerConfig,
    Keyword,
    KeywordsConfig,
    ListConfig,
    MatchRule,
    PollConfig,
    QuestionConfig,
)
from gsmd.config.twoway import PollOption
from gsmd.core.catalogue import build_features
from gsmd.features import PREFIX
from gsmd.features.forward.settings import ForwardSettings
from gsmd.handlers.socket import SocketSettings
from gsmd.protocol.message import State
from gsmd.protocol.method import Bound
from gsmd.protocol.methods import METHODS
from tests.core.bench import PHONE, Bench, bench, deliver
from tests.features.desk.scenes import call

BOSS = "+33600000099"
CUSTOMER = "+33699995678"
ASKED = "+33600000077"
BLOCKED = "+33600000066"
CODED = "+33600000056"
JOINING = "+33600000055"
JOINING_IN_A_FORM = "+33600000054"
IN_A_FORM_AFTER_JOINING = "+33600000053"
BEING_WRITTEN_TO = "+33600000052"
ASKED_BY_CRM_AFTER_JOINING = "+33600000051"

ORDER = (
    "Blocks",
    "SelfTest",
    "Guard",
    "Verify",
    "Leaving",
    "OptOut",
    "Forward",
    "Keywords",
    "JustAsked",
    "Forms",
    "Consents",
    "Misspelt",
    "Polls",
    "Contests",
    "Lists",
    "Campaigns",
    "Desk",
    "Statistics",
    "Privacy",
)

EVERYTHING_AT_ONCE: dict[str, Any] = {
    "handlers": (
        HandlerConfig(
            name="boss",
            match=MatchRule(from_=(CUSTOMER,)),
            settings=ForwardSettings(forward=BOSS, answers=True),
        ),
        HandlerConfig(
            name="friends", match=MatchRule(from_=("+33600000011",)), settings=SocketSettings()
        ),
        HandlerConfig(name="crm", match=MatchRule(keyword=("nothing",)), settings=SocketSettings()),
        HandlerConfig(name="rest", match=MatchRule(unclaimed=True), settings=SocketSettings()),
    ),
    "keywords": KeywordsConfig(
        table=(
            Keyword(word=("STOP",), reply="?"),
            Keyword(word=("ANNA",), reply="Anna is here."),
            Keyword(word=("SONG",), form="song"),
            Keyword(word=("WIN",), contest="summer"),
            Keyword(word=("JOIN",), subscribe="news"),
        )
    ),
    "forms": (
        FormConfig(name="song", questions=(QuestionConfig(name="song", ask="Which song?"),)),
    ),
    "contests": (ContestConfig(name="summer"),),
    "lists": (ListConfig(name="news", confirm="News? YES or NO"),),
    "guard": GuardConfig(block=(BLOCKED,)),
    "polls": (
        PollConfig(
            name="talent",
            options=(PollOption(name="Anna"), PollOption(name="Ben"), PollOption(name="Stop")),
        ),
    ),
}
"""Every word means something to several features."""


async def test_features_are_asked_in_this_order(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        features = build_features(it.config, it.app._ledger, lambda: (), lambda _modem: None)
    assert tuple(type(feature).__name__ for feature in features) == ORDER


PRECEDENCE = (
    ("Stop", BLOCKED, None, "a message of a blocked sender"),
    ("code 4711", CODED, None, "a code that is waited for"),
    ("Cancel", ASKED, "gsmd.forms", "CANCEL in the form song"),
    ("Cancel", PHONE, "gsmd.optout", "STOP"),
    ("Stop", PHONE, "gsmd.optout", "STOP"),
    ("Stop", ASKED, "gsmd.optout", "STOP"),
    ("5678 Anna", BOSS, "boss", "an answer to what boss sent on"),
    ("Anna", BOSS, "gsmd.keywords", "the keyword ANNA"),
    ("Anna", PHONE, "gsmd.keywords", "the keyword ANNA"),
    ("Anna", ASKED, "gsmd.keywords", "the keyword ANNA"),
    ("song Imagine", ASKED, "gsmd.forms", "the keyword SONG"),
    ("Sing", ASKED, "gsmd.forms", "an answer in the form song"),
    ("Ben", ASKED, "gsmd.forms", "an answer in the form song"),
    ("hello", ASKED, "gsmd.forms", "an answer in the form song"),
    ("win CDF HJK MNP", PHONE, "gsmd.keywords", "the keyword WIN"),
    ("win CDF HJK MNP", ASKED, "gsmd.keywords", "the keyword WIN"),
    ("Join", JOINING, "gsmd.keywords", "the keyword JOIN"),
    ("Yes", JOINING, "gsmd.consent", "a yes to the list news"),
    ("no", JOINING, "gsmd.consent", "a no to the list news"),
    ("Yes", JOINING_IN_A_FORM, "gsmd.consent", "a yes to the list news"),
    ("Ben", JOINING_IN_A_FORM, "gsmd.forms", "an answer in the form song"),
    ("Yes", IN_A_FORM_AFTER_JOINING, "gsmd.forms", "an answer in the form song"),
    ("Yes", ASKED_BY_CRM_AFTER_JOINING, "crm", "an answer to what crm sent"),
    ("Ben", JOINING, "gsmd.polls", "a vote in talent"),
    ("Sing", PHONE, "gsmd.forms", "the keyword SONG, misspelt"),
    ("Ben", PHONE, "gsmd.polls", "a vote in talent"),
    ("hello", BEING_WRITTEN_TO, "crm", "an answer to what crm sent"),
    ("hello", "+33600000011", "friends", "a message for whom match fits"),
    ("hello", PHONE, "rest", "what nobody else takes"),
)
"""What everything is taken for, in the order of docs/twoway.md: a text, its sender, the first who gets it, and why."""


async def everybody_has_been_asked(it: Bench) -> None:
    """Each of them what makes their text mean several things."""
    joining = (JOINING, IN_A_FORM_AFTER_JOINING, ASKED_BY_CRM_AFTER_JOINING)
    it.modem.arrive(*deliver("a question", peer=CUSTOMER))
    for peer in (ASKED, JOINING_IN_A_FORM):
        it.modem.arrive(*deliver("song", peer=peer))
    for peer in joining:
        it.modem.arrive(*deliver("join", peer=peer))
    await it.until(lambda: len(it.told("message.handled")) >= 6)
    it.modem.arrive(*deliver("join", peer=JOINING_IN_A_FORM))
    it.modem.arrive(*deliver("song", peer=IN_A_FORM_AFTER_JOINING))
    for peer in (BEING_WRITTEN_TO, ASKED_BY_CRM_AFTER_JOINING):
        await it.reaches(await it.send("Do you come?", to=peer, handler="crm"), State.SENT)
    await it.until(lambda: len(it.told("message.handled")) >= 8)
    await call(it, "verify.expect", **{"from": CODED, "any": True})


async def test_what_means_something_to_several_is_for_the_first(tmp_path: Path) -> None:
    async with bench(tmp_path, **EVERYTHING_AT_ONCE) as it:
        await everybody_has_been_asked(it)
        told = []
        for text, peer, _, _ in PRECEDENCE:
            asked = {"handler": "", "from": peer, "text": text}
            first, again = [await call(it, "handlers.test", **asked) for _ in range(2)]
            assert first == again  # nothing has come of it
            told.append((text, peer, next(iter(first.goes_to), None), first.taken_for))

    assert told == list(PRECEDENCE)


async def test_built_in_handlers_have_names_of_their_own(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        features = build_features(it.config, it.app._ledger, lambda: (), lambda _modem: None)
    names = [name for feature in features for name in feature.recipients()]
    assert len(set(names)) == len(names)
    assert all(name.startswith(PREFIX) for name in names)


async def test_every_method_is_carried_out_by_one(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        bound: list[Bound] = list(it.app.methods())
    names = [each.method.name for each in bound]
    assert len(set(names)) == len(names)
    assert set(names) <= METHODS.keys()
