"""``gsmd check``: finds what is wrong with the configuration."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gsmd.cli.exits import Exit, Stop
from gsmd.cli.options import configuration_option, json_option
from gsmd.cli.terminal import emit_json, say
from gsmd.config import AccessRule, Config, ConfigError, load
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.method import Role

if TYPE_CHECKING:
    from gsmd.config.smpp import SmppConfig


@click.command()
@configuration_option
@json_option
def check(config: Path, as_json: bool) -> None:
    """Read the configuration as the daemon would, and name every mistake in it."""
    try:
        loaded = load(config, HANDLER_KINDS)
    except ConfigError as error:
        if as_json:
            emit_json(error.problems)
        raise Stop(explain(error), Exit.CONFIGURATION) from None
    if as_json:
        emit_json([{"file": str(config), "ok": True}])
    else:
        say(f"{config} is right: {_summary(loaded)}.")
        for remark in _remarks(loaded):
            say(remark)


def _remarks(config: Config) -> Iterator[str]:
    """What is no mistake and will surprise somebody."""
    if config.smpp is None:
        return
    yield from _passwords(config.smpp)
    named = {name for route in config.routes for name in route.modems}
    for provider in config.smpp.providers:
        if provider.name not in named:
            yield f"No route names {provider.name}: only what asks for it by name goes through it."
    if config.carries and config.access and not any(map(_lets_carry, config.access)):
        yield (
            "No rule of access lets anybody carry: nobody can bind to"
            f" {config.smpp.providers[0].name} (access: user gsmd-smpp, may: [carry])."
        )


def _lets_carry(rule: AccessRule) -> bool:
    return not {Role.CARRY, Role.ADMIN}.isdisjoint(rule.may)


def _passwords(settings: "SmppConfig") -> Iterator[str]:
    from gsmd.gateways.smpp.accounts import longer_than_specified, read_password, read_secret

    for account in settings.accounts:
        try:
            password = read_password(account, "")
        except ConfigError:
            continue  # it is for the gateway's user, who need not be this one
        if longer_than_specified(password):
            yield (
                f"The password of {account.system_id} is longer than the 8 characters that SMPP has room for:"
                " Kannel and others cut it off."
            )
    for provider in settings.providers:
        try:
            password = read_secret(provider.password_file, "", "")
        except ConfigError:
            continue
        if longer_than_specified(password):
            yield (
                f"The password for {provider.name} is longer than the 8 characters that SMPP has room for:"
                " not every SMSC takes it."
            )


def explain(error: ConfigError) -> str:
    """Every mistake on a line of its own: file, line, key, what is there and what should be."""
    count = len(error.problems)
    head = "the configuration cannot be used" if count == 1 else f"{count} mistakes"
    return "\n  ".join([f"{head}:", *map(str, error.problems)])


def _summary(config: Config) -> str:
    modems = ", ".join(modem.name for modem in config.modems) or "none"
    carriers = ", ".join(carrier.name for carrier in config.programs)
    handlers = ", ".join(handler.name for handler in config.handlers)
    said = [f"modems {modems}", *([f"carriers {carriers}"] if carriers else [])]
    return "; ".join([*said, f"handlers {handlers}" if handlers else "no handlers"])
