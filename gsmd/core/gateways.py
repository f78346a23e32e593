"""``gateways.*``: which gateways are configured, and what those that run say of themselves.

Theory of operation. A gateway is a client, and what it says (``gateways.report``) holds while the connection stands
over which it said it: nobody has to be trusted to say goodbye. The daemon has the whole configuration, so it knows
which of them should be there.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from gsmd.clock import Clock
from gsmd.config import Config
from gsmd.protocol import gateways as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.gateways import GatewayList, GatewayReportParams, GatewayStatus
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.types import Nothing
from gsmd.store.tables.messages import moment

_MOST = 32
"""Gateways that one connection may speak for: whoever may connect may report."""


class _Said(msgspec.Struct, frozen=True):
    """The last word that came over one connection. ``since``: when it said its first."""

    report: GatewayReportParams
    user: str
    pid: int
    since: datetime


class Gateways:
    """Those of the configuration, and those that are there."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._clock = clock
        self._said: dict[tuple[object, str], _Said] = {}
        self.change(config)

    def change(self, config: Config) -> None:
        """Go by another configuration."""
        self._configured = config.gateways

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (bind(rows.LIST, self._list),)

    def report(self, whose: object, user: str, pid: int, report: GatewayReportParams) -> bool:
        """Believe it until `gone`; true if it is the first word of ``whose`` connection. Errors: `Refused`."""
        known = sum(connection is whose for connection, _ in self._said)
        former = self._said.get((whose, report.gateway))
        if former is None and known >= _MOST:
            text = f"a connection speaks for at most {_MOST} gateways"
            raise Refused(Code.CONFLICT, text, reason="too_many_gateways", field="gateway")
        since = moment(self._clock.wall()) if former is None else former.since
        self._said[whose, report.gateway] = _Said(report, user, pid, since)
        return not known

    def gone(self, whose: object) -> None:
        """Nothing that came over this connection holds any more."""
        for key in [each for each in self._said if each[0] is whose]:
            del self._said[key]

    async def _list(self, _: Context, __: Nothing) -> GatewayList:
        return GatewayList([*self._statuses()])

    def _statuses(self) -> Iterator[GatewayStatus]:
        running = {name: said for (_, name), said in self._said.items()}
        for name in dict.fromkeys([*self._configured, *running]):
            said = running.get(name)
            configured = name in self._configured
            if said is None:
                yield GatewayStatus(name=name, state="away", configured=configured)
                continue
            yield GatewayStatus(
                name=name,
                state="running",
                configured=configured,
                says=said.report.says,
                troubles=[*said.report.troubles],
                user=said.user,
                pid=said.pid,
                since=said.since,
            )
