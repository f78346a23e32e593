"""The standing of a form: how many entries there are, and how its questions were answered."""

import sqlite3
from typing import Any

from gsmd.config import FormConfig
from gsmd.features.forms import table
from gsmd.features.forms.table import FREE, Entry, Form, Texts
from gsmd.protocol import forms as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.forms import Question, QuestionType
from gsmd.store.tables.messages import moment

_ANSWERS = 200
"""Different answers that a distribution shows."""

_BEST = 10
"""The greatest answer to a question of how likely somebody is to recommend us."""


def of_config(config: FormConfig, at: int) -> Form:
    """A form of the configuration."""
    texts = Texts(
        thanks=config.thanks,
        wrong=config.wrong,
        already=config.already,
        cancelled=config.cancelled,
    )
    lifetime = round(config.expires * 1000)
    return Form(
        config.name,
        config.asked,
        texts,
        config.attempts,
        lifetime,
        config.once,
        at,
        None,
        configured=True,
    )


def of_request(p: rows.FormParams, at: int) -> Form:
    """A form that somebody asked for; what it does not say is as in the configuration."""
    texts = Texts(thanks=p.thanks, wrong=p.wrong, already=p.already, cancelled=p.cancelled)
    questions = [rows.question_of(each) for each in p.questions]
    lifetime = round(1000 * (rows.LIFETIME if p.expires is None else p.expires))
    return Form(p.form, questions, texts, p.attempts, lifetime, p.once, at, None, configured=False)


def found(connection: sqlite3.Connection, name: str) -> Form:
    """Errors: `Refused` if there is no form of that name."""
    form = table.get(connection, name)
    if form is None:
        text = f"no form is called {name!r}"
        raise Refused(Code.NOT_FOUND, text, reason="no_such_form", field="form")
    return form


def state_of(form: Form) -> str:
    """``open`` or ``closed``."""
    return "open" if form.closed_at is None else "closed"


def summary(connection: sqlite3.Connection, form: Form) -> rows.FormSummary:
    """A form with the number of its entries."""
    return rows.FormSummary(form=form.name, state=state_of(form), counts=_counts(connection, form))


def status(connection: sqlite3.Connection, form: Form) -> rows.Form:
    """A form with how its questions were answered, in entries of any state."""
    figures = table.figures(connection, form.name)
    return rows.Form(
        form=form.name,
        state=state_of(form),
        counts=_counts(connection, form),
        questions=[
            _answered(connection, form, each, figures.get(each.name)) for each in form.questions
        ],
    )


def _counts(connection: sqlite3.Connection, form: Form) -> dict[str, int]:
    counted = table.counts(connection, form.name)
    return {str(state): counted.get(state, 0) for state in rows.EntryState}


def _answered(
    connection: sqlite3.Connection, form: Form, question: Question, figures: Any
) -> rows.Answered:
    answered, mean, promoters, detractors = figures or (0, None, 0, 0)
    is_number = question.type is QuestionType.NUMBER and answered > 0
    is_score = is_number and (question.min, question.max) == (0, _BEST)
    distribution = None
    if question.type not in FREE:
        distribution = table.distribution(connection, form.name, question.name, _ANSWERS)
        if question.type is QuestionType.CHOICE:
            distribution = {each.name: 0 for each in question.options} | distribution
    return rows.Answered(
        name=question.name,
        ask=question.ask,
        type=question.type,
        answered=answered,
        distribution=distribution,
        mean=round(mean, 4) if is_number and mean is not None else None,
        nps=round(100 * (promoters - detractors) / answered, 1) if is_score else None,
    )


def shown(entry: Entry) -> rows.Entry:
    """An entry as the protocol has it."""
    return rows.Entry(
        id=entry.id,
        form=entry.form,
        peer=entry.peer,
        state=rows.EntryState(entry.state),
        started_at=moment(entry.started_at),
        finished_at=moment(entry.finished_at),
        answers=entry.answers,
        fields=entry.fields,
        modem=entry.modem,
    )
