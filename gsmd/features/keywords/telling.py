"""The table of keywords as programs see it."""

from pathlib import PurePath

from gsmd.config import Keyword, KeywordsConfig
from gsmd.protocol.keywords import Does, KeywordRow, KeywordTable


def told(config: KeywordsConfig) -> KeywordTable:
    """The table as programs see it."""
    rows = [
        KeywordRow(
            words=list(each.word), does=does, target=target, reply=each.reply, help=each.help
        )
        for each in config.table
        for does, target in [_act(each)]
    ]
    if config.help:
        rows.append(KeywordRow(words=list(config.help), does=Does.HELP))
    return KeywordTable(keywords=rows, default=config.default, misspelt=config.misspelt)


def _act(row: Keyword) -> tuple[Does, str | None]:
    if row.run is not None:
        return Does.RUN, PurePath(row.run[0]).name  # what it is given may be secret
    if row.desk is not None:
        return Does.DESK, row.desk.label or row.desk.assignee
    for does in (Does.SUBSCRIBE, Does.UNSUBSCRIBE, Does.POLL, Does.FORM, Does.CONTEST):
        target: str | None = getattr(row, does)
        if target is not None:
            return does, target
    return Does.REPLY, None
