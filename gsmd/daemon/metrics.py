"""The daemon's metrics, as Prometheus wants them (names by prometheus.io/docs/practices/naming)."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from gsmd import __version__
from gsmd.clock import Milliseconds
from gsmd.modem import ModemState, ModemStatus
from gsmd.protocol.events import Event
from gsmd.protocol.handlers import HandlerStatus
from gsmd.protocol.message import Direction
from gsmd.protocol.modems import CarrierStatus
from gsmd.store.tables.gauges import Waiting

BUCKETS = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 72 * 3600)
"""Seconds from sent to delivered: a phone that is on takes a few, one that is off days."""

_INBOUND = frozenset({"received", "handled", "dead", "undecodable"})
_STATES = _INBOUND | {
    "queued",
    "sent",
    "delivered",
    "failed",
    "expired",
    "uncertain",
    "cancelled",
}


class Tally:
    """Counts kept while things happen: messages that came into each state, and delivery times."""

    def __init__(self) -> None:
        self.states: Counter[tuple[str, str]] = Counter(
            {(_direction(state), state): 0 for state in _STATES}
        )
        self.delivery: Counter[float] = Counter()
        self.delivery_seconds = 0.0
        self.tests: Counter[tuple[str, str, str]] = Counter()
        self.test_seconds: dict[tuple[str, str], float] = {}

    def hear(self, event: Event) -> None:
        """One event of the bus. Going back to the queue for another try is counted once more."""
        kind, _, state = event.type.partition(".")
        if event.type in {"selftest.passed", "selftest.failed"}:
            self._tested(event)
        if kind == "message" and state in _STATES:
            self.states[_direction(state), state] += 1
        if (
            event.type == "message.delivered"
            and (seconds := event.fields.get("seconds")) is not None
        ):
            self._delivered(float(seconds))

    def _tested(self, event: Event) -> None:
        """A self-test ended."""
        fields = event.fields
        pair = str(fields.get("from")), str(fields.get("to"))
        self.tests[(*pair, event.type.partition(".")[2])] += 1
        if (seconds := fields.get("seconds")) is not None:
            self.test_seconds[pair] = float(seconds)

    def _delivered(self, seconds: float) -> None:
        """One message was delivered so long after it was sent."""
        self.delivery[next((bound for bound in BUCKETS if seconds <= bound), float("inf"))] += 1
        self.delivery_seconds += seconds


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The daemon at one moment (``now``, wall)."""

    now: Milliseconds
    started: Milliseconds
    modems: Sequence[ModemStatus]
    carriers: Sequence[CarrierStatus]
    handlers: Sequence[HandlerStatus]
    waiting: Waiting
    incomplete: int
    database_bytes: int
    free_bytes: int
    commits: int
    tally: Tally


def metrics(it: Snapshot) -> Iterator[Metric]:
    """All metrics of a snapshot."""
    info = GaugeMetricFamily("gsmd_build_info", "The version that runs.", labels=["version"])
    info.add_metric([__version__], 1)
    yield info
    yield GaugeMetricFamily(
        "gsmd_start_time_seconds", "When it started, Unix time.", it.started / 1000
    )
    yield from _messages(it)
    yield from _handlers(it)
    yield from _modems(it)
    yield from _carriers(it)
    yield from _tests(it.tally)
    yield from _store(it)


def _messages(it: Snapshot) -> Iterator[Metric]:
    states = CounterMetricFamily(
        "gsmd_messages", "Messages that came into a state.", labels=["direction", "state"]
    )
    for labels, count in sorted(it.tally.states.items()):
        states.add_metric(labels, count)
    yield states
    queue = GaugeMetricFamily("gsmd_outbound_queue", "Messages to be sent.", labels=["state"])
    for state in ("queued", "scheduled", "held"):
        queue.add_metric([state], getattr(it.waiting, state))
    yield queue
    yield GaugeMetricFamily(
        "gsmd_outbound_oldest_seconds",
        "Age of the oldest message that could go out now; 0 if there is none.",
        _age(it, it.waiting.oldest_at),
    )
    yield GaugeMetricFamily(
        "gsmd_inbound_incomplete", "Long messages that lack parts.", it.incomplete
    )
    yield HistogramMetricFamily(
        "gsmd_delivery_seconds",
        "From sent to delivered, of messages with a report.",
        buckets=list(_buckets(it.tally)),
        sum_value=it.tally.delivery_seconds,
    )


def _buckets(tally: Tally) -> Iterator[tuple[str, float]]:
    total = 0
    for bound in (*map(float, BUCKETS), float("inf")):
        total += tally.delivery[bound]
        yield ("+Inf" if bound == float("inf") else str(bound)), total


def _handlers(it: Snapshot) -> Iterator[Metric]:
    def family(name: str, text: str, value: Callable[[HandlerStatus], float]) -> Metric:
        gauge = GaugeMetricFamily(f"gsmd_handler_{name}", text, labels=["handler"])
        for handler in it.handlers:
            gauge.add_metric([handler.name], value(handler))
        return gauge

    yield family("connected", "Whether somebody is there to take messages.", lambda h: h.connected)
    yield family("pending", "Messages that it has not acknowledged.", lambda h: h.pending)
    yield family("dead", "Messages that it was given up on.", lambda h: h.dead)
    yield family(
        "oldest_seconds",
        "Age of its oldest message that is not acknowledged; 0 if there is none.",
        lambda h: _age(
            it, None if h.oldest_at is None else Milliseconds(round(h.oldest_at.timestamp() * 1000))
        ),
    )


def _modems(it: Snapshot) -> Iterator[Metric]:
    state = GaugeMetricFamily(
        "gsmd_modem_state", "1 for the state that it is in.", labels=["modem", "state"]
    )
    credit = GaugeMetricFamily(
        "gsmd_modem_credit", "What is left on a prepaid SIM.", labels=["modem"]
    )
    signal = GaugeMetricFamily("gsmd_modem_signal_dbm", "Received signal.", labels=["modem"])
    used = GaugeMetricFamily("gsmd_sim_messages", "Messages on the SIM.", labels=["modem"])
    size = GaugeMetricFamily("gsmd_sim_slots", "Room for messages on the SIM.", labels=["modem"])
    events = CounterMetricFamily(
        "gsmd_modem_events", "What happened with it, by kind.", labels=["modem", "kind"]
    )
    for modem in it.modems:
        for each in ModemState:
            state.add_metric([modem.name, str(each)], each is modem.state)
        if modem.credit is not None and modem.credit.amount is not None:
            credit.add_metric([modem.name], modem.credit.amount)
        if modem.signal_dbm is not None:
            signal.add_metric([modem.name], modem.signal_dbm)
        if modem.storage is not None:
            used.add_metric([modem.name], modem.storage.used)
            size.add_metric([modem.name], modem.storage.total)
        for kind, count in msgspec.structs.asdict(modem.counters).items():
            events.add_metric([modem.name, kind], count)
    yield from (state, signal, used, size, credit, events)


def _carriers(it: Snapshot) -> Iterator[Metric]:
    attached = GaugeMetricFamily(
        "gsmd_carrier_attached", "Whether a program is there to carry.", labels=["carrier"]
    )
    in_flight = GaugeMetricFamily(
        "gsmd_carrier_in_flight", "Messages that are with it.", labels=["carrier"]
    )
    messages = CounterMetricFamily(
        "gsmd_carrier_messages", "What happened with it, by kind.", labels=["carrier", "kind"]
    )
    for carrier in it.carriers:
        attached.add_metric([carrier.name], carrier.state == "attached")
        in_flight.add_metric([carrier.name], carrier.in_flight)
        for kind, count in msgspec.structs.asdict(carrier.counters).items():
            messages.add_metric([carrier.name, kind], count)
    yield from (attached, in_flight, messages)


def _tests(tally: Tally) -> Iterator[Metric]:
    ended = CounterMetricFamily(
        "gsmd_selftests", "Self-tests, by how they ended.", labels=["from", "to", "result"]
    )
    for labels, count in tally.tests.items():
        ended.add_metric(list(labels), count)
    seconds = GaugeMetricFamily(
        "gsmd_selftest_seconds", "How long the last one took that passed.", labels=["from", "to"]
    )
    for pair, took in tally.test_seconds.items():
        seconds.add_metric(list(pair), took)
    yield from (ended, seconds)


def _store(it: Snapshot) -> Iterator[Metric]:
    yield GaugeMetricFamily("gsmd_store_bytes", "Size of the database.", it.database_bytes)
    yield GaugeMetricFamily("gsmd_store_free_bytes", "Room beside it.", it.free_bytes)
    yield CounterMetricFamily("gsmd_store_commits", "Transactions, each one fsync.", it.commits)


def _age(it: Snapshot, at: Milliseconds | None) -> float:
    return 0.0 if at is None else max(0, it.now - at) / 1000


def _direction(state: str) -> str:
    return str(Direction.INBOUND if state in _INBOUND else Direction.OUTBOUND)
