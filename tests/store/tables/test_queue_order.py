"""The two queues keep their promise whatever moves in whatever order: one of a peer at a time, and none is stuck."""

from collections import Counter
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gsmd.clock import Milliseconds
from gsmd.protocol.message import State
from gsmd.store.tables import deliveries, delivery_decisions, messages, outbox, schedule
from tests.store.tables.records import empty, insert
from tests.store.tables.test_outbox import queue

PEERS = st.sampled_from(["+1", "+2"])
PICK = st.integers(0, 30)
NOW = Milliseconds(1_000)


class Entry(NamedTuple):
    """A row of a queue. ``lane``: those of one lane go one after the other."""

    seq: int
    lane: tuple[object, ...]
    queue: str


class Queue(RuleBasedStateMachine):
    """What both have in common: rows to pick from, and what holds of them after every step."""

    rows = ""

    def __init__(self) -> None:
        super().__init__()
        self.connection = empty()
        self.number = 0

    def teardown(self) -> None:
        self.connection.close()

    def entries(self, *queues: str) -> list[Entry]:
        found = [
            Entry(seq, tuple(lane), at) for seq, at, *lane in self.connection.execute(self.rows)
        ]
        return [each for each in found if not queues or each.queue in queues]

    def picked(self, pick: int, *queues: str, lane: str = "") -> int | None:
        """One of those that stand there, if any does; ``lane``: of lanes that begin with it."""
        there = [each for each in self.entries(*queues) if lane in ("", each.lane[0])]
        return there[pick % len(there)].seq if there else None

    def at_most_one(self, open_: list[Entry]) -> None:
        """Of each lane one has its turn, and it is there."""
        turns = Counter(each.lane for each in open_ if each.queue != "behind")
        assert dict(turns) == dict.fromkeys({each.lane for each in open_}, 1)


class Deliveries(Queue):
    rows = "SELECT message * 100 + receipt, queue, handler, lane FROM delivery ORDER BY message, receipt"

    def __init__(self) -> None:
        super().__init__()
        self.ours: list[int] = []
        for name in ("crm", "log"):
            deliveries.register(self.connection, name, NOW, configured=True)

    @rule(peer=PEERS)
    def arrive(self, peer: str) -> None:
        self.number += 1
        seq = insert(self.connection, f"in {self.number}", peer=peer)
        for handler in ("crm", "log"):
            deliveries.add(self.connection, handler, seq, peer, NOW)

    @rule(again=st.booleans())
    def tell(self, again: bool) -> None:
        """A receipt: for a message of ours that had one, or for another."""
        if not self.ours or not again:
            self.number += 1
            self.ours.append(insert(self.connection, f"out {self.number}", state=State.SENT))
        seq = self.ours[-1]
        deliveries.add_receipt(self.connection, "crm", seq, messages.get(self.connection, seq), NOW)

    @rule(limit=st.integers(1, 3))
    def lease(self, limit: int) -> None:
        leases = deliveries.lease(self.connection, "crm", limit, NOW)
        assert [lease.seq for lease in leases] == sorted(lease.seq for lease in leases)

    @rule(pick=PICK, outcome=st.sampled_from(["done", "dead", "again later", "gone"]))
    def settle(self, pick: int, outcome: str) -> None:
        picked = self.picked(pick, "leased", lane="crm")
        if picked is None:
            return
        seq, number = divmod(picked, 100)
        match outcome:
            case "done":
                deliveries.finish(self.connection, "crm", seq, NOW, number)
            case "dead":
                deliveries.bury(self.connection, "crm", seq, "no", NOW, number)
            case "again later":
                deliveries.defer(self.connection, "crm", seq, "no", NOW, NOW, number)
            case "gone":
                deliveries.give_back(self.connection, "crm", seq, NOW, number)

    @rule()
    def time_passes(self) -> None:
        deliveries.wake_due(self.connection, NOW)

    @rule()
    def start_again(self) -> None:
        deliveries.release_all(self.connection)

    @rule(limit=st.integers(1, 3))
    def redrive(self, limit: int) -> None:
        delivery_decisions.redrive(self.connection, "crm", None, limit, NOW)

    @invariant()
    def one_of_each_peer_has_its_turn(self) -> None:
        self.at_most_one(self.entries("behind", "waiting", "leased", "deferred"))


class Outbox(Queue):
    rows = (
        "SELECT message, queue, destination, priority FROM outbound WHERE not_before IS NULL"
        " ORDER BY message"
    )

    @rule(
        destination=PEERS,
        priority=st.sampled_from([0, 0, 5]),
        later=st.sampled_from([False, False, True]),
    )
    def accept(self, destination: str, priority: int, *, later: bool) -> None:
        self.number += 1
        at = {"due_at": NOW, "not_before": 1} if later else {}
        queue(
            self.connection, f"out {self.number}", destination=destination, priority=priority, **at
        )

    @rule(modem=st.sampled_from(["north", "south"]))
    def take(self, modem: str) -> None:
        outbox.lease(self.connection, modem, outbox.routes(self.connection))

    @rule(pick=PICK, outcome=st.sampled_from(["out", "withheld", "refused", "uncertain"]))
    def settle(self, pick: int, outcome: str) -> None:
        seq = self.picked(pick, "leased")
        if seq is None:
            return
        match outcome:
            case "out":
                outbox.finish(self.connection, seq)
            case "withheld":
                outbox.requeue(self.connection, seq, "the modem went")
            case "refused":
                outbox.defer(self.connection, seq, NOW, "busy")
            case "uncertain":
                outbox.hold(self.connection, seq, "silence")

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        """Or it expires."""
        if seq := self.picked(pick, "waiting", "behind", "deferred", "held"):
            outbox.finish(self.connection, seq)

    @rule(pick=PICK)
    def retry(self, pick: int) -> None:
        if seq := self.picked(pick, "done", "held"):
            outbox.reopen(self.connection, seq, NOW)

    @rule(pick=PICK)
    def be_found_out(self, pick: int) -> None:
        if seq := self.picked(pick, "held", "deferred"):
            outbox.free(self.connection, seq)

    @rule()
    def time_passes(self) -> None:
        schedule.wake_due(self.connection, NOW)

    @invariant()
    def one_of_each_destination_and_priority_has_its_turn(self) -> None:
        self.at_most_one(self.entries("behind", "waiting", "leased", "deferred"))

    @invariant()
    def the_indexes_know_what_is_done(self) -> None:
        differing = "SELECT message FROM outbound WHERE finished != (queue = 'done')"
        assert self.connection.execute(differing).fetchall() == []


MANY = settings(max_examples=40, stateful_step_count=40, deadline=None)

TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = MANY
TestOutbox = Outbox.TestCase
TestOutbox.settings = MANY
