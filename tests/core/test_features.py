"""All features as one: who is asked, whose answer counts."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import msgspec
import pytest

from gsmd.config import Keyword
from gsmd.core.features import Features
from gsmd.features import Claim, Done, Feature, Host
from gsmd.protocol.message import Failure, Kind, Message, State
from gsmd.protocol.people import Person
from gsmd.store.ledger import Transaction
from tests.core.bench import bench, deliver
from tests.store.tables.records import message

TRANSACTION = cast("Transaction", None)
"""For features that touch none."""

HOST = cast("Host", None)
TEXT = message("x", text="hello")


class Opinion(Feature):
    """Says the same to everything: its name, or nothing."""

    def __init__(self, name: str, *, says: bool = True) -> None:
        self.name = name
        self.says = says
        self.seen: list[tuple[str | None, bool]] = []

    def intercept(self, transaction: Transaction, host: Host, message: Message) -> Message | None:
        return msgspec.structs.replace(message, text=self.name) if self.says else None

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        return Claim(self.name) if self.says else None

    def fallback(self, message: Message) -> str | None:
        return self.name if self.says else None

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
        self.seen.append((claim and claim.recipient, ignored))

    def may_send(self, transaction: Transaction, destination: str) -> Failure | None:
        return Failure(self.name, "no") if self.says else None

    def may_answer(self, transaction: Transaction, message: Message, text: str) -> Failure | None:
        return Failure(self.name, "no") if self.says else None

    def keyword(
        self, transaction: Transaction, host: Host, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        return Done(self.name) if self.says else None

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        return msgspec.structs.replace(person, lists=[*person.lists, self.name])

    def forget(self, transaction: Transaction, peer: str) -> int:
        return 1


class Deaf(Feature):
    """Wants to hear of nobody."""

    def ignores(self, message: Message) -> bool:
        return True


SECOND = Features([Opinion("first", says=False), Opinion("second"), Opinion("third")])
"""The first one that has something to say is the second one."""


def test_the_first_answer_counts() -> None:
    row = Keyword(word=("X",), reply="x")
    kept = SECOND.intercept(TRANSACTION, HOST, TEXT)
    answers = (
        kept and kept.text,
        SECOND.claim(TRANSACTION, TEXT),
        SECOND.fallback(TEXT),
        SECOND.may_send(TRANSACTION, "+1"),
        SECOND.may_answer(TRANSACTION, TEXT, "hi"),
        SECOND.keyword(TRANSACTION, HOST, row, TEXT, ""),
    )
    assert answers == (
        "second",
        Claim("second"),
        "second",
        Failure("second", "no"),
        Failure("second", "no"),
        Done("second"),
    )


def test_only_texts_are_claimed() -> None:
    for other in (
        message("x", kind=Kind.DATA, text=None, data="00"),
        message("x", kind=Kind.REPORT),
        message("x", text=""),
    ):
        assert SECOND.claim(TRANSACTION, other) is None


def test_everybody_adds_to_what_is_known_and_forgets_it() -> None:
    known = SECOND.about(cast("sqlite3.Connection", None), ["+1"], Person(peer="+1"))
    assert known.lists == ["first", "second", "third"]
    assert SECOND.forget(TRANSACTION, "+1") == 3


def test_a_feature_that_overrides_nothing_changes_nothing() -> None:
    plain, row, person = Features([Feature()]), Keyword(word=("X",), reply="x"), Person(peer="+1")
    assert not plain.ignores(TEXT)
    assert plain.intercept(TRANSACTION, HOST, TEXT) is None
    assert plain.claim(TRANSACTION, TEXT) is None
    assert plain.fallback(TEXT) is None
    assert plain.may_send(TRANSACTION, "+1") is None
    assert plain.may_answer(TRANSACTION, TEXT, "hi") is None
    assert not plain.hides("tag")
    assert plain.keyword(TRANSACTION, HOST, row, TEXT, "") is None
    assert plain.about(cast("sqlite3.Connection", None), ["+1"], person) == person
    assert plain.forget(TRANSACTION, "+1") == 0
    assert plain.methods(HOST) == ()


async def test_an_ignored_message_is_kept_and_nobody_but_features_hears_of_it(
    tmp_path: Path,
) -> None:
    witness = Opinion("witness")
    async with bench(tmp_path, build_features=lambda *_: (Deaf(), witness)) as it:
        worker = await it.worker()
        it.modem.arrive(*deliver("hello"))
        (kept,) = await it.inbox()
        await it.settled()
    assert (kept.text, worker.got, witness.seen) == ("hello", [], [(None, True)])


async def test_an_intercepted_message_is_handled_and_what_is_not_kept_of_it_is_nowhere(
    tmp_path: Path,
) -> None:
    witness = Opinion("secret")
    async with bench(tmp_path, build_features=lambda *_: (witness,)) as it:
        worker = await it.worker()
        it.modem.arrive(*deliver("hello"))
        (kept,) = await it.inbox()
        await it.settled()
    assert (kept.text, kept.state, worker.got, witness.seen) == ("secret", State.HANDLED, [], [])
    assert b"hello" not in it.path.read_bytes()


@pytest.mark.parametrize("hook", ["open", "prepare"])
async def test_a_feature_that_cannot_begin_keeps_gsmd_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no key")

    monkeypatch.setattr(Feature, hook, fail)
    with pytest.raises(OSError, match="no key"):
        async with bench(tmp_path, build_features=lambda *_: (Feature(),)):
            raise AssertionError
