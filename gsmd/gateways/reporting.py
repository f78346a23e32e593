"""Tells the daemon how the gateways of this process are: `gsmd status` and `gsmd doctor` have it from there.

Theory of operation. One connection for all gateways of the process, made again for ever. What each says of itself
(its status, its troubles) is looked at every few seconds, and told when it has changed: nothing goes over the socket while
nothing does. The daemon forgets it when the connection ends, so a gateway that dies is known to be away.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from gsmd.client import GsmdError
from gsmd.client._async.link import AsyncLink
from gsmd.client.protocol_state import BACK_OFF
from gsmd.config import Config
from gsmd.gateways import certificates, roles
from gsmd.gateways.gateway import Gateway
from gsmd.protocol import bounds, gateways, server
from gsmd.protocol.gateways import GatewayTrouble
from gsmd.protocol.server import ServerInfo

log = logging.getLogger(__name__)

_LOOK = 5.0
"""Seconds between two looks."""

_FIRST_LOOK = 1.0
"""Seconds to the second look: what has just begun is seldom there at once."""

_CERTIFICATES = 3600.0
"""Seconds that a look at certificates holds."""

_PATIENCE = 60.0


class Reporter:
    """Reports on ``tell()``'s gateways to the daemon, once `run` does. ``failures`` says which are not at work, and why."""

    def __init__(
        self,
        daemon: Path,
        tell: Callable[[], Mapping[str, tuple[Gateway, Config]]],
        failures: Mapping[str, str],
    ) -> None:
        self._daemon = daemon
        self._tell = tell
        self._failures = failures
        self._remarks: dict[Path, tuple[float, str]] = {}
        self._heard = False  # over the latest connection

    async def run(self) -> None:
        """Report until cancelled."""
        attempt = 0
        while True:
            try:
                link = await AsyncLink.open(self._daemon)
                self._heard = False
                try:
                    await self._report(link)
                finally:
                    link.abort()
                    attempt = 0 if self._heard else attempt
            except GsmdError as error:
                log.debug("the daemon does not hear how we are: %s", error)
            await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
            attempt += 1

    async def _report(self, link: AsyncLink) -> None:
        """Over one connection, until it ends, which is an error."""
        told = await link.request(server.INFO.name, {}, _PATIENCE)
        info = msgspec.convert(told, ServerInfo)
        said: dict[str, object] = {}
        wait = _FIRST_LOOK
        while True:
            for name, (gateway, config) in self._tell().items():
                word = self._word(name, gateway, config, info)
                if said.get(name) != word:
                    await link.request(gateways.REPORT.name, word, _PATIENCE)
                    said[name] = word
            self._heard = True
            try:
                async with asyncio.timeout(wait):
                    while True:
                        await link.hear()
            except TimeoutError:
                wait = _LOOK

    def _word(
        self, name: str, gateway: Gateway, config: Config, info: ServerInfo
    ) -> dict[str, object]:
        troubles = [*self._troubles(name, gateway, config, info)][: bounds.TROUBLES]
        return {
            "gateway": name,
            "says": " ".join(gateway.status().split())[: bounds.SENTENCE] or None,
            "troubles": [
                {
                    "what": " ".join(each.what.split())[: bounds.SENTENCE],
                    "to_do": each.to_do[: bounds.SENTENCE],
                }
                for each in troubles
            ],
        }

    def _troubles(
        self, name: str, gateway: Gateway, config: Config, info: ServerInfo
    ) -> Sequence[GatewayTrouble]:
        if why := self._failures.get(name):
            return [
                GatewayTrouble(
                    f"it does not work: {why}", f"see the log: journalctl -u gsmd-{name}"
                )
            ]
        found = [*gateway.troubles()]
        needed = roles.needed(name, config)
        if missing := needed - {*info.roles}:
            found.append(
                GatewayTrouble(
                    f"its user {info.user} lacks {' and '.join(sorted(missing))} at the daemon's socket",
                    f"a rule of access in the configuration: {roles.rule(info.user, needed)}",
                )
            )
        for certificate, _ in certificates.of_gateway(name, config):
            if remark := self._remark(certificate):
                found.append(
                    GatewayTrouble(remark, f"renew it; then: systemctl reload gsmd-{name}")
                )
        return found

    def _remark(self, path: Path) -> str:
        now = asyncio.get_running_loop().time()
        until, remark = self._remarks.get(path, (0.0, ""))
        if now >= until:
            remark = certificates.remark(path, datetime.now(UTC))
            self._remarks[path] = now + _CERTIFICATES, remark
        return remark
