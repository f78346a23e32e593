"""All SMSCs of others that the configuration names."""

import asyncio
import logging
import ssl
from collections.abc import Iterator

from gsmd.config import ConfigError, Problem
from gsmd.config.smpp import SmppConfig, SmppProvider
from gsmd.gateways.smpp.accounts import read_secret
from gsmd.gateways.smpp.upstream.provider import Provider, Together

log = logging.getLogger(__name__)

Known = tuple[SmppProvider, bytes]
"""Settings and password."""


def known(settings: SmppConfig) -> list[Known]:
    """Each provider with its password. Errors: `ConfigError`, for a ``ca`` that cannot be read too."""
    found = []
    for each in settings.providers:
        key = f"smpp.providers[{each.name}]"
        found.append((each, read_secret(each.password_file, "smpp", f"{key}.password_file")))
        context_of(each)
    return found


def context_of(provider: SmppProvider) -> "ssl.SSLContext | None":
    """The context of its TLS, None without. Errors: `ConfigError`."""
    if not provider.tls:
        return None
    try:
        return ssl.create_default_context(cafile=provider.ca)
    except (OSError, ssl.SSLError) as error:
        key, expected = f"smpp.providers[{provider.name}].ca", "certificates, PEM, that can be read"
        raise ConfigError(Problem("smpp", None, key, expected, str(error))) from error


class Providers:
    """Those that are at work."""

    def __init__(self, together: Together) -> None:
        self._together = together
        self._at_work: dict[str, tuple[Known, Provider, asyncio.Task[None]]] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Iterator[Provider]:
        """Those of now, whoever comes and goes meanwhile."""
        return iter([provider for _, provider, _ in self._at_work.values()])

    def change(self, wanted: list[Known]) -> None:
        """These from now on. One whose settings are as before stays bound."""
        for name, (before, provider, task) in [*self._at_work.items()]:
            if before not in wanted:
                del self._at_work[name]
                provider.stop()
                self._leaving.add(task)
                task.add_done_callback(self._leaving.discard)
        for each in wanted:
            if each[0].name not in self._at_work:
                self._begin(each)

    async def drain(self) -> None:
        """Until all have answered what is under way, and have unbound."""
        self.change([])
        if self._leaving:
            await asyncio.wait([*self._leaving])

    async def close(self) -> None:
        """End them at once."""
        self.change([])
        for task in [*self._leaving]:
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    async def give_up_parts(self, began_before: int) -> None:
        """Hand over what there is of long messages that began before then."""
        for provider in self:
            await provider.arriving.give_up_parts(began_before)

    def _begin(self, each: Known) -> None:
        settings, password = each
        before = [task for task in self._leaving if task.get_name() == settings.name]
        provider = Provider(settings, password, context_of(settings), self._together)

        async def run() -> None:
            if before:
                await asyncio.wait(before)  # two of one name would be two windows
            await provider.run()

        task = asyncio.create_task(run(), name=settings.name)
        task.add_done_callback(_ended)
        self._at_work[settings.name] = each, provider, task


def _ended(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("%s: a defect", task.get_name(), exc_info=error)
