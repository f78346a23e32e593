"""``gsmd check``: finds what is wrong with the configuration."""

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


def explain(error: ConfigError) -> str:
    """Every mistake on a line of its own: file, line, key, what is there and what should be."""
    count = len(error.problems)
    head = "the configuration cannot be used" if count == 1 else f"{count} mistakes"
    return "\n  ".join([f"{head}:", *map(str, error.problems)])


def _summary(config: Config) -> str:
    modems = ", ".join(modem.name for modem in config.modems)
    handlers = ", ".join(handler.name for handler in config.handlers)
    return f"modems {modems}; handlers {handlers}" if handlers else f"modems {modems}; no handlers"
