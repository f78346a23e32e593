"""The engine of the fleet, as the command line reaches it: by the configuration, or by options on a machine without one."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gsmd.cli.exits import Exit, Stop
from gsmd.cli.service import DEFAULT_CONFIGURATION

if TYPE_CHECKING:
    from gsmd.config.fleet import FleetConfig

T = TypeVar("T")
Function = TypeVar("Function", bound=Callable[..., Any])

_PATIENCE = 15.0


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value:
        ctx.meta[f"gsmd.fleet.{param.name}"] = value


def configuration_option(function: Function) -> Function:
    """``-c``, before or behind the word of a command."""
    return click.option(
        *("-c", "--config"),
        type=click.Path(path_type=Path),
        metavar="FILE",
        callback=_keep,
        expose_value=False,
        help=f"The configuration. [default: $GSMD_CONFIG, else {DEFAULT_CONFIGURATION}]",
    )(function)


def configuration_path() -> Path:
    """``-c`` wherever it was written, else where every command looks."""
    return Path(_said() or DEFAULT_CONFIGURATION)


def _said() -> str | Path | None:
    meta = click.get_current_context().meta
    return meta.get("gsmd.fleet.config") or os.environ.get("GSMD_CONFIG") or None


def connection_options(function: Function) -> Function:
    """``-c``, ``--server``, ``--credentials`` and ``--ca``, kept in the context."""
    path = click.Path(path_type=Path)
    for name, kind, metavar, text in (
        ("ca", path, "FILE", "What the servers' certificates are checked with."),
        ("credentials", path, "FILE", "Credentials of NATS, or an NKEY's seed."),
        ("server", str, "URL", "The engine, where there is no configuration; may be repeated."),
    ):
        function = click.option(
            f"--{name}",
            type=kind,
            metavar=metavar,
            help=text,
            multiple=name == "server",
            callback=_keep,
            expose_value=False,
        )(function)
    return configuration_option(function)


def reached(work: Callable[[Any, Any], Awaitable[T]]) -> T:
    """The result of ``work``, given a client of the engine and the section ``fleet``. Errors: `Stop`."""
    settings = _settings()
    try:
        from gsmd.fleet.client import AsyncFleetClient
        from gsmd.fleet.link import EngineAway, EngineRefused
    except ModuleNotFoundError as error:
        raise Stop(f"{error}: pip install 'gsmd[fleet]'", Exit.CONFIGURATION) from None

    async def ask() -> T:
        client = AsyncFleetClient(
            settings.servers,
            credentials_file=settings.credentials_file,
            ca=settings.ca,
            timeout=_PATIENCE,
        )
        try:
            async with client:
                return await work(client, settings)
        except TimeoutError:
            why = client.link.why
            raise Stop(
                f"the engine at {', '.join(settings.servers)} does not answer: {why}",
                Exit.TIMED_OUT,
            ) from None
        finally:
            await client.close()

    try:
        return asyncio.run(ask())
    except EngineAway as error:
        raise Stop(f"the engine does not answer: {error}", Exit.TIMED_OUT) from None
    except EngineRefused as error:
        raise Stop(f"the engine refuses: {error}") from None


def _settings() -> "FleetConfig":
    """The section, with what the options say instead. Errors: `Stop`."""
    import msgspec

    from gsmd.config.fleet import FleetConfig

    meta = click.get_current_context().meta
    given: dict[str, Any] = {}
    if "gsmd.fleet.server" in meta:
        given["servers"] = tuple(meta["gsmd.fleet.server"])
    if "gsmd.fleet.credentials" in meta:
        given["credentials_file"] = meta["gsmd.fleet.credentials"]
    if "gsmd.fleet.ca" in meta:
        given["ca"] = meta["gsmd.fleet.ca"]
    if "servers" in given and not _said():
        return FleetConfig(**given)
    found = _section(configuration_path())
    return msgspec.structs.replace(found, **given)


def _section(path: Path) -> "FleetConfig":
    from gsmd.config import ConfigError, load
    from gsmd.gateways.catalogue import section_missing
    from gsmd.handler_kinds import HANDLER_KINDS

    try:
        config = load(path, HANDLER_KINDS)
        if config.fleet is None:
            raise section_missing("fleet", str(path))
    except ConfigError as error:
        from gsmd.cli.check import explain

        raise Stop(explain(error), Exit.CONFIGURATION) from None
    return config.fleet
