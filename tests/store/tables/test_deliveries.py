import sqlite3

import pytest

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Direction
from gsmd.store.tables import deliveries, delivery_decisions, delivery_listing, messages
from tests.store.tables.records import connection as plain_connection
from tests.store.tables.records import insert

NOW = Milliseconds(1000)

__all__ = ["plain_connection"]


@pytest.fixture
def connection(plain_connection: sqlite3.Connection) -> sqlite3.Connection:
    deliveries.register(plain_connection, "crm", NOW, configured=True)
    return plain_connection


def queue(connection: sqlite3.Connection, *peers: str) -> list[int]:
    seqs = [insert(connection, f"{peer}-{number}", peer=peer) for number, peer in enumerate(peers)]
    for seq, peer in zip(seqs, peers, strict=True):
        deliveries.add(connection, "crm", seq, peer, NOW)
    return seqs


def leased(connection: sqlite3.Connection, limit: int = 10) -> list[tuple[int, int]]:
    return [(lease.seq, lease.attempt) for lease in deliveries.lease(connection, "crm", limit, NOW)]


def test_what_waits_is_taken_oldest_first_and_only_once(connection: sqlite3.Connection) -> None:
    one, two, three = queue(connection, "+1", "+2", "+3")
    assert leased(connection, 2) == [(one, 1), (two, 1)]
    assert leased(connection) == [(three, 1)]
    assert leased(connection) == []


def test_of_one_peer_only_the_oldest_is_taken_until_it_is_settled(
    connection: sqlite3.Connection,
) -> None:
    first, second, other = queue(connection, "+1", "+1", "+2")
    assert leased(connection) == [(first, 1), (other, 1)]
    deliveries.finish(connection, "crm", first, NOW)
    assert leased(connection) == [(second, 1)]


def test_a_deferred_one_keeps_its_peer_waiting_and_nobody_else(
    connection: sqlite3.Connection,
) -> None:
    first, second, other = queue(connection, "+1", "+1", "+2")
    leased(connection, 1)
    deliveries.defer(connection, "crm", first, "down", Milliseconds(5000), NOW)
    assert leased(connection) == [(other, 1)]
    assert deliveries.next_due(connection) == 5000
    assert deliveries.wake_due(connection, Milliseconds(4999)) == set()
    assert deliveries.wake_due(connection, Milliseconds(5000)) == {"crm"}
    assert leased(connection) == [(first, 2)]
    deliveries.finish(connection, "crm", first, NOW)
    assert leased(connection) == [(second, 1)]


def test_a_dead_letter_lets_the_next_one_through_and_comes_back_when_redriven(
    connection: sqlite3.Connection,
) -> None:
    first, second = queue(connection, "+1", "+1")
    leased(connection)
    deliveries.bury(connection, "crm", first, "no use", NOW)
    assert leased(connection) == [(second, 1)]
    (letter,) = delivery_listing.dead_letters(connection, None, 10, None)
    assert (letter.handler, letter.attempts, letter.reason) == ("crm", 1, "no use")
    assert delivery_decisions.redrive(connection, "crm", None, 9, NOW) == [(first, None)]
    assert leased(connection) == []  # the same peer's second one is still out
    deliveries.finish(connection, "crm", second, NOW)
    assert leased(connection) == [(first, 2)]


def test_what_is_given_back_is_taken_again_with_its_attempt_counted(
    connection: sqlite3.Connection,
) -> None:
    (first,) = queue(connection, "+1")
    leased(connection)
    deliveries.give_back(connection, "crm", first, NOW)
    assert leased(connection) == [(first, 2)]


def test_after_a_start_everything_unsettled_waits_again(connection: sqlite3.Connection) -> None:
    first, second, third = queue(connection, "+1", "+2", "+3")
    leased(connection, 2)
    deliveries.defer(connection, "crm", second, "down", Milliseconds(10**12), NOW)
    deliveries.release_all(connection)
    assert leased(connection) == [(first, 2), (second, 2), (third, 1)]


def test_a_handler_registers_once(connection: sqlite3.Connection) -> None:
    assert deliveries.register(connection, "new", Milliseconds(7), configured=False)
    assert not deliveries.register(connection, "new", Milliseconds(8), configured=False)
    assert not deliveries.register(connection, "crm", Milliseconds(9), configured=True)
    assert deliveries.known(connection) == ["crm", "new"]


def test_a_late_handler_gets_inbound_messages_from_the_one_it_asked_for(
    connection: sqlite3.Connection,
) -> None:
    insert(connection, "too old")
    asked = insert(connection, "asked", peer="+2")
    insert(connection, "ours", direction=Direction.OUTBOUND)
    later = insert(connection, "later", peer="+3")
    assert deliveries.add_since(connection, "crm", asked, NOW) == 2
    assert leased(connection) == [(asked, 1), (later, 1)]


def test_a_new_handler_with_a_choice_keeps_the_receipts_that_wait_for_it(
    connection: sqlite3.Connection,
) -> None:
    (old,) = queue(connection, "+1")
    ours = insert(connection, "ours", direction=Direction.OUTBOUND)
    deliveries.add_receipt(connection, "crm", ours, messages.get(connection, ours), NOW)
    assert deliveries.add_since(connection, "crm", old, NOW, lambda _: False) == 0
    (lease,) = deliveries.lease(connection, "crm", 10, NOW)
    assert (lease.seq, lease.number) == (ours, 1)


def test_a_message_is_settled_when_every_handler_is_done_with_it(
    connection: sqlite3.Connection,
) -> None:
    deliveries.register(connection, "log", NOW, configured=True)
    (seq,) = queue(connection, "+1")
    deliveries.add(connection, "log", seq, "+1", NOW)
    assert deliveries.all_settled(connection, seq) == (False, False)
    deliveries.finish(connection, "crm", seq, NOW)
    assert deliveries.all_settled(connection, seq) == (False, False)
    deliveries.bury(connection, "log", seq, "no", NOW)
    assert deliveries.all_settled(connection, seq) == (True, True)


def test_the_backlog_counts_what_is_open_and_when_it_began(connection: sqlite3.Connection) -> None:
    first, second, third = queue(connection, "+1", "+1", "+2")
    leased(connection, 1)
    deliveries.bury(connection, "crm", third, "no", NOW)
    backlog = delivery_listing.backlog(connection, "crm")
    assert (backlog.pending, backlog.in_flight, backlog.dead) == (2, 1, 1)
    assert backlog.oldest_at is not None
    deliveries.finish(connection, "crm", first, NOW)
    deliveries.finish(connection, "crm", second, NOW)
    assert delivery_listing.backlog(connection, "crm").oldest_at is None
