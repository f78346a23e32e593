"""What is kept of handlers made at run time, as settings: JSON on one side, the structs of the configuration on the other."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from gsmd.config import ConfigError, HandlerConfig, MatchRule
from gsmd.core.handler_directory import HandlerDirectory
from gsmd.handlers.added_webhook import AddedWebHookSettings, Secret
from gsmd.handlers.socket import SocketSettings
from gsmd.handlers.webhook import PostSettings, WebHookSettings
from gsmd.hours import Hours
from gsmd.protocol.errors import Code, Refused
from gsmd.store.ledger import Ledger
from gsmd.store.tables import deliveries, hooks
from gsmd.store.tables.hooks import StoredHook

log = logging.getLogger(__name__)


def hook_of(
    values: Mapping[str, Any], secret: str | None, hooks_allow: tuple[str, ...]
) -> HandlerConfig:
    """A web hook with the keys that it would have in the configuration. Errors: `ConfigError`."""
    from gsmd.config.values import read_handler  # needs what reads YAML

    read = read_handler(values, (WebHookSettings,), f"handler {values.get('name')}")
    own = {
        field.name: getattr(read.settings, field.name)
        for field in msgspec.structs.fields(PostSettings)
    }
    settings = AddedWebHookSettings(
        **own, secret=None if secret is None else Secret(secret), hooks_allow=hooks_allow
    )
    return msgspec.structs.replace(read, settings=settings)


def rule_of(match: Mapping[str, Any]) -> MatchRule:
    """The choice of messages that a request has. Errors: `Refused`."""
    from gsmd.config.values import read_match

    try:
        return read_match(match, "match")
    except ConfigError as error:
        raise refusal(error) from error


def refusal(error: ConfigError) -> Refused:
    """The first mistake in what a request gave."""
    problem = error.problems[0]
    found = f"{problem.found}, " if problem.found else ""
    text = f"{problem.key}: {found}expected {problem.expected}"
    return Refused(Code.INVALID, text, reason="impossible_value", field=problem.key or None)


def shown(rule: MatchRule | None) -> dict[str, Any] | None:
    """A choice of messages as a request has it."""
    if rule is None:
        return None
    return {
        field.encode_name: value
        for field in msgspec.structs.fields(rule)
        if (value := _plain(getattr(rule, field.name))) != field.default
    }


def _plain(value: object) -> object:
    if isinstance(value, Hours):
        return f"{value.begin:%H:%M}-{value.end:%H:%M}"
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value


async def restored(
    ledger: Ledger, directory: HandlerDirectory, hooks_allow: tuple[str, ...]
) -> HandlerDirectory:
    """The directory with all that was made at run time, but for names that the configuration has."""
    records, choices = await ledger.read(
        lambda connection: (hooks.stored(connection), deliveries.choices(connection))
    )
    for record in records:
        if record.name not in directory.configured:
            directory = directory.with_hook(_restored(record, hooks_allow))
    for name, written in choices.items():
        try:
            rule = rule_of(msgspec.json.decode(written))
        except Refused as error:
            log.error("handler %s takes all messages: its choice cannot be read: %s", name, error)  # noqa: TRY400 -- the reason says it
        else:
            directory = directory.with_choice(name, rule)
    return directory


def _restored(record: StoredHook, hooks_allow: tuple[str, ...]) -> HandlerConfig:
    try:
        return hook_of(msgspec.json.decode(record.settings), record.secret, hooks_allow)
    except ConfigError as error:
        # it goes on collecting, and a gsmd that can read it hands over: one with aiohttp, or a newer one
        log.error("handler %s keeps what is for it, and hands nothing over: %s", record.name, error)  # noqa: TRY400 -- the reason says it
        return HandlerConfig(name=record.name, settings=SocketSettings())
