"""Handlers inside gsmd: their effect and the settling of the delivery are one."""

from pathlib import Path

import pytest

from gsmd.config import HandlerConfig, Retry
from gsmd.core.effects import EffectHandler
from gsmd.features import Effect, Feature, Host
from gsmd.features.forward.settings import ForwardSettings
from gsmd.handlers.base import HandlerError
from gsmd.protocol.message import Message, State
from gsmd.store.ledger import Transaction
from tests.core.bench import Bench, bench, deliver
from tests.handlers.messages import delivery

INSIDE = HandlerConfig(
    name="inside",
    settings=ForwardSettings(forward="+33600000099"),
    retry=Retry(first=1, max=1, attempts=3),
)


class Log:
    """An effect that leaves an event; it fails as often as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)

    def __call__(self, transaction: Transaction, host: Host, seq: int, message: Message) -> None:
        transaction.record_event("test.effect", seq, message.id)
        if self.failures:
            raise self.failures.pop(0)


class Inside(Feature):
    """A feature with one kind of handler, whose effect is the log."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def effect_for(self, config: HandlerConfig) -> Effect | None:
        return self.log if config == INSIDE else None


@pytest.fixture
def log() -> Log:
    return Log()


async def arrive(it: Bench) -> None:
    it.modem.arrive(*deliver("hello"))
    await it.inbox(1)


async def test_an_effect_happens_once_and_the_message_is_handled(tmp_path: Path, log: Log) -> None:
    async with bench(tmp_path, handlers=(INSIDE,), build_features=lambda *_: (Inside(log),)) as it:
        await arrive(it)
        await it.inbox(1, state=State.HANDLED)
        await it.restart()
        await it.settled()

        assert len(it.told("test.effect")) == 1


@pytest.mark.parametrize("failure", [HandlerError("not now"), ZeroDivisionError("a defect")])
async def test_an_effect_that_fails_leaves_nothing_and_is_tried_again(
    tmp_path: Path, log: Log, failure: Exception
) -> None:
    log.failures = [failure]
    async with bench(tmp_path, handlers=(INSIDE,), build_features=lambda *_: (Inside(log),)) as it:
        await arrive(it)
        await it.until(lambda: it.told("delivery.failed"))
        assert not it.told("test.effect")

        await it.pass_time(2)
        await it.inbox(1, state=State.HANDLED)
        assert len(it.told("test.effect")) == 1


async def test_the_handler_of_an_effect_takes_messages_at_once_and_replies_nothing() -> None:
    handler = EffectHandler("inside")

    assert handler.capacity > 1
    assert await handler.deliver(delivery()) is None
