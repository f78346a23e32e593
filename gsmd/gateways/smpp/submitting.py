"""From submit_sm, submit_multi and data_sm to `messages.send`, and its result back: ROK means on the disk.

Theory of operation.

    submit_sm → what it says (`content`), when, to whom → a part of a longer message? (`segments`)
      → messages.send with a key, so that asking again after a lost connection sends nothing twice
      → the addresses and wishes of the submission, in the gateway's own file
      → submit_sm_resp

An answer is never before both commits where a receipt is wanted. Without one, the gateway's row is written a moment later,
together with others: it serves query_sm and cancel_sm only (`ledger`).
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from gsmd.client.errors import GsmdError
from gsmd.gateways.database import Database
from gsmd.gateways.smpp import outcomes, segments, tables
from gsmd.gateways.smpp.accounts import Account
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.joining import Joining, place_of
from gsmd.gateways.smpp.ledger import Ledger
from gsmd.gateways.smpp.parameters import Parameters, Submit, number_of, reference_of
from gsmd.gateways.smpp.refusal import Refusal
from gsmd.gateways.smpp.sending import milliseconds, row_of, send
from gsmd.smpp import Address, CommandStatus, Destination, SmppError, Unsuccessful, pdus
from gsmd.smpp.status import for_version

log = logging.getLogger(__name__)

S = CommandStatus

_DAY = timedelta(days=1)
_PAGE = 1000


class Submitting:
    """Carries out what ESMEs submit."""

    def __init__(
        self,
        database: Database,
        parameters: Parameters,
        joining: Joining,
        ledger: Ledger,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._parameters = parameters
        self._joining = joining
        self._now = now

    async def submit(
        self, account: Account, line: DaemonLine, pdu: pdus.SubmitSm | pdus.DataSm, version: int
    ) -> str:
        """Take on a message or a part of one; returns the id for the answer. Errors: `SmppError`, `Refusal`."""
        piece = self._parameters.piece(pdu)
        place = place_of(pdu, piece)
        if place is not None:
            return await self._joining.part(account, line, pdu, place, version)
        if (first := await self._submitted_before(account, pdu)) is not None:
            return first
        params = self._parameters.of(account, pdu, [piece])
        params["to"] = number_of(pdu.destination)
        params["key"] = self._parameters.key(account, pdu, params["to"])
        replaced = await self._replaced(account, pdu, pdu.destination)
        id_ = await send(line, params, version)
        await self._keep(account, pdu, pdu.destination, id_)
        await _withdraw(line, replaced - {id_})
        return id_

    async def submit_multi(
        self, account: Account, line: DaemonLine, pdu: pdus.SubmitMulti, version: int
    ) -> tuple[str, tuple[Unsuccessful, ...]]:
        """Take on a message to many; the id for the answer, and who does not get it. Errors: `SmppError`, `Refusal`."""
        destinations = await self._destinations(line, pdu.destinations)
        params = self._parameters.of(account, pdu, [self._parameters.piece(pdu)])
        public = segments.new_id()
        key = self._parameters.key(account, pdu, "")

        async def one(number: int, destination: Address) -> Unsuccessful | None:
            wanted = {"to": number_of(destination), "key": f"{key} {number}"}
            try:
                replaced = await self._replaced(account, pdu, destination)
                id_ = await send(line, params | wanted, version)
            except (Refusal, SmppError) as error:
                return Unsuccessful(destination, for_version(error.status, version))
            await self._keep(account, pdu, destination, id_, public=public)
            await _withdraw(line, replaced - {id_})
            return None

        results = await asyncio.gather(*(one(*each) for each in enumerate(destinations)))
        refused = tuple(each for each in results if each is not None)
        if len(refused) == len(destinations):
            raise Refusal(CommandStatus(refused[0].error_status), "to nobody")
        return public, refused

    async def _submitted_before(
        self, account: Account, pdu: pdus.SubmitSm | pdus.DataSm
    ) -> str | None:
        """The id of the submission with the same reference to the same address in the last day, if these are keys."""
        reference = reference_of(pdu)
        if account.settings.key is None or reference is None:
            return None
        since = milliseconds(self._now() - _DAY)
        row = await self._database.read(
            lambda connection: tables.referred_to(
                connection, account.name, pdu.destination, reference, since
            )
        )
        return None if row is None else row.told

    async def _replaced(
        self, account: Account, pdu: Submit, destination: Address
    ) -> frozenset[str]:
        """replace_if_present_flag: what is open from and to the same address, to be withdrawn once this one is accepted."""
        if isinstance(pdu, pdus.DataSm) or pdu.replace_if_present_flag != 1:
            return frozenset()
        await self._ledger.settle()
        rows = await self._database.read(
            lambda connection: tables.open_to(
                connection, account.name, pdu.service_type, pdu.source, destination
            )
        )
        return frozenset(row.id for row in rows)

    async def _keep(
        self,
        account: Account,
        pdu: Submit,
        destination: Address,
        id_: str,
        public: str | None = None,
    ) -> None:
        row = row_of(account, pdu, destination, id_, public, self._now())
        if pdu.registered_delivery & 3 or account.settings.key is not None:
            await self._database.write(lambda connection: tables.add(connection, row))
        else:
            self._ledger.add(row)

    async def _destinations(self, line: DaemonLine, wanted: Sequence[Destination]) -> list[Address]:
        """The addresses of a submit_multi, a list's members among them, each once. Errors: `Refusal`."""
        if not wanted:
            raise Refusal(S.RINVNUMDESTS, "to nobody")
        found: dict[Address, None] = {}
        for each in wanted:
            if each.list_name is None:
                found[each.address] = None
                continue
            for peer in await _members(line, each.list_name.decode("latin-1")):
                found[Address.of(peer)] = None
        if not found:
            raise Refusal(S.RINVDLNAME, "a list without members")
        return list(found)


async def _withdraw(line: DaemonLine, ids: Iterable[str]) -> None:
    """Cancel what another message stands for now; what is out already stays."""
    for id_ in ids:
        try:
            await line.call("messages.cancel", {"id": id_})
        except GsmdError as error:
            log.info("message %s is not replaced: %s", id_, error)


async def _members(line: DaemonLine, name: str) -> list[str]:
    members: list[str] = []
    after = None
    while True:
        params = {"list": name, "limit": _PAGE, "after": after}
        asked = {key: value for key, value in params.items() if value is not None}
        try:
            page = await line.call("lists.get", asked)
        except GsmdError as error:
            status = outcomes.status_of(error)
            gone = status is S.RSUBMITFAIL
            raise Refusal(S.RINVDLNAME if gone else status, str(error)) from error
        members += [member["peer"] for member in page["members"]]
        after = page["next"]
        if after is None:
            return members
