"""One dialogue: begun, answered, finished, left or given up, each step part of a transaction.

**Theory of operation.** An entry is a row, and all that a dialogue knows: which answers there are, and how often the
question that is open was answered wrongly. The question itself is not written down; it is the first one that is not
answered and that the answers so far have asked (`rules.next_question`). A step is done in the transaction that settles
the delivery of the text, together with the next question, which is queued under a key that names the text: so an
answer counts once, and a question is asked once, whatever is killed when.

    begin ──► open ──answer──► open … ──► finished     the last question is answered: handlers get it in that commit
                │ └─ wrong, once too often ──► abandoned
                ├─ CANCEL ──► cancelled
                └─ its time is over, or another form is begun ──► abandoned
"""

from collections.abc import Mapping

import msgspec

from gsmd.features import Host
from gsmd.features.forms import rules, table
from gsmd.features.forms.reading import Answering
from gsmd.features.forms.table import Entry, Form, Json
from gsmd.protocol.forms import Value
from gsmd.protocol.message import FinishedForm, Message
from gsmd.store.identity import new_id
from gsmd.store.ledger import Transaction
from gsmd.templates import fill

ENDED = "This has ended."
"""The answer to the keyword of a form that is closed, or is no more."""


class Turn(msgspec.Struct, frozen=True):
    """A text that somebody sent (``seq``), and what to read it with."""

    transaction: Transaction
    host: Host
    seq: int
    message: Message
    answering: Answering

    def begin(self, form: Form, rest: str) -> str | None:
        """Begin an entry; ``rest`` is what follows the keyword. Returns what they are told."""
        transaction, message = self.transaction, self.message
        given: Json = {**rules.first_answers(form.questions, rest, self.answering.read)}
        entry = blank(transaction, form, message.peer, message.modem, self.seq)
        entry = table.add(transaction.connection, entry._replace(answers=given))
        tell(transaction, "form.started", entry)
        return self._go_on(form, entry)

    def again(self, form: Form, entry: Entry) -> str | None:
        """The question that is open, once more."""
        entry = entry._replace(modem=self.message.modem or entry.modem, last=self.seq)
        table.answer(self.transaction.connection, entry)
        return self._go_on(form, entry)

    def answer(self, form: Form, entry: Entry) -> str | None:
        """Take the text as an answer; returns what they are told."""
        question = rules.next_question(form.questions, entry.answers)
        entry = entry._replace(modem=self.message.modem or entry.modem, last=self.seq)
        if question is None:  # the form was changed meanwhile
            return self._go_on(form, entry)
        text = self.message.text or ""
        is_skipped = question.optional and rules.skips(text)
        value = None if is_skipped else self.answering.read(question, text)
        if value is None and not is_skipped:
            return self._wrong(form, entry, rules.expected(question))
        answers = {**entry.answers, question.name: value}
        return self._go_on(form, entry._replace(answers=answers, wrong=0))

    def cancel(self, form: Form, entry: Entry) -> str | None:
        """They want no more questions; returns what they are told."""
        end(self.transaction, entry, form, "cancelled")
        return form.texts.cancelled

    def _wrong(self, form: Form, entry: Entry, expected: str) -> str | None:
        entry = entry._replace(wrong=entry.wrong + 1)
        table.answer(self.transaction.connection, entry)
        if entry.wrong > form.attempts:
            end(self.transaction, entry, form, "abandoned")
            return None
        return fill(form.texts.wrong, {**values_of(entry), "expected": expected})

    def _go_on(self, form: Form, entry: Entry) -> str | None:
        """The next question; after the last one, the entry is finished, and those who wait for it get it."""
        connection = self.transaction.connection
        table.answer(connection, entry)
        question = rules.next_question(form.questions, entry.answers)
        if question is not None:
            return fill(question.ask, values_of(entry))
        table.end(connection, entry, "finished", self.transaction.wall)
        filled = FinishedForm(
            name=form.name, entry=entry.id, answers=entry.answers, fields=entry.fields
        )
        whole = msgspec.structs.replace(self.message, form=filled)
        handlers = self.host.hand_on(self.transaction, self.seq, whole)
        if entry.redacted:
            table.keep_only_figures(connection, entry, form.questions)
        tell(self.transaction, "form.finished", entry, queued_for=handlers or None)
        return None if form.texts.thanks is None else fill(form.texts.thanks, values_of(entry))


def blank(transaction: Transaction, form: Form, peer: str, modem: str | None, last: int) -> Entry:
    """An entry without answers; ``last`` is the message (``seq``) that it begins with."""
    return Entry(
        seq=0,
        id=new_id(),
        form=form.name,
        peer=peer,
        modem=modem,
        state="open",
        started_at=transaction.wall,
        finished_at=None,
        due_at=transaction.now + form.lifetime,
        wrong=0,
        answers={},
        fields={},
        key=None,
        last=last,
        redacted=False,
    )


def end(transaction: Transaction, entry: Entry, form: Form, state: str) -> None:
    """Bring an open entry to an end that is not its last answer."""
    table.end(transaction.connection, entry, state, transaction.wall)
    if entry.redacted:
        table.keep_only_figures(transaction.connection, entry, form.questions)
    tell(transaction, f"form.{state}", entry)


def tell(transaction: Transaction, type_: str, entry: Entry, **more: object) -> None:
    """An event of an entry."""
    transaction.record_event(type_, None, entry.id, form=entry.form, peer=entry.peer, **more)


def values_of(entry: Entry) -> Mapping[str, str]:
    """What is filled into the texts: answers so far, what it was started with, the number."""
    answers = {name: _said(value) for name, value in entry.answers.items() if value is not None}
    return {"peer": entry.peer, "form": entry.form, **entry.fields, **answers}


def _said(value: Value) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else f"{value}"
