"""The promise, as everybody outside the daemon sees it: nothing lost, nothing doubled, nothing sent twice in silence."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from gsmd import pdu
from gsmd.protocol.message import Message
from gsmd.simulator import Network


class Sent(NamedTuple):
    """An outbound message as the daemon tells of it. ``marked``: it says that it may be out twice."""

    peer: str
    text: str
    marked: bool

    @classmethod
    def of(cls, message: Message) -> "Sent":
        return cls(message.peer, message.text or "", message.possible_duplicate)


def submitted(network: Network) -> list[pdu.Submit]:
    """What the modems handed over to the network, part by part."""
    tpdus = (pdu.decode(item.tpdu, outgoing=True) for item in network.submitted)
    return [tpdu for tpdu in tpdus if isinstance(tpdu, pdu.Submit)]


def not_once(where: str, expected: Iterable[Hashable], found: Iterable[Hashable]) -> list[str]:
    """What is there less or more often than it should be."""
    wanted, there = Counter(iter(expected)), Counter(iter(found))  # a mapping is its keys
    return [f"{where}: lost {each!r}" for each in (wanted - there).elements()] + [
        f"{where}: too much {each!r}" for each in (there - wanted).elements()
    ]


def sent_in_silence(submits: Iterable[pdu.Submit], messages: Iterable[Sent]) -> list[str]:
    """Parts that went out more than once although no message that they may be of is marked."""
    parts: dict[tuple[str, str], list[str]] = {}
    for submit in submits:
        key = (str(submit.destination), repr(submit.user_data))
        parts.setdefault(key, []).append(submit.user_data.text or "")
    marked = [message for message in messages if message.marked]
    return [
        f"sent {len(texts)} times to {peer} and not marked: {texts[0]!r}"
        for (peer, _), texts in parts.items()
        if len(texts) > 1
        and not any(each.peer == peer and texts[0] in each.text for each in marked)
    ]
