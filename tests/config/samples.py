"""Configurations to vary, on a machine that has the accounts they name."""

import textwrap

from gsmd.config import Accounts, Config, ConfigError, Problem, parse
from gsmd.handler_kinds import HANDLER_KINDS

MODEM = "modems: [{name: m, port: /dev/ttyUSB0}]\n"

ACCOUNTS = Accounts(
    has_user=lambda name: name in {"root", "monitoring", "gsmd-smpp"},
    has_group=lambda name: name in {"gsmd", "admins"},
)


def read(text: str) -> Config:
    """The configuration in an indented text."""
    return parse(textwrap.dedent(text), "gsmd.yaml", HANDLER_KINDS, accounts=ACCOUNTS)


def refused(text: str) -> tuple[Problem, ...]:
    """What is wrong with it; an AssertionError if nothing is."""
    try:
        config = read(text)
    except ConfigError as error:
        return error.problems
    raise AssertionError(f"accepted: {config}")
