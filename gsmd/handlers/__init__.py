"""The ways of handing a message to somebody, all on the contract of `gsmd.handlers.base`."""

from pathlib import Path

from gsmd.config import ConfigError, HandlerConfig, Problem
from gsmd.handlers.base import Forgetful, Handler, Memory
from gsmd.handlers.program import ProgramHandler
from gsmd.handlers.socket import SocketHandler


def build(config: HandlerConfig, memory: Memory | None = None) -> Handler:
    """The handler that the configuration describes; ``memory`` is for those that do several things.

    Errors: `ConfigError` if it needs a package that is not installed.
    """
    if config.run is not None:
        return ProgramHandler(
            config.name,
            config.run,
            reply=config.reply,
            timeout=config.patience,
            concurrency=config.concurrency,
        )
    if config.post is not None:
        return _web_hook(config, config.post)
    if config.notify is not None:
        return _notify(config, config.notify, memory or Forgetful())
    return SocketHandler(config.name, timeout=config.patience)


def _web_hook(config: HandlerConfig, url: str) -> Handler:
    try:
        from gsmd.handlers.webhook import WebHook
    except ImportError as error:
        expected = "the package aiohttp beside gsmd (pip install 'gsmd[webhook]')"
        raise ConfigError(
            Problem("configuration", None, f"handlers.{config.name}.post", expected, str(error))
        ) from error
    return WebHook(
        config.name,
        url,
        secret_file=config.secret_file,
        timeout=config.patience,
        concurrency=config.concurrency,
    )


def _notify(config: HandlerConfig, file: Path, memory: Memory) -> Handler:
    try:
        from gsmd.handlers.notify import NotifyHandler
    except ImportError as error:
        expected = "the package apprise beside gsmd (pip install 'gsmd[notify]')"
        raise ConfigError(
            Problem("configuration", None, f"handlers.{config.name}.notify", expected, str(error))
        ) from error
    return NotifyHandler(
        config.name,
        file,
        memory,
        timeout=config.patience,
        concurrency=config.concurrency,
    )
