"""Which features there are, and the order in which they are asked."""

from pathlib import Path
from typing import Any

import pytest

from gsmd.config import (
    FormConfig,
    GuardConfig,
    HandlerConfig,
    Keyword,
    KeywordsConfig,
    MatchRule,
    PollConfig,
    QuestionConfig,
)
from gsmd.config.twoway import PollOption
from gsmd.core.catalogue import build_features
from gsmd.features import PREFIX
from gsmd.features.forward.settings import ForwardSettings
from gsmd.handlers.socket import SocketSettings
from gsmd.protocol.method import Bound
from gsmd.protocol.methods import METHODS
from tests.core.bench import PHONE, bench, deliver
from tests.features.desk.scenes import call

BOSS = "+33600000099"
CUSTOMER = "+33699995678"
ASKED = "+33600000077"
BLOCKED = "+33600000066"

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
        HandlerConfig(name="rest", match=MatchRule(unclaimed=True), settings=SocketSettings()),
    ),
    "keywords": KeywordsConfig(
        table=(
            Keyword(word=("STOP",), reply="?"),
            Keyword(word=("ANNA",), reply="Anna is here."),
            Keyword(word=("SONG",), form="song"),
        )
    ),
    "forms": (
        FormConfig(name="song", questions=(QuestionConfig(name="song", ask="Which song?"),)),
    ),
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
    ("code 4711", PHONE, None, "a code that is waited for"),
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
    ("Sing", PHONE, "gsmd.forms", "the keyword SONG, misspelt"),
    ("Ben", PHONE, "gsmd.polls", "a vote in talent"),
    ("hello", "+33600000011", "friends", "a message for whom match fits"),
    ("hello", PHONE, "rest", "what nobody else takes"),
)
"""What everything is taken for, in the order of docs/twoway.md: a text, its sender, the first who gets it, and why."""


@pytest.mark.parametrize(("text", "peer", "first", "why"), PRECEDENCE)
async def test_what_means_something_to_several_is_for_the_first(
    tmp_path: Path, text: str, peer: str, first: str | None, why: str
) -> None:
    async with bench(tmp_path, **EVERYTHING_AT_ONCE) as it:
        it.modem.arrive(*deliver("a question", peer=CUSTOMER), *deliver("song", peer=ASKED))
        await it.until(lambda: len(it.told("message.handled")) >= 2)
        if why == "a code that is waited for":
            await call(it, "verify.expect", **{"from": PHONE, "any": True})
        asked = {"handler": "", "from": peer, "text": text}
        told = [await call(it, "handlers.test", **asked) for _ in range(2)]

    assert told[0] == told[1]  # nothing has come of it
    assert (next(iter(told[0].goes_to), None), told[0].taken_for) == (first, why)


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
