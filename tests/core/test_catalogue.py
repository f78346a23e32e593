"""Which features there are, and the order in which they are asked."""

from pathlib import Path
from typing import Any

import pytest

from gsmd.config import HandlerConfig, Keyword, KeywordsConfig, PollConfig
from gsmd.config.twoway import PollOption
from gsmd.core.catalogue import build_features
from gsmd.features import PREFIX
from gsmd.features.forward.settings import ForwardSettings
from gsmd.protocol.method import Bound
from gsmd.protocol.methods import METHODS
from tests.core.bench import PHONE, bench, deliver
from tests.store.tables.records import message

BOSS = "+33600000099"

ORDER = (
    "Blocks",
    "SelfTest",
    "Guard",
    "Verify",
    "OptOut",
    "Forward",
    "Keywords",
    "Polls",
    "Lists",
    "Campaigns",
    "Desk",
    "Statistics",
    "Privacy",
)

EVERYTHING_AT_ONCE: dict[str, Any] = {
    "handlers": (HandlerConfig(name="boss", settings=ForwardSettings(forward=BOSS, answers=True)),),
    "keywords": KeywordsConfig(
        table=(Keyword(word=("STOP",), reply="?"), Keyword(word=("ANNA",), reply="Anna is here."))
    ),
    "polls": (
        PollConfig(
            name="song",
            options=(PollOption(name="Anna"), PollOption(name="Ben"), PollOption(name="Stop")),
        ),
    ),
}
"""Every word means something to several features."""


async def test_features_are_asked_in_this_order(tmp_path: Path) -> None:
    async with bench(tmp_path) as it:
        features = build_features(it.config, it.app._ledger, lambda: (), lambda _modem: None)
    assert tuple(type(feature).__name__ for feature in features) == ORDER


@pytest.mark.parametrize(
    ("text", "peer", "first"),
    [
        ("Stop", PHONE, "gsmd.optout"),
        ("Anna", PHONE, "gsmd.keywords"),
        ("Ben", PHONE, "gsmd.polls"),
        ("5678 Anna", BOSS, "boss"),
        ("Anna", BOSS, "gsmd.keywords"),
        ("hello", PHONE, None),
    ],
)
async def test_what_means_something_to_several_is_for_the_first(
    tmp_path: Path, text: str, peer: str, first: str | None
) -> None:
    async with bench(tmp_path, **EVERYTHING_AT_ONCE) as it:
        it.modem.arrive(*deliver("a question", peer="+33612345678"))
        await it.until(lambda: it.told("message.handled"))
        inbound = message("x", text=text, peer=peer)
        claim = await it.app._ledger.write(lambda t: it.app._features.claim(t, inbound))
    assert (claim and claim.recipient) == first


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
