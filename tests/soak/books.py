"""What was put in at each door and by each phone, what came out at the other side, and whether the two agree.

A text is unique and says where it went in: ``rest 17``. Towards phones it may come twice only if the message says that
it may be a duplicate; at a door it may be handed over again, but always with the same id.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from gsmd.protocol.message import Message, State

OPEN = frozenset({State.QUEUED, State.SUBMITTING})
TOLD = frozenset({State.FAILED, State.EXPIRED, State.UNCERTAIN, State.CANCELLED})
"""Ends that a program hears of: what has one may be missing at the phone, and is not lost in silence."""


class Books:
    """Both directions of all doors."""

    def __init__(self) -> None:
        self.accepted: dict[str, str] = {}
        """What went in at a door, and which."""
        self.ended: defaultdict[str, set[str]] = defaultdict(set)
        """The states that a door told of what went in there."""
        self.said: dict[str, str] = {}
        """What phones sent, and for which door."""
        self.writers: dict[str, str] = {}
        """Which phone sent it."""
        self.partners: set[tuple[str, str]] = set()
        """Doors and the phones they wrote to: what such a phone sends next is an answer, which its door hears too."""
        self.heard: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )
        """By door and text: the ids under which it came."""
        self.repeats: Counter[str] = Counter()
        self.outbound: dict[str, Message] = {}
        """By id: what the daemon tells of what went in."""
        self.unreported: set[str] = set()
        """What has no end because the network's report on it got lost: nobody will ever know."""
        self.trouble: list[str] = []
        """What a door saw that should not be."""

    def hear(self, door: str, text: str, id_: str) -> None:
        """A door handed a message over."""
        known = self.heard[door][text]
        self.repeats[door] += bool(known)
        known.add(id_)

    def unheard(self) -> list[str]:
        """What phones said and nobody has heard yet."""
        return [text for text, door in self.said.items() if text not in self.heard[door]]

    def unended(self, doors: Iterable[str]) -> list[str]:
        """What went in at these doors and has no end there yet."""
        wanted = set(doors)
        return [
            text
            for text, door in self.accepted.items()
            if door in wanted and not self.ended.get(text) and text not in self.unreported
        ]

    def faults(self, arrived: Counter[str], telling: Iterable[str]) -> list[str]:
        """What is wrong. ``arrived``: the texts on all phones; ``telling``: the doors that tell of every end."""
        return [
            *self.trouble,
            *(f"{text} was never handed over at {self.said[text]}" for text in self.unheard()),
            *(f"{text} has no end at its door" for text in self.unended(telling)),
            *self._of_doors(),
            *self._of_phones(arrived),
        ]

    def _of_doors(self) -> Iterable[str]:
        for door, texts in self.heard.items():
            for text, ids in texts.items():
                if (
                    self.said.get(text) != door
                    and (door, self.writers.get(text)) not in self.partners
                ):
                    yield f"{door} heard {text!r}, which was not for it"
                if len(ids) > 1:
                    yield f"{text} came at {door} with {len(ids)} ids"

    def _of_phones(self, arrived: Counter[str]) -> Iterable[str]:
        messages: defaultdict[str, list[Message]] = defaultdict(list)
        for message in self.outbound.values():
            messages[message.text or ""].append(message)
        for text in self.accepted:
            found = messages[text]
            if len(found) != 1:
                yield f"{text} is {len(found)} messages"
            elif not arrived[text] and found[0].state not in TOLD:
                yield f"{text} is {found[0].state}, and no phone has it"
            elif arrived[text] > 1 and not found[0].possible_duplicate:
                yield f"{text} is on the phone {arrived[text]} times, and nobody says so"
        for text in arrived.keys() - self.accepted.keys():
            yield f"a phone has {text!r}, which nobody sent"

    def summary(self, arrived: Counter[str]) -> str:
        """Counts, in a few lines."""
        doors = sorted({*self.accepted.values(), *self.heard})
        into, out = Counter(self.accepted.values()), Counter(self.said.values())
        states = Counter(message.state.value for message in self.outbound.values())
        marked = sum(message.possible_duplicate for message in self.outbound.values())
        lines = [
            f"  {door:8} to phones {into[door]:6}   from phones {out[door]:6}, "
            f"handed over {len(self.heard[door]):6} (answers to it included), again {self.repeats[door]}"
            for door in doors
        ]
        twice = sum(count - 1 for count in arrived.values() if count > 1)
        lines.append(
            f"  {len(self.unreported)} without an end, because the report on them got lost on its way"
        )
        lines.append(
            f"  on phones {len(arrived)} texts, {twice} copies too many, {marked} messages marked as"
            f" possible duplicates; ends: {dict(states)}"
        )
        return "\n".join(lines)
