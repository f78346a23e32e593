"""The examinations of ``gsmd doctor`` at gateways: whether each runs, may do its work, and reaches whom it needs.

A gateway that runs tells the daemon itself what troubles it (`gsmd.gateways.reporting`); of one that does not run we look
at what it would meet: its unit, its packages, its ports, its rights, its files, and those at the other end.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec

from gsmd.cli import gateway_rights
from gsmd.cli.gateway_network import examine_peers, examine_ports
from gsmd.cli.gateway_start import ShowUnit, how_to_start
from gsmd.cli.surroundings import BAD_CONFIGURATION, Properties, unit_properties
from gsmd.config import Config
from gsmd.gateways import certificates
from gsmd.gateways.catalogue import PACKAGES
from gsmd.protocol.findings import Finding, Severity
from gsmd.protocol.gateways import GatewayStatus

MISSED: dict[str, str] = {
    "web": "nobody gets the pages, and no program the REST interface",
    "smpp": "no ESME can bind, and no SMSC of others carries",
    "mqtt": "nothing is published, and what is published to be sent waits",
    "mail": "no mail becomes an SMS, and no SMS becomes mail",
    "fleet": "this box takes no messages of the fleet, and tells it of none",
}
"""What is missed while a gateway does not do its work."""


def examine_gateways(
    config: Config | None,
    statuses: Sequence[GatewayStatus] | None,
    show: ShowUnit = unit_properties,
) -> Iterator[Finding]:
    """Each that is configured or running. ``statuses`` None: there is no daemon that would know."""
    known = {each.name: each for each in statuses or ()}
    for name in dict.fromkeys([*(config.gateways if config is not None else ()), *known]):
        status = known.get(name)
        if status is not None and status.state == "running":
            yield from _of_running(status)
            continue
        socket_waits = show(f"gsmd-{name}.socket").get("ActiveState") == "active"
        if status is not None and not socket_waits:
            yield _not_running(name, show(f"gsmd-{name}.service"))
        if config is not None:
            yield from _packages(name)
            if not socket_waits:
                yield from examine_ports(name, config, sure=status is not None)
            yield from gateway_rights.examine_rights(name, config)
            yield from _certificates(name, config)
            yield from examine_peers(name, config)


def _of_running(status: GatewayStatus) -> Iterator[Finding]:
    for trouble in status.troubles:
        yield Finding(
            Severity.PROBLEM,
            _subject(status.name),
            trouble.what,
            MISSED.get(status.name, "it cannot do its work like this"),
            trouble.to_do or f"see the log: journalctl -u gsmd-{status.name}",
        )


def _not_running(name: str, unit: Properties) -> Finding:
    what, to_do = "it is configured, and does not run", how_to_start(name, unit)
    state = unit.get("ActiveState")
    if unit.get("ExecMainStatus") == BAD_CONFIGURATION and state == "failed":
        what = "it could not use its configuration, and was not started again"
        to_do = f"gsmd check; journalctl -u gsmd-{name}; then: sudo systemctl start gsmd-{name}"
    elif state == "failed" or unit.get("SubState") == "auto-restart":
        what, to_do = f"it failed ({unit['Result']})", f"see why: journalctl -u gsmd-{name}"
    elif state == "active":
        what = "it runs, and does not reach the daemon's socket"
        to_do = f"see why: journalctl -u gsmd-{name}; its user has to be in the group gsmd, or in a rule of access"
    return Finding(Severity.PROBLEM, _subject(name), what, MISSED[name], to_do)


def _packages(name: str) -> Iterator[Finding]:
    missing = [package for package in PACKAGES[name] if find_spec(package) is None]
    if missing:
        yield Finding(
            Severity.PROBLEM,
            _subject(name),
            f"not installed: {', '.join(missing)}",
            "without it the gateway does not start",
            f"pip install 'gsmd[{name}]', into the environment that gsmd is in",
        )


def _certificates(name: str, config: Config) -> Iterator[Finding]:
    now = datetime.now(UTC)
    for certificate, _ in certificates.of_gateway(name, config):
        if remark := certificates.remark(certificate, now):
            yield Finding(
                Severity.WARNING if " ends " in remark else Severity.PROBLEM,
                _subject(name),
                remark,
                "those who connect refuse one that has ended",
                f"renew it; then: sudo systemctl reload gsmd-{name}",
            )


def _subject(name: str) -> str:
    return f"gateway {name}"
