"""The features of gsmd, and the order in which they are asked: the one place where they are named."""

from collections.abc import Callable, Sequence

from gsmd.config import Config
from gsmd.features import Feature
from gsmd.features.blocks.feature import Blocks
from gsmd.features.campaigns.feature import Campaigns
from gsmd.features.consent.feature import Consents
from gsmd.features.contests.feature import Contests
from gsmd.features.desk.feature import Desk
from gsmd.features.forms.feature import Forms
from gsmd.features.forward.feature import Forward
from gsmd.features.guard.feature import Guard
from gsmd.features.keywords.feature import Keywords
from gsmd.features.lists.feature import Lists
from gsmd.features.optout.feature import OptOut
from gsmd.features.polls.feature import Polls
from gsmd.features.privacy.feature import Privacy
from gsmd.features.selftest.feature import SelfTest
from gsmd.features.statistics.feature import Statistics
from gsmd.features.verify.feature import Verify
from gsmd.store.ledger import Ledger

BuildFeatures = Callable[
    [Config, Ledger, Callable[[], Sequence[str]], Callable[[str], str | None]], Sequence[Feature]
]
"""Builds features as `build_features` does."""


def build_features(
    config: Config,
    ledger: Ledger,
    own_numbers: Callable[[], Sequence[str]],
    number_of: Callable[[str], str | None],
) -> tuple[Feature, ...]:
    """Every feature. ``own_numbers`` are those of our SIMs, as far as they are known at the moment.

    ``number_of`` tells that of a modem.

    The order decides where several have an answer; among those without a remark it is of no matter.
    """
    lists = Lists(config, ledger)
    consents = Consents(config, ledger, lists, number_of)
    keywords = Keywords(config)
    forms = Forms(config, ledger, keywords)
    return (
        # a message's history says that it is blocked before what follows from that
        Blocks(config, ledger),
        # before all that look into texts: those of its own are for nobody
        SelfTest(config, ledger, own_numbers, number_of),
        Guard(config, own_numbers),
        Verify(config, ledger, own_numbers),
        # before STOP, which it means elsewhere: CANCEL ends the form that somebody is being asked
        forms.leaving,
        # before all others that claim texts: whoever says STOP is heard, whatever else it means
        OptOut(config, ledger),
        # before the keywords: an answer to somebody may begin with any word
        Forward(config, own_numbers),
        # before all that is guessed: a word of the table says what is meant
        keywords,
        # before the forms: a YES to the last thing that we asked is the answer to that
        consents.just_asked,
        # before misspelt keywords and bare votes: who is asked a question answers it
        forms,
        # behind the forms: a YES to an older question may be an answer to theirs
        consents,
        # before the polls: a bare vote may be many a word
        keywords.misspelt,
        Polls(ledger),
        Contests(config, ledger),
        lists,
        # behind the consents: once they have ended, offers are taken back
        Campaigns(config, ledger, lists, consents),
        Desk(config, ledger, forms.by_hand),
        Statistics(ledger),
        Privacy(config, ledger),
    )
