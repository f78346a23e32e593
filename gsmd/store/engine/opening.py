"""From a path to a database that can be used, or to a clear word why not."""

import logging
import sqlite3
from pathlib import Path

import msgspec

from gsmd.store.engine import files
from gsmd.store.engine.connections import CHECK_SECONDS, check, connect_writer, empty_log
from gsmd.store.engine.errors import StoreCorrupt, StoreError, StoreFull, from_system, translate
from gsmd.store.engine.migrations import migrate
from gsmd.store.engine.reserve import Reserve

logger = logging.getLogger(__name__)


_GLANCE = 0.25
"""Seconds that are spent on looking for mistakes after a clean stop: cards go bad while nobody looks."""

_GLANCED_AT = 16 << 20
"""Octets of the largest database that is looked at then: of a larger one too little is seen in that time."""


class SetAside(msgspec.Struct, frozen=True):
    """A damaged database that was put out of the way: where it is now, and what was wrong with it."""

    path: Path
    reason: str


def make_ready(path: Path, schema: Path, check_seconds: float = CHECK_SECONDS) -> SetAside | None:
    """Creates, checks and migrates the database; what was set aside, if anything was.

    It is checked: thoroughly when it was not closed properly, else at a glance if it is small. On a full disk the reserve is given up, and it is
    tried again. Blocks. Errors: `StoreError` and its kinds.
    """
    reserve = Reserve(path)
    try:
        set_aside = _bring_up_or_say_why(path, schema, check_seconds)
    except StoreFull:
        if not reserve.give_up():
            raise
        set_aside = _bring_up_or_say_why(path, schema, check_seconds)
    reserve.take()
    return set_aside


def _bring_up_or_say_why(path: Path, schema: Path, check_seconds: float) -> SetAside | None:
    try:
        return _bring_up_or_set_aside(path, schema, check_seconds)
    except sqlite3.Error as error:
        raise translate(error, path) or StoreError(f"{path}: {error}") from error
    except OSError as error:
        raise from_system(error, path) from error


def _bring_up_or_set_aside(path: Path, schema: Path, check_seconds: float) -> SetAside | None:
    try:
        _bring_up(path, schema, check_seconds)
    except (StoreCorrupt, sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if not isinstance(damage := translate(error, path), StoreCorrupt):
            raise
        target = files.set_aside(path)
        logger.critical(
            "the database is damaged and was set aside as %s; starting with an empty one (%s)",
            target,
            damage,
        )
        _bring_up(path, schema, check_seconds)
        return SetAside(target, str(damage))
    return None


def _bring_up(path: Path, schema: Path, check_seconds: float) -> None:
    doubtful = not files.stopped_cleanly(path)
    if path.exists() and not path.stat().st_size:
        logger.warning("%s is an empty file: whatever was in it is gone", path)
    files.create(path)
    connection = connect_writer(path)
    try:
        if doubtful:
            if not check(connection, path, check_seconds):
                logger.warning("%s is too large to be checked in %.0f s", path, check_seconds)
        elif path.stat().st_size <= _GLANCED_AT:
            check(connection, path, min(_GLANCE, check_seconds))
        migrate(connection, path, schema)
        empty_log(connection)
    finally:
        connection.close()
    files.trust(path)
