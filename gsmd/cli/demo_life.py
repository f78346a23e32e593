"""The people of ``gsmd demo --web``: phones that write, answer, vote, complain, and one that means no good.

Numbers are of the ranges that regulators keep for films. What is said comes in the order of `OPENING`, then a line
of `CHATTER` every so often, for as long as somebody looks.
"""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gsmd.client import AsyncClient
    from gsmd.simulator import Network, Phone, PhoneMessage

NORTH, SOUTH = "+33639980001", "+33639980002"
"""Our two SIMs."""

ANNA, BEN, CARLA, DAVE, ELIF, FRANK, GRETA, HUGO, MONA, TRICK = (
    f"+336399800{number}" for number in range(11, 21)
)

OPENING = (
    (ANNA, "Hi, is the shop open on Saturday?"),
    (BEN, "VOTE pizza"),
    (CARLA, "My parcel 4711 has not arrived. It was due on Monday, I was at home all day and nobody rang."),
    (DAVE, "VOTE soup"),
    (ELIF, "Merhaba, yarın saat üçte gelebilir miyim?"),
    (FRANK, "JOIN"),
    (GRETA, "VOTE pizza"),
    (HUGO, "JOIN"),
    (MONA, "مرحبا، هل لديكم موعد يوم الخميس؟"),
    (TRICK, "Your account is locked! Open https://xn--pple-43d.com/login now, see \u202efdp.eciovni\u202c"),
    (CARLA, "Can somebody call me back? 😕"),
    (BEN, "HELPME the card reader says error 17"),
    (ELIF, "JOIN"),
    (MONA, "VOTE salad"),
)  # fmt: skip

PLAYERS = (ANNA, BEN, CARLA, DAVE, ELIF, FRANK, GRETA)
"""Who has bought a pack with a code."""

IVAN, NINA, OLGA = (f"+336399800{number}" for number in range(31, 34))

FEEDBACK = (
    (IVAN, ("FEEDBACK 5", "yes", "Nothing, it was lovely.")),
    (NINA, ("FEEDBACK 3", "yes", "More chairs, please.")),
    (OLGA, ("FEEDBACK 4", "no", "Open on Sundays!")),
    (ELIF, ("FEEDBACK 5",)),
)
"""What people answer to the questions of a form; not everybody to all of them."""

GUESTS = tuple(f"+336399801{number:02}" for number in range(60))
"""Who gets one of two texts; which of them answer hangs on the text."""

TEXTS = (
    ("plain", "Our summer menu begins on Friday. Reply YES for a table."),
    ("friendly", "{name}, we keep a table for you on Friday. Just reply YES."),
)

CHATTER = (
    (ANNA, "And do you have the blue one in size 40?"),
    (HUGO, "VOTE pizza"),
    (FRANK, "Thank you, that was quick!"),
    (GRETA, "When does the course begin?"),
    (DAVE, "INFO"),
    (CARLA, "It has just come. Thanks!"),
    (ELIF, "VOTE soup"),
    (BEN, "Error is gone, you can close it."),
    (MONA, "STOP"),
    (HUGO, "Ça marche, à demain 👍"),
)

ANSWERS = ("Thanks!", "OK 👍", "Great, see you then.", "Perfect.", "Merci !", "Danke schön!")

CONFIGURATION = """\
state_dir: {directory}/state
socket: {{path: {directory}/gsmd.sock}}
modems:
  - {{name: north, port: {directory}/north}}
  - {{name: south, port: {directory}/south}}
outbound: {{report: true, country: FR}}
handlers:
  - {{name: crm, socket: true}}
  - {{name: archive, match: {{keyword: [HELPME]}}, run: [/bin/sh, -c, "exit 1"], retry: {{first: 1s, max: 2s, attempts: 2}}}}
desk:
  canned:
    - {{name: hours, text: "We are open from 9 to 18, on Saturdays to 13."}}
    - {{name: looking-into-it, text: "We are looking into it and will write to you today."}}
    - {{name: call, text: "May we call you? When would be a good time?"}}
keywords:
  table:
    - {{word: INFO, reply: "We are open from 9 to 18, on Saturdays to 13. STOP ends our messages.", help: "opening hours"}}
    - {{word: JOIN, subscribe: news, reply: "Welcome! You get our news now. LEAVE ends it.", help: "our news"}}
    - {{word: LEAVE, unsubscribe: news, reply: "Goodbye!"}}
    - {{word: VOTE, poll: lunch, help: "what is for lunch"}}
    - {{word: WIN, contest: summer, help: "the code from the pack"}}
    - {{word: FEEDBACK, form: feedback, help: "tell us how it was"}}
    - {{word: HELPME, desk: {{label: support}}, reply: "Somebody will write to you soon."}}
contests:
  - name: summer
    prizes: [{{name: "a mug", codes: 12}}, {{name: "a bicycle", draw: 1}}]
forms:
  - name: feedback
    questions:
      - {{name: rating, ask: "How was it, from 1 to 5?", type: number, min: 1, max: 5}}
      - {{name: again, ask: "Will you come again, YES or NO?", type: yes_no}}
      - {{name: why, ask: "What should we do better?", type: text, optional: true}}
web: {{listen: "127.0.0.1:{port}"}}
log: {{level: warning}}
"""


class Life:
    """What goes on around the modems. ``pause``: seconds between two messages of the opening, and ten times that later."""

    def __init__(self, network: "Network", client: "AsyncClient", pause: float = 0.6) -> None:
        self._network = network
        self._client = client
        self._pause = pause
        self._answers = itertools.cycle(ANSWERS)
        self._said: Iterator[tuple[str, str]] = itertools.cycle(CHATTER)

    async def begin(self) -> None:
        """A poll, a list and codes of a contest are there, somebody fills in a form, then the opening is said, and a campaign begins."""
        await self._client.polls.create(
            "lunch", ["pizza", "soup", "salad"], question="What is for lunch on Friday?"
        )
        await self._client.lists.add(
            "news", [{"peer": ANNA, "fields": {"name": "Anna"}}, {"peer": GRETA, "fields": {"name": "Greta"}}]
        )  # fmt: skip
        for number in (ANNA, BEN, CARLA, FRANK, GRETA, HUGO):
            self._network.phone(number).listeners.append(self._answerer(number))
        await self._try_texts()
        for number, answers in FEEDBACK:
            self._network.phone(number).listeners.append(self._respondent(number, answers[1:]))
            self._say(number, answers[0])
        packs = zip(
            itertools.cycle(PLAYERS),
            (await self._client.contests.generate("summer", 40)).codes,
            strict=False,
        )
        played = [(number, f"WIN {code}") for number, code in packs]
        self._said = itertools.chain(_alternating(CHATTER, played[7:]), itertools.cycle(CHATTER))
        for number, text in [*OPENING, *played[:7]]:
            self._say(number, text)
            await asyncio.sleep(self._pause)
        await self._client.campaigns.create(
            "news",
            "Hello {name|there}: new in our shop from Friday. Reply YES to reserve.",
            tag="autumn",
        )

    async def _try_texts(self) -> None:
        """A campaign that tries two texts against each other begins; it is decided before long."""
        members = [
            {"peer": each, "fields": {"name": f"Guest {n}"}} for n, each in enumerate(GUESTS)
        ]
        await self._client.lists.add("guests", members)
        for place, number in enumerate(GUESTS):
            phone = self._network.phone(number)
            phone.listeners.append(_Guest(phone, place, 4 * self._pause))
        await self._client.campaigns.create(
            "guests",
            variants=[{"name": name, "text": text} for name, text in TEXTS],
            share=0.8,
            window=40 * self._pause,
            tag="summer-menu",
        )

    async def go_on(self) -> None:
        """Chatter, until cancelled."""
        for number, text in self._said:
            await asyncio.sleep(10 * self._pause)
            self._say(number, text)

    def _say(self, number: str, text: str) -> None:
        self._network.phone(number).send(NORTH if int(number[-1]) % 2 else SOUTH, text)

    def _respondent(self, number: str, answers: Sequence[str]) -> "_Respondent":
        return _Respondent(self._network.phone(number), answers, self._pause)

    def _answerer(self, number: str) -> "_Answerer":
        return _Answerer(self._network.phone(number), self._answers, self._pause)


def _alternating(
    some: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """One of these, one of those, until the others are over."""
    for one, other in zip(itertools.cycle(some), others, strict=False):
        yield one
        yield other


class _Respondent:
    """Somebody who answers the questions of a form, one after the other."""

    def __init__(self, phone: "Phone", answers: Sequence[str], pause: float) -> None:
        self._phone = phone
        self._answers = iter(answers)
        self._pause = pause

    def __call__(self, message: "PhoneMessage") -> None:
        answer = next(self._answers, None)
        if answer is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(self._pause, self._phone.send, message.originator, answer)


class _Guest:
    """Somebody who wants a table, or none: the friendly text brings more of them, and one is fed up."""

    def __init__(self, phone: "Phone", place: int, pause: float) -> None:
        self._phone = phone
        self._place = place
        self._pause = pause

    def __call__(self, message: "PhoneMessage") -> None:
        comes = self._place % 9 == 0 or (self._place % 2 and "we keep" in (message.text or ""))
        answer = "STOP" if self._place == 41 else "YES" if comes else None
        if answer is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(self._pause, self._phone.send, message.originator, answer)


class _Answerer:
    """Somebody who answers what people write, not what machines do: every other message, after a moment."""

    def __init__(self, phone: "Phone", answers: "itertools.cycle[str]", pause: float) -> None:
        self._phone = phone
        self._answers = answers
        self._pause = pause
        self._count = 0

    def __call__(self, message: "PhoneMessage") -> None:
        self._count += 1
        if (
            self._count % 2
            and "STOP" not in (message.text or "")
            and "LEAVE" not in (message.text or "")
        ):
            loop = asyncio.get_running_loop()
            loop.call_later(4 * self._pause, self._answer, message.originator)

    def _answer(self, to: str) -> None:
        self._phone.send(to, next(self._answers))
