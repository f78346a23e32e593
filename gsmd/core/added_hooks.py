"""``handlers.add`` and ``handlers.resume``: web hooks that no configuration names, and those that wanted no more.

A hook is kept in the store with its secret, which no method tells. Where it may lead is judged here, so that whoever
adds it learns it at once, and again at every hand-over (`gsmd.destinations`).
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec

from gsmd.config import ConfigError, HandlerConfig
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.core.hook_records import hook_of, refusal, rule_of
from gsmd.features import PREFIX
from gsmd.handlers import signing
from gsmd.handlers.run_time_match import require_cheap
from gsmd.protocol import handlers as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.handlers import AddParams, HandlerParams, HandlerStatus, Origin, Resumed
from gsmd.protocol.method import Bound, Context, bind
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import hooks
from gsmd.store.tables.hooks import StoredHook

log = logging.getLogger(__name__)

_LOOK_UP = 5.0
"""Seconds that looking up a name may take before a hook is added without that."""


class AddedHooks:
    """Adds web hooks, and has suspended ones go on. ``hooks_allow`` tells where they may lead besides the public web."""

    def __init__(
        self, ledger: Ledger, registry: HandlerRegistry, hooks_allow: Callable[[], tuple[str, ...]]
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._hooks_allow = hooks_allow

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (bind(rows.ADD, self._add), bind(rows.RESUME, self._resume))

    async def add(self, p: AddParams) -> HandlerStatus:
        """A handler is there from now on. Errors: `Refused`."""
        if p.name.startswith(PREFIX):
            text = f"a name that does not begin with {PREFIX}"
            raise Refused(Code.INVALID, f"name: {text}", reason="impossible_value", field="name")
        if p.post is None:
            await self._collect(p)
        else:
            await self._post(p)
        (status,) = [one for one in await self._registry.status() if one.name == p.name]
        return status

    async def resume(self, name: str) -> bool:
        """Messages go again to a handler; False if they did anyway. Errors: `Refused` for one that is unknown."""
        worker = self._registry.get(name)
        if worker is None:
            text = f"no handler is called {name!r}"
            raise Refused(Code.NOT_FOUND, text, reason="no_such_handler", field="handler")
        if worker.suspended is None:
            return False

        def job(transaction: Transaction) -> bool:
            if resumed := hooks.resume(transaction.connection, name):
                transaction.record_event("handler.resumed", handler=name)
            return resumed

        await stored(self._ledger.write(job))
        (self._registry.get(name) or worker).resume()  # a reload may have put another in its place
        return True

    async def _collect(self, p: AddParams) -> None:
        """A name for programs that connect or pull."""
        self._require_free(p.name, but=Origin.SUBSCRIBED)
        if self._registry.get(p.name) is not None and p.match is None:
            return
        match = p.match or {}
        written = msgspec.json.encode(match).decode()
        await stored(self._registry.subscribe(p.name, None, rule_of(match), written))

    async def _post(self, p: AddParams) -> None:
        self._require_free(p.name, but=Origin.ADDED)
        await self._require_allowed(p)
        async with self._registry.changing:
            self._require_free(p.name, but=Origin.ADDED)
            hook = _read(p, p.secret or self._former_secret(p.name), self._hooks_allow())
            record = StoredHook(p.name, _written(p), p.secret or self._former_secret(p.name))

            def put(transaction: Transaction) -> None:
                hooks.delete(transaction.connection, p.name)  # suspended no more, either
                hooks.put(transaction.connection, record, transaction.wall)
                transaction.record_event("handler.added", handler=p.name)

            await stored(self._registry.adopt(hook, put))

    async def _require_allowed(self, p: AddParams) -> None:
        """Errors: `Refused` for settings, a secret or an address that cannot be."""
        if p.secret is not None:
            try:
                signing.key_of(p.secret.encode())
            except ValueError as error:
                text = f"secret: {error}"
                raise Refused(
                    Code.INVALID, text, reason="impossible_value", field="secret"
                ) from error
        hook = _read(p, p.secret, self._hooks_allow())
        await _require_destination(hook.settings.address or "", self._hooks_allow())

    def _require_free(self, name: str, *, but: Origin) -> None:
        """Errors: `Refused` if another handler has the name."""
        if self._registry.get(name) is None:
            return
        origin = self._registry.directory.origin(name)
        if origin is Origin.CONFIGURED:
            text = f"{name} stands in the configuration: change it there"
            raise Refused(Code.CONFLICT, text, reason="configured", field="name")
        if origin is not but:
            text = f"there is a handler called {name}: remove it first"
            raise Refused(Code.CONFLICT, text, reason="exists", field="name")

    def _former_secret(self, name: str) -> str | None:
        found = self._registry.directory.added.get(name)
        return getattr(found.settings, "secret", None) if found else None

    async def _add(self, context: Context, p: AddParams) -> HandlerStatus:
        require_cheap(context, p.match)
        return await self.add(p)

    async def _resume(self, _: Context, p: HandlerParams) -> Resumed:
        return Resumed(p.handler, await self.resume(p.handler))


def _values(p: AddParams) -> dict[str, Any]:
    """The keys that the hook would have in the configuration."""
    given = {
        "name": p.name,
        "match": p.match,
        "post": p.post,
        "receipts": p.receipts or None,
        "timeout": None if p.timeout is None else float(p.timeout),
        "concurrency": p.concurrency,
        "retry": p.retry,
    }
    return {key: value for key, value in given.items() if value is not None}


def _written(p: AddParams) -> str:
    return msgspec.json.encode(_values(p)).decode()


def _read(p: AddParams, secret: str | None, hooks_allow: tuple[str, ...]) -> HandlerConfig:
    try:
        return hook_of(_values(p), secret, hooks_allow)
    except ConfigError as error:
        raise refusal(error) from error


async def _require_destination(address: str, hooks_allow: tuple[str, ...]) -> None:
    """Errors: `Refused` for a place where no hook may lead. A name that nobody knows now is judged later."""
    from gsmd.destinations import Destinations, look_up, target_of

    destinations = Destinations(hooks_allow)
    try:
        target = target_of(address)
        destinations.judge_host(target.host, https=target.https)
        try:
            async with asyncio.timeout(_LOOK_UP):
                found = await look_up(target.host, target.port)
        except OSError as error:  # a TimeoutError too
            log.info("%s cannot be looked up now: %s", target.host, str(error) or "no answer")
            return
        destinations.permitted(target.host, found, https=target.https)
    except ValueError as error:
        text = f"post: {error}"
        raise Refused(Code.INVALID, text, reason="forbidden_destination", field="post") from error
