"""Delivery marks on disk: the steps that handlers have done of messages that they are not done with."""

from gsmd.handlers.base import HandlerError
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger
from gsmd.store.tables import notified_services


class StoredDeliveryMarks:
    """`gsmd.handlers.base.DeliveryMarks` that outlive a restart."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def of(self, handler: str, id_: str) -> set[str]:
        """Errors: `HandlerError`."""
        try:
            return await self._ledger.read(lambda c: notified_services.services(c, handler, id_))
        except StoreError as error:
            raise HandlerError(str(error)) from error

    async def add(self, handler: str, id_: str, mark: str) -> None:
        """Errors: `HandlerError`: the service may be told once more."""
        try:
            await self._ledger.write(
                lambda t: notified_services.add(t.connection, handler, id_, mark)
            )
        except StoreError as error:
            raise HandlerError(str(error)) from error
