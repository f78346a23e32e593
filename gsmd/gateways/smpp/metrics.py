"""Figures for Prometheus, where ``smpp.metrics`` names an address: of each account and each provider what it did.

prometheus-client serves them on a thread of its own; what it reads here are plain numbers that only the event loop writes.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from gsmd.config.network import Endpoint
from gsmd.gateways.gateway import CannotServe
from gsmd.gateways.smpp.accounts import Account
from gsmd.gateways.smpp.upstream.provider import Provider

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_EVERYWHERE = "0.0.0.0"  # noqa: S104 -- what the configuration says by ":9108"
_COUNTERS = (
    ("submitted", "Submissions that were taken on."),
    ("refused", "Requests that were answered with an error."),
    ("throttled", "Requests above the account's rate."),
    ("delivered", "Messages and receipts that were acknowledged."),
)


class Metrics:
    """Serves the figures of ``accounts`` and ``providers`` at an address."""

    def __init__(self, accounts: Iterable[Account], providers: Iterable[Provider]) -> None:
        self._accounts = accounts
        self._providers = providers
        self._server: Any = None

    def collect(self) -> "Iterator[Metric]":
        """What prometheus-client asks for."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        accounts = [*self._accounts]
        for name, text in _COUNTERS:
            family = CounterMetricFamily(f"gsmd_smpp_{name}", text, labels=["account"])
            for account in accounts:
                family.add_metric([account.name], getattr(account, name))
            yield family
        binds = GaugeMetricFamily("gsmd_smpp_binds", "Binds at the moment.", labels=["account"])
        under_way = GaugeMetricFamily(
            "gsmd_smpp_under_way", "PDUs without an answer.", labels=["account", "direction"]
        )
        for account in accounts:
            sessions = [bind.session for bind in [*account.binds]]
            binds.add_metric([account.name], len(sessions))
            submits = sum(session.unanswered for session in sessions)
            delivers = sum(session.outstanding for session in sessions)
            under_way.add_metric([account.name, "submit"], submits)
            under_way.add_metric([account.name, "deliver"], delivers)
        yield binds
        yield under_way
        yield from self._of_providers()

    def _of_providers(self) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        providers = [*self._providers]
        if not providers:
            return
        bound = GaugeMetricFamily(
            "gsmd_smpp_provider_bound", "Whether messages can go there.", labels=["provider"]
        )
        messages = CounterMetricFamily(
            "gsmd_smpp_provider_messages", "What was done, by kind.", labels=["provider", "kind"]
        )
        for provider in providers:
            name = provider.settings.name
            bound.add_metric([name], provider.bound)
            for kind, count in msgspec.structs.asdict(provider.figures).items():
                messages.add_metric([name, kind], count)
        yield bound
        yield messages

    def open(self, endpoint: Endpoint | None) -> None:
        """Serve there, and nowhere else; None: not at all. Errors: `CannotServe`."""
        self.close()
        if endpoint is None:
            return
        try:
            from prometheus_client import CollectorRegistry, start_http_server
        except ModuleNotFoundError as error:
            message = "smpp.metrics needs prometheus-client (pip install 'gsmd[metrics]')"
            raise CannotServe(message) from error
        registry = CollectorRegistry()
        registry.register(self)
        try:
            self._server, _ = start_http_server(
                endpoint.port, endpoint.host or _EVERYWHERE, registry
            )
        except OSError as error:
            raise CannotServe(f"cannot listen on {endpoint}: {error.strerror or error}") from error

    @property
    def port(self) -> int:
        """The port that it listens at, 0 for none."""
        return 0 if self._server is None else int(self._server.server_address[1])

    def close(self) -> None:
        """Serve no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
