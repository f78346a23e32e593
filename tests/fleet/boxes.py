"""A box of the small world (`tests.fleet.world`): its agent, that may die, its disk and its gsmd."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gsmd.fleet.effects import Effect, HandRow
from gsmd.fleet.life import Life, Patience, Steps
from gsmd.fleet.record import Holder

if TYPE_CHECKING:
    from tests.fleet.world import World

PATIENCE = Patience(give_up=60, resend_after=150)


class Led:
    """A life under way: its generator, and what it wants done next."""

    def __init__(self, life: Life, steps: Steps, entry: int | None) -> None:
        self.life = life
        self.steps = steps
        self.entry = entry
        self.wants: Effect = next(steps)

    def signature(self) -> object:
        frames: list[object] = []
        steps: Any = self.steps
        while steps is not None and steps.gi_frame is not None:
            values = {k: v for k, v in steps.gi_frame.f_locals.items() if k != "self"}
            frames.append((steps.gi_code.co_name, steps.gi_frame.f_lasti, repr(values)))
            steps = steps.gi_yieldfrom
        about = (self.life.attempt, self.life._duplicate, self.life._seen_unsure)
        return (tuple(frames), about, self.entry, repr(self.wants))


class Box:
    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.holder = Holder(name, f"{name}-disk")
        self.rows: dict[int, HandRow] = {}
        self.put_off: set[int] = set()  # rows that are dropped with the next write
        self.gsmd: dict[int, str] = {}
        self.late: list[int] = []  # hand-overs of a dead agent that are still in the socket
        self.lives: list[Led] = []
        self.alive = True

    def signature(self) -> object:
        lives = tuple(led.signature() for led in self.lives)
        return (
            *(tuple(sorted(self.rows.items())), tuple(sorted(self.gsmd.items()))),
            *(tuple(sorted(self.put_off)), tuple(self.late), self.alive, lives),
        )

    def start(self) -> None:
        """The agent starts: what is on its disk is resumed."""
        self.alive = True
        for row in list(self.rows.values()):
            self.lead(None, partial(_resumed, row))

    def lead(self, entry: int | None, steps: Callable[[Life], Steps]) -> None:
        world = self.world
        life = Life("m", self.holder, world.nonce, PATIENCE, resend=world.resend)
        self.lives.append(Led(life, steps(life), entry))

    def flush(self) -> None:
        """What was put off is on the disk."""
        for attempt in self.put_off:
            self.rows.pop(attempt, None)
        self.put_off.clear()

    def die(self, *, flushed: bool = True) -> None:
        """The agent is killed, with what it has put off or without; what it held of the queue goes back by itself."""
        if flushed:
            self.flush()
        self.put_off.clear()
        for led in self.lives:
            led.steps.close()
            if led.entry is not None:
                self.world.queue[led.entry] = None
        self.lives = []
        self.alive = False


def _resumed(row: HandRow, life: Life) -> Steps:
    return life.resume(row)
