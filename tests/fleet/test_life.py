"""The protocol of permits, led through every small world and through many greater ones. ``make fleet-protocol`` has more of them."""

import random

import pytest

from gsmd.fleet.effects import Look, Mark, Put, Settle
from gsmd.fleet.life import Life
from gsmd.fleet.record import Holder, PermitRecord, Phase, follows
from tests.fleet.boxes import PATIENCE, Box
from tests.fleet.explore import Found, at_random, everything
from tests.fleet.world import BEGUN, World


def test_without_a_fault_every_interleaving_of_three_boxes_ends_sent() -> None:
    ends = everything(lambda: World(3, budget=0))
    assert {*ends} == {"states", "sent"}


def test_one_box_and_one_fault_in_every_interleaving() -> None:
    ends = everything(lambda: World(1, budget=1, refusals=True))
    assert {*ends} == {"states", "sent", "failed", "uncertain"}


@pytest.mark.parametrize("resend", [False, True], ids=["hold", "resend"])
@pytest.mark.parametrize("boxes", [2, 3])
def test_whatever_befalls_many_boxes_nothing_is_doubled_and_everything_ends(
    boxes: int, *, resend: bool
) -> None:
    chance = random.Random(boxes)
    for _ in range(400):
        at_random(lambda: World(boxes, budget=4, resend=resend, refusals=True), chance)


def test_a_box_that_could_not_withdraw_what_it_had_asked_for_would_double() -> None:
    """What `Withdraw` is for; and the judge sees it."""

    class Careless(World):
        def _withdraw(self, box: Box, attempt: int) -> bool:
            return (
                box.gsmd.get(attempt, "queued") not in BEGUN
            )  # nothing is left behind that stands in the way

    def many() -> None:
        chance = random.Random(1)
        for _ in range(5000):
            at_random(lambda: Careless(2, budget=4), chance)

    with pytest.raises(Found, match="on the air"):
        many()


def record(state: Phase, attempt: int = 1, box: str = "a", **more: object) -> PermitRecord:
    return PermitRecord(
        state=state,
        box=box,
        inc="1",
        attempt=attempt,
        nonce="n",
        **more,  # type: ignore[arg-type]  # whatever the test likes
    )


@pytest.mark.parametrize("end", [Phase.SENT, Phase.FAILED])
@pytest.mark.parametrize("new", [*Phase])
def test_nothing_follows_an_end(end: Phase, new: Phase) -> None:
    assert not follows(record(end), record(new, attempt=2))


def test_only_the_holder_says_what_became_of_a_permit() -> None:
    permit = record(Phase.PERMIT)
    assert follows(permit, record(Phase.SENT))
    assert not follows(permit, record(Phase.SENT, box="b"))
    assert not follows(permit, record(Phase.SENT, attempt=2))
    assert follows(permit, record(Phase.UNCERTAIN, by="b"))
    assert not follows(permit, record(Phase.SENT, by="b"))


def test_what_is_uncertain_is_sent_again_only_as_a_possible_duplicate() -> None:
    unsure = record(Phase.UNCERTAIN)
    assert not follows(unsure, record(Phase.PERMIT, attempt=2, box="b"))
    again = record(Phase.PERMIT, attempt=2, box="b", possible_duplicate=True)
    assert follows(unsure, again)
    given_back = record(Phase.RELEASED, attempt=2, box="b", possible_duplicate=True)
    assert not follows(given_back, record(Phase.PERMIT, attempt=3, box="c"))


def test_what_is_refused_is_not_sent_again_even_where_it_was_wished_for() -> None:
    """Its time is over, and nobody knows whether it went out: that is all that can be said."""
    world = World(1, budget=0, resend=True)
    world.record, world.revision = record(Phase.UNCERTAIN, box="b"), 1
    world.faults = 1
    world.unwelcome = True
    world.handed_out = True
    while found := world.choices():
        world.take(found[0])
    world.judge_end()
    assert world.record is not None
    assert world.record.state is Phase.UNCERTAIN


def test_who_is_refused_what_others_may_send_again_leaves_no_room_for_a_late_permit() -> None:
    life = Life("m", Holder("c", "1"), lambda: "new", PATIENCE, resend=True)
    steps = life.take(fresh=False, refused="opted_out")
    assert next(steps) == Look()
    unsure = record(Phase.UNCERTAIN)
    put = steps.send((unsure, 7))
    assert isinstance(put, Put)
    assert (put.record.state, put.revision) == (Phase.UNCERTAIN, 7)
    assert follows(unsure, put.record)
    assert steps.send(8) == Mark(on=True)
    assert steps.send(None) == Settle()
