"""Keywords: what the table of the configuration says about a message, done."""

from collections.abc import Mapping, Sequence
from typing import Literal

from gsmd.config import Config, HandlerConfig, Keyword
from gsmd.features import PREFIX, Claim, Done, Effect, Feature, Host
from gsmd.features.keywords import table
from gsmd.features.keywords.misspelt import Misspelt
from gsmd.features.keywords.rules import overview
from gsmd.features.keywords.telling import told
from gsmd.handlers.program import ProgramSettings
from gsmd.protocol import keywords
from gsmd.protocol.answers import places_of
from gsmd.protocol.keywords import KeywordTable
from gsmd.protocol.message import Kind, Message, Reply
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.types import Nothing
from gsmd.store.ledger import Transaction
from gsmd.templates import fill
from gsmd.word_table import WordTable
from gsmd.words import keyword, word_and_rest

NAME = PREFIX + "keywords"

_FORMS = PREFIX + "forms"
"""Whoever takes answers takes what begins a form, too: so the two stay in order."""

Row = Keyword | Literal["help"]


class Keywords(Feature):
    """Answers what people text. Rows about lists, polls and the like are carried out by the feature they belong to.

    `misspelt` is a feature of its own, to be asked later: it claims what is only nearly a keyword.
    """

    def __init__(self, config: Config) -> None:
        self.misspelt = Misspelt(lambda text: self._claim_of(self._table.find(text), ", misspelt"))
        self.configure(config)

    def configure(self, config: Config) -> None:
        self._config = config.keywords
        rows: list[tuple[Sequence[str], Row]] = [(row.word, row) for row in self._config.table]
        rows.append((self._config.help, "help"))
        self._table: WordTable[Row] = WordTable(rows, misspelt=self._config.misspelt)

    def recipients(self) -> Mapping[str, Effect]:
        return {NAME: self._take}

    def handlers(self, config: Config) -> Sequence[HandlerConfig]:
        """A handler for every keyword that runs a program."""
        return tuple(
            HandlerConfig(name=_program(row), settings=ProgramSettings(run=row.run, reply=True))
            for row in config.keywords.table
            if row.run is not None
        )

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """A text that begins with a word of the table."""
        del transaction
        return self._claim_of(self._table.named(message.text or ""))

    def _claim_of(self, row: Row | None, how: str = "") -> Claim | None:
        if row is None:
            return None
        recipient, word = NAME, self._word(row)
        if row != "help" and row.run is not None:
            recipient = _program(row)
        elif row != "help" and row.form is not None:
            recipient = _FORMS
        return Claim(recipient, word, f"the keyword {word}{how}")

    def named(self, text: str) -> Keyword | Literal["help"] | None:
        """The row whose word a text begins with, as the word is spelt."""
        return self._table.named(text)

    def meant(self, text: str) -> Keyword | Literal["help"] | None:
        """The same, or the row whose word is misspelt in it."""
        return self._table.find(text)

    def published(
        self,
        transaction: Transaction,
        host: Host,
        seq: int,
        message: Message,
        claim: Claim | None,
        *,
        ignored: bool,
    ) -> None:
        """The message remembers which keyword it began with, for statistics, whoever gets it."""
        del host, ignored
        word = claim.keyword if claim is not None else None
        word = word or self._word_of(message, guess=claim is None)
        if word is not None:
            table.set_keyword(transaction.connection, seq, word)

    def methods(self, host: Host) -> tuple[Bound, ...]:
        del host

        async def listed(_: Context, __: Nothing) -> KeywordTable:
            return told(self._config)

        return (bind(keywords.LIST, listed),)

    def fallback(self, message: Message) -> str | None:
        """Texts that nobody took, where there is an answer for them."""
        if self._config.default is None or message.kind is not Kind.TEXT:
            return None
        return NAME

    def _take(self, transaction: Transaction, host: Host, seq: int, message: Message) -> None:
        """Do what the row says, and answer."""
        row = self._table.find(message.text or "")
        template = self._reply(transaction, host, row, message)
        if template is not None:
            text = fill(template, places_of(message))
            host.answer(transaction, seq, NAME, Reply(text))

    def _reply(
        self, transaction: Transaction, host: Host, row: Row | None, message: Message
    ) -> str | None:
        """Have the row carried out; returns the template of the answer, if there is to be one."""
        if row is None:
            return self._config.default
        if row == "help":
            return overview([(each.word[0], each.help) for each in self._config.table if each.help])
        rest = word_and_rest(message.text or "")[1]
        done = host.keyword(transaction, row, message, rest) or Done()
        return row.reply if done.reply is None else done.reply

    def _word_of(self, message: Message, *, guess: bool) -> str | None:
        if message.kind is not Kind.TEXT:
            return None
        row = (self.meant if guess else self.named)(message.text or "")
        return None if row is None else self._word(row)

    def _word(self, row: Row) -> str:
        """The word that stands for a row, whichever of its words was typed."""
        return (self._config.help[0] if row == "help" else row.word[0]).upper()


def _program(row: Keyword) -> str:
    return f"{PREFIX}keyword.{keyword(row.word[0])}"
