import sqlite3

from gsmd.clock import Milliseconds
from gsmd.store.tables import inbox
from gsmd.store.tables.inbox import AssemblyKey, RawPart
from tests.store.tables.records import connection, insert

__all__ = ["connection"]

KEY = AssemblyKey("sim", "+1", 7, 8, 3)


def add(connection: sqlite3.Connection, id_: str) -> bool:
    return inbox.add_part(
        connection, RawPart(id_, "sim", "north", f"frame of {id_}", Milliseconds(5))
    )


def test_a_part_that_was_read_before_is_counted_and_not_new(connection: sqlite3.Connection) -> None:
    assert add(connection, "p")
    assert not add(connection, "p")
    assert connection.execute("SELECT seen FROM inbound_part").fetchall() == [(2,)]


def test_parts_gather_in_an_assembly_in_the_order_of_their_sequence(
    connection: sqlite3.Connection,
) -> None:
    assembly = inbox.start_assembly(connection, KEY, 1000, Milliseconds(99))
    for id_, sequence in (("c", 3), ("a", 1)):
        add(connection, id_)
        inbox.join_assembly(connection, id_, assembly, sequence)
    (found,) = inbox.open_assemblies(connection, KEY)
    assert (found.id, found.service_centre_time) == (assembly, 1000)
    assert found.sequences == {1, 3}
    assert inbox.parts(connection, assembly) == [(1, "frame of a"), (3, "frame of c")]
    assert inbox.part_ids(connection, assembly) == ["a", "c"]


def test_other_keys_are_other_messages(connection: sqlite3.Connection) -> None:
    inbox.start_assembly(connection, KEY, None, Milliseconds(99))
    for other in (
        KEY._replace(sim="x"),
        KEY._replace(peer="+2"),
        KEY._replace(reference=8),
        KEY._replace(width=16),
        KEY._replace(total=4),
    ):
        assert inbox.open_assemblies(connection, other) == []


def test_a_complete_assembly_leaves_its_parts_to_the_message(
    connection: sqlite3.Connection,
) -> None:
    assembly = inbox.start_assembly(connection, KEY, None, Milliseconds(99))
    add(connection, "a")
    inbox.join_assembly(connection, "a", assembly, 1)
    seq = insert(connection, "m")
    inbox.close_assembly(connection, assembly, seq)
    assert inbox.open_assemblies(connection, KEY) == []
    assert [row[:3] for row in inbox.history(connection, seq)] == [(1, "frame of a", "north")]


def test_an_assembly_is_due_once_and_stays_open_for_what_comes_late(
    connection: sqlite3.Connection,
) -> None:
    assembly = inbox.start_assembly(connection, KEY, None, Milliseconds(99))
    add(connection, "a")
    inbox.join_assembly(connection, "a", assembly, 1)
    assert inbox.next_due(connection) == 99
    assert inbox.due_assemblies(connection, Milliseconds(98)) == []
    assert inbox.due_assemblies(connection, Milliseconds(99)) == [(assembly, "north", 3)]
    seq = insert(connection, "m")
    inbox.publish_assembly(connection, assembly, seq)
    assert inbox.due_assemblies(connection, Milliseconds(99)) == []
    (found,) = inbox.open_assemblies(connection, KEY)
    assert found.message == seq
