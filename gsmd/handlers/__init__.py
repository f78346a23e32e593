"""The ways of handing a message to somebody, all on the contract of `gsmd.handlers.base`."""

from pathlib import Path

from gsmd.config import ConfigError, HandlerConfig, Problem
from gsmd.handlers.base import DeliveryMarks, Handler, VolatileDeliveryMarks
from gsmd.handlers.program import ProgramHandler
from gsmd.handlers.socket import SocketHandler


def build(config: HandlerConfig, marks: DeliveryMarks | None = None) -> Handler:
    """The handler that the configuration describes; ``marks`` are for those that do several things.

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
        return _notify(config, config.notify, marks or VolatileDeliveryMarks())
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


def _notify(config: HandlerConfig, file: Path, marks: DeliveryMarks) -> Handler:
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
        marks,
        timeout=config.patience,
        concurrency=config.concurrency,
    )
