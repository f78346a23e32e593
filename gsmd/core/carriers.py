"""``carriers.*``: what programs that are carriers bring, and how they are attached."""

from datetime import datetime
from typing import NoReturn

from gsmd.core.carried_reports import CarriedReports
from gsmd.core.carrier import Line
from gsmd.core.fleet import Fleet
from gsmd.core.inbound import Inbound
from gsmd.core.program_carrier import ProgramCarrier
from gsmd.protocol import carriers as rows
from gsmd.protocol.carriers import Kept, ReceiveParams, Reported, ReportParams
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.modems import CarrierStatus
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables.carried import CarrierReport


class Carriers:
    """Calls of carriers."""

    def __init__(
        self, fleet: Fleet, inbound: Inbound, reports: CarriedReports, ledger: Ledger
    ) -> None:
        self._fleet = fleet
        self._inbound = inbound
        self._reports = reports
        self._ledger = ledger

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return bind(rows.REPORT, self._report), bind(rows.RECEIVE, self._receive)

    def status(self) -> list[CarrierStatus]:
        """Each of them, as people and programs see it."""
        return self._fleet.programs()

    def attach(self, carrier: str, line: Line) -> None:
        """From now on ``line`` gets the carrier's messages. Errors: `Refused`."""
        self._get(carrier).attach(line)

    def detach(self, carrier: str, line: Line, reason: str | None = None) -> None:
        """It gets no more of them; nothing happens if there is no such carrier any more."""
        found = self._fleet.program(carrier)
        if found is not None:
            found.detach(line, reason)

    async def _report(self, _: Context, p: ReportParams) -> Reported:
        carrier = self._get(p.carrier)
        report = CarrierReport(
            carrier=p.carrier,
            reference=p.reference,
            state=p.state,
            code=None if p.code is None else str(p.code),
            reason=p.reason,
            at=None if p.at is None else datetime.isoformat(p.at),
            message=p.id_,
        )

        def take(transaction: Transaction) -> str | None:
            message = self._reports.take(transaction, report)
            return None if message is None else message.id

        about = await self._ledger.write(take)
        carrier.counters.reports += 1
        return Reported(about)

    async def _receive(self, _: Context, p: ReceiveParams) -> Kept:
        carrier = self._get(p.carrier)
        _require_content(p)
        taken = await self._inbound.receive(p)
        if not taken.known:
            carrier.counters.received += 1
        return taken

    def _get(self, name: str) -> ProgramCarrier:
        """Errors: `Refused` if there is none, or it is a modem."""
        found = self._fleet.program(name)
        if found is None:
            if self._fleet.get(name) is not None:
                _refuse(Code.CONFLICT, f"{name} is a modem, which gsmd drives itself", "is_a_modem")
            _refuse(Code.NOT_FOUND, f"no carrier is called {name!r}", "no_such_carrier")
        return found


def _require_content(p: ReceiveParams) -> None:
    if not p.from_.strip():
        raise Refused(Code.INVALID, "it comes from nobody", reason="bad_number", field="from")
    if p.data is not None:
        try:
            bytes.fromhex(p.data)
        except ValueError as error:
            text = f"data is not hex: {error}"
            raise Refused(Code.INVALID, text, reason="bad_hex", field="data") from error


def _refuse(code: Code, text: str, reason: str) -> NoReturn:
    raise Refused(code, text, reason=reason, field="carrier")
