"""The store's refusals as the callers of the socket know refusals."""

from collections.abc import Awaitable
from typing import TypeVar

from gsmd.protocol.errors import Code, Refused
from gsmd.store.engine.errors import StoreError, StoreFull, StoreReadOnly

T = TypeVar("T")


async def stored(work: Awaitable[T]) -> T:
    """The result of ``work``. Errors: `Refused` where the store refuses; ``reason`` begins with ``store``."""
    try:
        return await work
    except StoreFull as error:
        raise Refused(Code.REFUSED, f"the disk is full: {error}", reason="store_full") from error
    except StoreReadOnly as error:
        message = f"the database cannot be written to: {error}"
        raise Refused(Code.REFUSED, message, reason="store_read_only") from error
    except StoreError as error:
        raise Refused(Code.REFUSED, str(error), reason="store") from error
