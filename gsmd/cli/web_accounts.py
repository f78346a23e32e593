"""The accounts of the web gateway, as the command line works on them."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gsmd.cli.exits import Exit, Stop
from gsmd.cli.options import configuration_path

if TYPE_CHECKING:
    from gsmd.config.web import WebConfig


def accounts() -> "tuple[WebConfig, Any]":
    """The gateway's section, and its accounts as a context. Errors: `Stop`."""
    from gsmd.config import ConfigError, load
    from gsmd.gateways.catalogue import section_missing
    from gsmd.gateways.state import directories
    from gsmd.handler_kinds import HANDLER_KINDS

    path = configuration_path()
    try:
        config = load(path, HANDLER_KINDS)
        if config.web is None:
            raise section_missing("web", str(path))
    except ConfigError as error:
        from gsmd.cli.check import explain

        raise Stop(explain(error), Exit.CONFIGURATION) from None
    return config.web, opened(directories(config, ["web"])["web"])


@contextmanager
def opened(state_dir: Path) -> Iterator[sqlite3.Connection]:
    """One transaction in the file, which stays the gateway's own: root works as its owner."""
    from gsmd.gateways.database import connect
    from gsmd.gateways.gateway import CannotServe
    from gsmd.gateways.web.accounts.directory import DATABASE
    from gsmd.gateways.web.accounts.schema import STEPS

    path = state_dir / DATABASE
    try:
        _become_owner(state_dir)
        connection = connect(path, STEPS)
    except CannotServe as error:
        raise Stop(
            str(error), advice="Only the gateway's user and root may: sudo gsmd web …"
        ) from None
    with closing(connection) as db:
        db.execute("BEGIN IMMEDIATE")
        yield db
        db.execute("COMMIT")


def _become_owner(state_dir: Path) -> None:
    if os.geteuid() != 0 or not state_dir.exists():
        return
    owner = state_dir.stat()
    if owner.st_uid != 0:
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)


@contextmanager
def named() -> Iterator[None]:
    """A name that is none is a mistake of the command line."""
    from gsmd.gateways.web.accounts.users import BadName

    try:
        yield
    except BadName as error:
        raise click.BadParameter(str(error), param_hint="NAME") from None


def base(settings: "WebConfig") -> str:
    """The beginning of the gateway's addresses."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    scheme = "https" if settings.tls is not None else "http"
    listen = settings.listen
    if listen.path is not None:
        return "https://HOST"  # whatever the proxy in front of it is called
    host = "127.0.0.1" if listen.host in {"", "0.0.0.0", "::"} else listen.host  # noqa: S104 -- compared
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{listen.port}"
