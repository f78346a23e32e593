"""``gsmd check``: finds what is wrong with the configuration."""

from collections.abc import Iterator
from pathlib import Path

import click

from gsmd.cli.exits import Exit, Stop
from gsmd.cli.options import configuration_option, json_option
from gsmd.cli.terminal import emit_json, say
from gsmd.config import Config, ConfigError, load
from gsmd.handler_kinds import HANDLER_KINDS


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
    if config.smpp is None or not config.smpp.accounts:
        return
    from gsmd.gateways.smpp.accounts import longer_than_specified, read_password

    for account in config.smpp.accounts:
        try:
            password = read_password(account, "")
        except ConfigError:
            continue  # it is for the gateway's user, who need not be this one
        if longer_than_specified(password):
            yield (
                f"The password of {account.system_id} is longer than the 8 characters that SMPP has room for:"
                " Kannel and others cut it off."
            )


def explain(error: ConfigError) -> str:
    """Every mistake on a line of its own: file, line, key, what is there and what should be."""
    count = len(error.problems)
    head = "the configuration cannot be used" if count == 1 else f"{count} mistakes"
    return "\n  ".join([f"{head}:", *map(str, error.problems)])


def _summary(config: Config) -> str:
    modems = ", ".join(modem.name for modem in config.modems)
    handlers = ", ".join(handler.name for handler in config.handlers)
    return f"modems {modems}; handlers {handlers}" if handlers else f"modems {modems}; no handlers"
