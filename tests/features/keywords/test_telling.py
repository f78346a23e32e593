"""The table of keywords as programs see it."""

from gsmd.config import Keyword, KeywordsConfig
from gsmd.config.twoway import DeskRow
from gsmd.features.keywords.telling import told


def test_every_row_tells_what_it_does_and_none_what_a_program_is_given() -> None:
    config = KeywordsConfig(
        table=(
            Keyword(word=("info", "infos"), reply="Open 9 to 18.", help="when"),
            Keyword(word=("balance",), run=("/usr/bin/balance", "--password", "secret")),
            Keyword(word=("join",), subscribe="news", reply="Welcome."),
            Keyword(word=("vote",), poll="lunch"),
            Keyword(word=("helpme",), desk=DeskRow(label="support"), reply="Soon."),
        ),
        help=("help",),
        default="Sorry?",
    )
    found = told(config)
    assert [(each.words[0], each.does, each.target) for each in found.keywords] == [
        ("info", "reply", None),
        ("balance", "run", "balance"),
        ("join", "subscribe", "news"),
        ("vote", "poll", "lunch"),
        ("helpme", "desk", "support"),
        ("help", "help", None),
    ]
    assert "secret" not in repr(found)
    assert found.default == "Sorry?"
