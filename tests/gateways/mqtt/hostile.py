"""Hostile topics and payloads, from a seed: requests that are none, almost are, or are, at a real broker.

As a program, ``python -m tests.gateways.mqtt.hostile [COUNT] [SEED]``: that many through the gateway (``make fuzz-mqtt``).
"""

import asyncio
import json
import logging
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from gsmd.protocol.method import Role
from gsmd.protocol.methods import METHODS
from tests.gateways.mqtt.scene import ANNA, Scene, scene

PATIENCE = 120.0

MAY = [str(each) for each in Role if each is not Role.ADMIN]

DEVICE = {
    "name": "van",
    "number": "+33600000077",
    "commands": [{"name": "limit", "text": "set {value}"}],
    "parse": [r"lat:(?P<lat>[0-9.]+)"],
}

_LEFT_OUT = frozenset(("messages.wait", "verify.wait", "inbox.pull", "modems.record"))
"""Methods that wait, for up to a minute: what they do is no matter of what they are given."""

_WORDS = (
    *("x", "", "+", "#", "é", "🎉", "a" * 300, "..", "%00", "\u202e", "33612345678", "0612345678", "anna", "12", "0"),
    *("$SYS", "send", "bridge", "request", "north", "device", "command", "van", "limit", "__class__", "messages.send"),
)  # fmt: skip

_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, 2**63, 2**70, "", "x", "\0", "\n", "🎉" * 400, "x" * 5000, [], {}),
    *([None], [[]] * 50, {"a": {"b": []}}, ANNA, "anna", "+1", "north", "1h", "-1s", "2100-01-01T00:00:00Z", "sms"),
)  # fmt: skip

_NO_JSON = (
    *(b"", b"{", b"}", b"[]", b"null", b"1e999", b"nan", b'"', b"\xff\xfe", b"\0", b'{"to":"\xed\xa0\x80"}', b'{"to":"\\ud800"}'),
    *(b"[" * 20_000, b'{"a":' * 20_000, b'{"to":1' + b"0" * 5000 + b"}", b" " * 70_000, b"x" * 200_000, b"\xef\xbb\xbf{}"),
)  # fmt: skip


class Publication(NamedTuple):
    """Something that is published. ``ours``: what the answer says in ``transaction``, if there is to be one."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    properties: dict[str, Any]
    ours: str | None


def publications(seed: int, count: int) -> Iterator[Publication]:
    """Most have something wrong with them."""
    chance = random.Random(seed)
    for number in range(count):
        topic, answered = _topic(chance)
        params = _params(chance, topic)
        ours = f"{seed}-{number}"
        payload, readable = _payload(chance, params, ours)
        yield Publication(
            topic,
            payload,
            chance.choice((0, 1, 1, 1, 2)),
            chance.random() < 0.05,
            _properties(chance),
            ours if answered and readable else None,
        )


def _topic(chance: random.Random) -> tuple[str, bool]:
    """A topic that the gateway may hear, and whether an answer is due there."""
    word = chance.choice(_WORDS)
    method = chance.choice([each for each in METHODS if each not in _LEFT_OUT])
    topics = (
        ("gsmd/send", True),
        ("gsmd/send", True),
        (f"gsmd/send/{word}", False),
        (f"gsmd/device/{word}/command", False),
        (f"gsmd/{word}/command/{chance.choice(_WORDS)}", False),
        (f"gsmd/bridge/request/{word}", False),
        (f"gsmd/bridge/request/{method}", True),
        ("homeassistant/status", False),
    )
    return chance.choice(topics)


def _params(chance: random.Random, topic: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if topic == "gsmd/send" or chance.random() < 0.3:
        found |= {"to": chance.choice((ANNA, "anna", 33612345678)), "text": "hello"}
    names = [
        "to",
        "text",
        "data",
        "ports",
        "key",
        "modem",
        "validity",
        "not_before",
        "id",
        "peer",
        "limit",
        "after",
    ]
    names += ["actor", "handler", "receipt", "override", "list", "match", "members", "new", "max", "name", "x" * 500]  # fmt: skip
    for _ in range(chance.choice((0, 0, 1, 2, 5))):
        found[chance.choice(names)] = chance.choice(_VALUES)
    return found


def _payload(chance: random.Random, params: dict[str, Any], ours: str) -> tuple[bytes, bool]:
    """The octets, and whether they are a JSON object with a transaction."""
    whole = json.dumps({**params, "transaction": ours}, ensure_ascii=chance.random() < 0.5).encode()
    match chance.randrange(10):
        case 0:
            return chance.choice(_NO_JSON), False
        case 1:
            return whole[: chance.randrange(len(whole))], False
        case 2:
            at = chance.randrange(len(whole))
            return whole[:at] + bytes((chance.randrange(256),)) + whole[at + 1 :], False
        case 3:
            return bytes(chance.randrange(256) for _ in range(chance.randrange(200))), False
        case _:
            return whole, True


def _properties(chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if chance.random() < 0.1:
        found["ResponseTopic"] = chance.choice(("gsmd/send", "homeassistant/status", "$SYS/x", "gsmd/bridge/request/x"))  # fmt: skip
    if chance.random() < 0.1:
        found["CorrelationData"] = bytes(chance.randrange(256) for _ in range(chance.randrange(100)))  # fmt: skip
    if chance.random() < 0.1:
        found["MessageExpiryInterval"] = chance.choice((0, 1, 2**32 - 1))
    if chance.random() < 0.1:
        found["UserProperty"] = [("a", "b" * 1000), ("transaction", "c")]
    return found


async def overwhelm(it: Scene, wanted: list[Publication]) -> Counter[str]:
    """Publish all; how often each error was the answer. Errors: TimeoutError, if there is no answer to what is due one."""
    due = set()
    for each in wanted:
        # the client refuses topics that no broker would take
        with suppress(ValueError):
            it.program.publish(each.topic, each.payload, qos=each.qos, retain=each.retain, **each.properties)  # fmt: skip
            if each.ours is not None and each.qos and not _may_expire(each):
                due.add(each.ours)
        await asyncio.sleep(0)
    answered: Counter[str] = Counter()
    seen = 0
    async with asyncio.timeout(PATIENCE):
        while True:
            for heard in it.program.heard[seen:]:
                seen += 1
                if heard.topic.startswith(("gsmd/bridge/response/", "gsmd/sent")):
                    due.discard(str(_judged(heard.payload, answered)))
            if not due:
                return answered
            await it.program.more()


def _may_expire(each: Publication) -> bool:
    return bool(each.properties.get("MessageExpiryInterval", 60) < 60)


def _judged(payload: bytes, answered: Counter[str]) -> Any:
    """An answer's transaction. Errors: AssertionError for an answer that is none."""
    told = json.loads(payload)
    assert told["status"] in {"ok", "error", "waiting"}, told
    error = told.get("error")
    if "state" in told:
        answered[f"a message is {told['state']}"] += 1
    elif told["status"] == "error":
        assert isinstance(error["code"], int), told
        assert error["message"], told
        reason = error["data"].get("reason") or "?"
        assert reason not in {"internal", "internal_error"}, told
        answered[reason] += 1
    else:
        answered[told["status"]] += 1
    return told.get("transaction")


async def survives(it: Scene) -> None:
    """It does as before."""
    it.program.publish("gsmd/send", {"to": "+33612345999", "text": "All is well", "transaction": "last"})  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        while not any(h.json.get("transaction") == "last" and h.json.get("state") == "sent" for h in it.program.on("gsmd/sent")):  # fmt: skip
            await it.program.more()
    got = [sms.text for sms in it.phone("+33612345999").received]
    assert got == ["All is well"]


class Complaints(logging.Handler):
    """Defects that are logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("gsmd"):
            self.found.append(self.format(record))


async def trial(directory: Path, seed: int, count: int, *, at_once: int = 500) -> Counter[str]:
    """So many, a few hundred at once. Errors: AssertionError."""
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    try:
        section: dict[str, Any] = {"may": MAY, "contacts": {"anna": ANNA}, "devices": [DEVICE]}
        async with scene(directory, **section) as it:
            answered: Counter[str] = Counter()
            wanted = [*publications(seed, count)]
            for begin in range(0, count, at_once):
                answered += await overwhelm(it, wanted[begin : begin + at_once])
                it.program.heard.clear()
            await survives(it)
    finally:
        logging.getLogger().removeHandler(complaints)
    assert not complaints.found, complaints.found[:3]
    return answered


async def _main(count: int, seed: int) -> None:
    with tempfile.TemporaryDirectory(prefix="gsmd-mqtt-") as directory:
        answered = await trial(Path(directory), seed, count)
    for reason, times in answered.most_common():
        print(f"  {times:6} {reason}")
    print(f"{count} publications of seed {seed}: all is well")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    asyncio.run(_main(given[0] if given else 10_000, given[1] if len(given) > 1 else 1))
