"""``forms.*``: questions by SMS, one after the other, and what people answered."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.params import Impossible
from gsmd.protocol.polls import NewOption, Option
from gsmd.protocol.types import Limit, Moment, Name, Nothing, Params, Seconds, Timestamp

Value = str | bool | int | float
"""A typed answer: a text, the name of an option, a date ``YYYY-MM-DD``, a time ``HH:MM`` or a number in E.164; yes or no; a figure."""


class QuestionType(StrEnum):
    """The kind of answer that a question wants."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    TIME = "time"
    PHONE = "phone"


def _values(given: Any) -> Any:
    """One value, or several, as a file has them."""
    return tuple(given) if isinstance(given, list | tuple) else given


Values = Annotated[tuple[Value, ...] | Value | None, Meta(extra={"parse": _values})]


class Condition(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What has to be true of an earlier answer: all that is given. ``is`` and ``not``: one value, or any of several."""

    below: float | None = None
    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    is_: Values = msgspec.field(name="is", default=None)
    not_: Values = msgspec.field(name="not", default=None)
    answered: bool | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question. It is asked if all is true that ``when`` asks of earlier ones.

    ``expected``: what a wrong answer is told that it should be; None: said by the type.
    """

    name: str
    ask: str
    type: QuestionType = QuestionType.TEXT
    optional: bool = False
    min: float | None = None
    max: float | None = None
    options: tuple[Option, ...] = ()
    when: dict[str, Condition] = {}
    expected: str | None = None


class NewQuestion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question as asked for. Options are names, or ``{name, words?}``."""

    name: Name
    ask: Annotated[str, Meta(min_length=1, max_length=bounds.QUESTION)]
    type: QuestionType = QuestionType.TEXT
    optional: bool = False
    min: float | None = None
    max: float | None = None
    options: list[NewOption | str] = []
    when: dict[str, Condition] = {}
    expected: str | None = None


def question_of(new: NewQuestion) -> Question:
    """The question that was asked for."""
    options = tuple(
        Option(each) if isinstance(each, str) else Option(each.name, tuple(each.words))
        for each in new.options
    )
    return Question(**{**msgspec.structs.asdict(new), "options": options})


def mistakes(questions: Sequence[Question]) -> Iterator[tuple[str, str]]:
    """``(key, expected)`` of whatever makes no sense in questions that go together."""
    if not questions:
        yield "questions", "at least one"
    earlier: set[str] = set()
    for index, each in enumerate(questions):
        for key, expected in _mistakes(each, earlier):
            yield f"questions[{index}].{key}", expected
        earlier.add(each.name)


def _mistakes(question: Question, earlier: set[str]) -> Iterator[tuple[str, str]]:
    is_choice, is_number = (
        question.type is kind for kind in (QuestionType.CHOICE, QuestionType.NUMBER)
    )
    if question.name in earlier:
        yield "name", "a name that no other question has"
    if is_choice != bool(question.options) or len(question.options) == 1:
        yield "options", "at least two for a choice, none for anything else"
    if not is_number and (question.min is not None or question.max is not None):
        yield "min" if question.min is not None else "max", "a question of type number beside it"
    if question.min is not None and question.max is not None and question.max < question.min:
        yield "max", "min or more"
    for name in question.when:
        if name not in earlier:
            yield "when", f"the name of a question before it, not {name}"


THANKS = "Thank you!"
WRONG = "Please answer with {expected}."
ALREADY = "You have answered already. Thank you!"
CANCELLED = "All right, no more questions. To get no messages at all: STOP"
"""What people are told where a form has no texts of its own."""

LIFETIME = 86_400.0
"""Seconds that an entry may be open, where a form does not say."""


class FormParams(Params, frozen=True):
    """A form as asked for."""

    form: Name
    questions: list[NewQuestion]
    thanks: str | None = THANKS
    wrong: str = WRONG
    attempts: Annotated[int, Meta(ge=0, le=100)] = 2
    expires: Seconds | None = None
    once: bool = False
    already: str | None = ALREADY
    cancelled: str | None = CANCELLED

    def __post_init__(self) -> None:
        if self.expires is not None and self.expires <= 0:
            raise Impossible("expected a duration above 0", "expires")
        for key, expected in mistakes([question_of(each) for each in self.questions]):
            raise Impossible(f"expected {expected}", key)


class OneFormParams(Params, frozen=True):
    """A form, by its name."""

    form: str


class StartParams(Params, frozen=True):
    """Somebody who is to be asked. ``fields`` are filled into the texts; ``modem``: through which one.

    The same ``key`` is the same entry.
    """

    form: str
    to: str
    key: Annotated[str, Meta(min_length=1, max_length=bounds.NAME)] | None = None
    fields: dict[str, str] = msgspec.field(default_factory=dict)
    modem: str | None = None


class EntryState(StrEnum):
    """How far an entry is."""

    OPEN = "open"
    FINISHED = "finished"
    ABANDONED = "abandoned"  # not finished in time, or answered wrongly too often
    CANCELLED = "cancelled"


class EntriesParams(Params, frozen=True):
    """A page of a form's entries, oldest first. ``since``: begun from then on."""

    form: str
    state: EntryState | None = None
    since: Moment | None = None
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What one number answered. An answer is null for a question that was left out."""

    id: str
    form: str
    peer: str
    state: EntryState
    started_at: Timestamp
    finished_at: Timestamp | None = None
    answers: dict[str, Value | None]
    fields: dict[str, str] = {}
    modem: str | None = None


class Entries(msgspec.Struct, frozen=True):
    """A page of entries."""

    entries: list[Entry]
    next: str | None = None


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """How a question was answered. ``nps``: of a number from 0 to 10, the share of 9 and 10 less that of 0 to 6, in percent.

    ``distribution``: how often each answer was given, the most frequent ones; null for texts and phone numbers.
    """

    name: str
    ask: str
    type: QuestionType
    answered: int
    distribution: dict[str, int] | None = None
    mean: float | None = None
    nps: float | None = None


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form as it stands. ``counts``: entries by their state. ``state``: ``open`` or ``closed``."""

    form: str
    state: str
    counts: dict[str, int]
    questions: list[Answered]


class FormSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A form, and how many entries it has by state."""

    form: str
    state: str
    counts: dict[str, int]


class FormList(msgspec.Struct, frozen=True):
    """Every form, by name."""

    forms: list[FormSummary]


class DeletedForm(msgspec.Struct, frozen=True):
    """The form that is no more."""

    form: str


LIST = Method("forms.list", Nothing, FormList, READ, "Every form.", returns="forms")
GET = Method(
    "forms.get", OneFormParams, Form, READ, "One form, and how its questions were answered."
)
CREATE = Method(
    "forms.create",
    FormParams,
    Form,
    SEND,
    "A form; a question has `name`, `ask`, `type`, and what docs/configuration.md has besides.",
)
START = Method(
    "forms.start",
    StartParams,
    Entry,
    SEND,
    "Ask somebody the first question; the same `key` is the same entry.",
)
ENTRIES = Method(
    "forms.entries", EntriesParams, Entries, READ, "What people answered, oldest first.", big=True
)
CLOSE = Method(
    "forms.close", OneFormParams, Form, SEND, "No new entries; open ones may still be finished."
)
DELETE = Method(
    "forms.delete", OneFormParams, DeletedForm, SEND, "The form and its entries are no more."
)

METHODS = (LIST, GET, CREATE, START, ENTRIES, CLOSE, DELETE)
