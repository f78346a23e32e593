"""The configuration of forms: questions that are asked one after the other."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gsmd.config.errors import Impossible
from gsmd.config.types import Name, Section, Text, Waiting, parsed
from gsmd.protocol.forms import (
    ALREADY,
    CANCELLED,
    LIFETIME,
    THANKS,
    WRONG,
    Condition,
    Question,
    QuestionType,
    mistakes,
)
from gsmd.protocol.polls import Option


def parse_options(value: Any) -> tuple[Option, ...]:
    """Options, as polls have them; a name alone will do. Errors: `Impossible`."""
    expected = "a list of options: names, or {name: …, word: […]}"
    if not isinstance(value, list | tuple):
        raise Impossible(expected)
    return tuple(_option(each, expected) for each in value)


def _option(value: Any, expected: str) -> Option:
    given = value if isinstance(value, dict) else {"name": value}
    name, words = given.get("name"), given.get("word", ())
    words = [words] if isinstance(words, str) else words
    if set(given) - {"name", "word"} or not isinstance(name, str) or not name:
        raise Impossible(expected)
    if not isinstance(words, list | tuple) or not all(isinstance(each, str) for each in words):
        raise Impossible(expected)
    return Option(name, tuple(words))


class QuestionConfig(Section, frozen=True, kw_only=True):
    """A question, and what fits as its answer. ``when``: what has to be true of earlier answers for it to be asked."""

    name: Name
    ask: Text
    type: QuestionType = QuestionType.TEXT
    optional: bool = False
    min: float | None = None
    max: float | None = None
    options: Annotated[tuple[Option, ...], parsed(parse_options)] = ()
    when: dict[Name, Condition] = msgspec.field(default_factory=dict)
    expected: Text | None = None


class FormConfig(Section, frozen=True, kw_only=True):
    """A form. ``attempts``: how often a question is asked again; ``expires``: seconds that an entry may be open."""

    name: Name
    questions: tuple[QuestionConfig, ...]
    thanks: Text | None = THANKS
    wrong: Text = WRONG
    already: Text | None = ALREADY
    cancelled: Text | None = CANCELLED
    attempts: Annotated[int, Meta(ge=0, le=100, description="a whole number, 0 to 100")] = 2
    expires: Waiting = LIFETIME
    once: bool = False

    def __post_init__(self) -> None:
        for key, expected in mistakes(self.asked):
            raise Impossible(expected, key=key)

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions as the protocol has them."""
        return tuple(Question(**msgspec.structs.asdict(each)) for each in self.questions)
