"""The core against a simple model: whatever happens in whatever order, the promise holds.

The model knows texts. What came in whole is published once and acknowledged once; what was accepted
goes out once, or says that it may be out twice, or says why it is not.
"""

import asyncio
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from gsmd.config import (
    Backoff,
    Config,
    HandlerConfig,
    InboundConfig,
    ModemConfig,
    OutboundConfig,
    Retry,
)
from gsmd.handlers.base import HandlerError, HandlerGone
from gsmd.handlers.socket import SocketSettings
from gsmd.modem import ModemUnavailable, SubmitUncertain
from gsmd.protocol.errors import Refused
from gsmd.protocol.message import Message, State
from gsmd.store.engine.errors import StoreFull
from tests.clocks import HandClock
from tests.core.bench import Bench, Worker, deliver
from tests.core.fake_modem import AnswerLost, refused
from tests.faults.judge import Sent, not_once, sent_in_silence

T = TypeVar("T")

PEERS = st.sampled_from(["+33611111111", "+33622222222", "+33633333333"])
RETRY = Backoff(first=1, max=8)
PATIENCE = 60.0
"""Seconds after which something that should happen is taken not to: only a test that fails uses them up."""


class Core(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.directory = tempfile.TemporaryDirectory(prefix="gsmd-model-")
        config = Config(
            state_dir=Path(self.directory.name),
            modems=tuple(ModemConfig(name=name, port="/dev/null") for name in ("north", "south")),
            inbound=InboundConfig(retention=None),
            outbound=OutboundConfig(retry=RETRY, attempts=1000),
            handlers=(
                HandlerConfig(
                    name="crm",
                    settings=SocketSettings(),
                    retry=Retry(first=1, max=8, attempts=1000),
                ),
            ),
        )
        self.it = Bench(Path(self.directory.name), config, HandClock())
        self.number = 0
        self.arrived: dict[str, tuple[str, set[int], int]] = {}
        self.frames: list[tuple[str, str]] = []
        self.peers: dict[str, str] = {}
        self.tried: list[
            str
        ] = []  # what is drawn from must not depend on who came first to a full disk
        self.sent: dict[str, Message] = {}
        self.acknowledged: list[tuple[str, str | None]] = []
        self.troubles: list[Exception] = []
        self.full = 0

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def name(self, kind: str, *, long: bool) -> str:
        self.number += 1
        return f"<{kind} {self.number}> " * (30 if long else 1)

    # the program on the other side of the socket

    async def _connect(self) -> None:
        self.worker = Worker(4)
        self.worker.answer = self._answer
        await self.it.app.handlers.subscribe("crm", self.worker)
        self.it.database._writer._on_commit = self._commit

    def _answer(self, delivered: Any) -> Exception | None:
        if self.troubles:
            return self.troubles.pop()
        self.acknowledged.append((delivered.message.peer, delivered.message.text))
        return None

    def _commit(self, moment: str) -> None:
        if moment == "before" and self.full:
            self.full -= 1
            raise StoreFull("no room")

    async def _vanish(self, name: str) -> None:
        self.it.modems[name].vanish()

    # what may happen

    @initialize()
    def begin(self) -> None:
        self.do(self.it.start())
        self.do(self._connect())

    @rule(peer=PEERS, long=st.booleans(), priority=st.sampled_from([0, 0, 5]))
    def send(self, peer: str, long: bool, priority: int) -> None:
        text = self.name("out", long=long)
        self.tried.append(text)
        self.peers[text] = peer
        with only_for_lack_of_room():
            self.sent[text] = self.do(self.it.send(text, peer, priority=priority, key=text))

    @precondition(lambda self: self.tried)
    @rule(data=st.data())
    def send_again_by_key(self, data: st.DataObject) -> None:
        text = data.draw(st.sampled_from(self.tried))
        if text not in self.sent:
            return
        with only_for_lack_of_room():
            again = self.do(self.it.send(text, self.peers[text], key=text))
            assert again.id == self.sent[text].id
            with pytest.raises(Refused):
                self.do(self.it.send(text, "+33644444444", key=text))

    @rule(peer=PEERS, long=st.booleans(), hint=st.booleans(), data=st.data())
    def arrive(self, peer: str, long: bool, hint: bool, data: st.DataObject) -> None:
        text = self.name("in", long=long)
        frames = deliver(text, peer, at=self.number, reference=self.number % 256)
        order = data.draw(st.permutations(range(len(frames))))
        present = order[: data.draw(st.integers(1, len(frames)))]
        self.arrived[text] = (peer, set(present), len(frames))
        self.frames += [(text, frame) for frame in frames]
        self._bring(*(frames[position] for position in present), hint=hint)

    @precondition(lambda self: self.frames)
    @rule(data=st.data())
    def arrive_late_or_again(self, data: st.DataObject) -> None:
        text, frame = data.draw(st.sampled_from(self.frames))
        peer, present, total = self.arrived[text]
        frames = [one for name, one in self.frames if name == text]
        self.arrived[text] = (peer, present | {frames.index(frame)}, total)
        self._bring(frame)

    def _bring(self, *frames: str, hint: bool = True) -> None:
        modem = self.it.modem
        modem.capacity += len(frames)
        modem.arrive(*frames, hint=hint)
        self.do(asyncio.sleep(0))

    @rule(
        trouble=st.sampled_from(["busy", "silence", "answer lost", "gone", "modem"]),
        name=st.sampled_from(["north", "south"]),
    )
    def submission_fails(self, trouble: str, name: str) -> None:
        errors = {
            "busy": refused(42),
            "silence": SubmitUncertain("silence"),
            "answer lost": AnswerLost(),
            "gone": ModemUnavailable("lost"),
            "modem": refused(310),
        }
        self.it.modems[name].script.append(errors[trouble])

    @rule(name=st.sampled_from(["north", "south"]))
    def modem_goes(self, name: str) -> None:
        self.do(self._vanish(name))

    @rule(name=st.sampled_from(["north", "south"]))
    def modem_comes(self, name: str) -> None:
        self.do(self.it.modems[name].appear())

    @rule(trouble=st.sampled_from([HandlerError("database down"), HandlerGone("connection lost")]))
    def handler_fails(self, trouble: Exception) -> None:
        self.troubles.append(trouble)

    @rule(commits=st.integers(1, 4))
    def disk_is_full(self, commits: int) -> None:
        self.full = commits

    @rule(seconds=st.sampled_from([0.5, 2, 30, 600]))
    def time_passes(self, seconds: float) -> None:
        self.do(self.it.pass_time(seconds))
        with suppress(StoreFull):
            self.do(self.it.settled())

    @rule(jump=st.sampled_from([-3600, 3600, 10]))
    def wall_clock_jumps(self, jump: int) -> None:
        self.it.clock.jump(jump)

    @rule(orderly=st.booleans())
    def daemon_ends_and_begins(self, orderly: bool) -> None:
        self.full = 0
        if orderly:
            for modem in self.it.modems.values():
                modem.script.clear()
            self.do(self.it.stop())
        else:
            self.do(self.it.crash())
        self.do(self.it.start())
        self.do(self._connect())

    # the end of every story

    def teardown(self) -> None:
        try:
            if self.it._app is not None:
                self.do(self._come_to_rest())
                self.do(self._judge())
                self.do(self.it.crash())
        finally:
            self.loop.close()
            self.directory.cleanup()

    async def _come_to_rest(self) -> None:
        self.full = 0
        self.troubles.clear()
        for modem in self.it.modems.values():
            modem.script.clear()
            await modem.appear()
        whole = {
            text for text, (_, present, total) in self.arrived.items() if len(present) == total
        }
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.it.pass_time(20)
                await self.it.settled()
                outbound = await self.it.outbox(0, limit=1000)
                if (
                    whole <= {text for _, text in self.acknowledged}
                    and all(message.state is State.SENT for message in outbound)
                    and not any(modem.slots for modem in self.it.modems.values())
                ):
                    return

    async def _judge(self) -> None:
        inbound = await self.it.inbox(0, limit=1000)
        whole = [
            text for text, (_, present, total) in self.arrived.items() if len(present) == total
        ]
        assert not_once("published", whole, [message.text for message in inbound]) == []
        assert not_once("acknowledged", whole, [text for _, text in self.acknowledged]) == []
        for message in inbound:
            assert message.state is State.HANDLED
        order = [(message.peer, message.text) for message in inbound]
        for peer in {peer for peer, _ in order}:
            ours = [text for who, text in self.acknowledged if who == peer]
            assert ours == [text for who, text in order if who == peer]
        outbound = await self.it.outbox(0, limit=1000)
        assert not_once("accepted", self.sent, [message.text for message in outbound]) == []
        submits = [submit for modem in self.it.lives for submit in modem.sent]
        for message in outbound:
            texts = [s.user_data.text for s in submits if str(s.destination) == message.peer]
            assert any(text and text in str(message.text) for text in texts), message.text
        assert sent_in_silence(submits, [Sent.of(message) for message in outbound]) == []


@contextmanager
def only_for_lack_of_room() -> Iterator[None]:
    """A refusal inside is one because the disk is full."""
    try:
        yield
    except Refused as refusal:
        if refusal.data["reason"] != "store_full":
            raise


TestCore = Core.TestCase
TestCore.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # threads take their turns as they like: a failure seldom shrinks
    suppress_health_check=list(HealthCheck),
)
