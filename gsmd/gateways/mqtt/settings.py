"""What the configuration says, as the gateway needs it: the broker's address, secrets, keywords."""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from gsmd.config import Config, ConfigError, Problem
from gsmd.config.mqtt import MqttConfig
from gsmd.gateways.mqtt.wire import Address
from gsmd.words import fold

_PORTS = {"mqtt": 1883, "mqtts": 8883}


def address(settings: MqttConfig) -> Address:
    """Where the broker is. Errors: `ConfigError` for a file that cannot be read."""
    try:
        url = urlsplit(settings.broker)
        host, port = url.hostname, url.port
    except ValueError as error:
        raise _problem("broker", "a host and a port", str(error)) from None
    tls = None
    if url.scheme == "mqtts":
        try:
            tls = ssl.create_default_context(cafile=settings.ca)
        except (OSError, ssl.SSLError) as error:
            raise _problem("ca", "certificates in PEM", str(error)) from error
    return Address(
        host=host or "127.0.0.1",
        port=port or _PORTS[url.scheme],
        tls=tls,
        user=settings.user,
        password=_secret("password_file", settings.password_file),
        client_id=settings.client_id,
        keep_alive=settings.keep_alive,
    )


def secrets(settings: MqttConfig) -> dict[str, str]:
    """The password of each device that has one. Errors: `ConfigError`."""
    found = {}
    for device in settings.devices:
        secret = _secret(f"devices[{device.name}].password_file", device.password_file)
        if secret is not None:
            found[device.name] = secret
    return found


def match(settings: MqttConfig) -> dict[str, Any]:
    """The choice of messages, as `inbox.subscribe` takes it."""
    return {} if settings.match is None else msgspec.to_builtins(settings.match)


def keywords(config: Config) -> list[str]:
    """The words of the keyword table and of handlers, as `shapes.keyword` writes them."""
    words: dict[str, None] = {}
    for row in config.keywords.table:
        words.update((fold(each).upper(), None) for each in row.word)
    for handler in config.handlers:
        rule = handler.match
        if rule is not None:
            words.update((fold(each).upper(), None) for each in rule.keyword or ())
    return [each for each in words if each]


def _secret(key: str, path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        secret = path.read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _problem(key, "a file that can be read", reason) from error
    if not secret:
        raise _problem(key, f"a password in {path}", "nothing")
    return secret


def _problem(key: str, expected: str, found: str) -> ConfigError:
    return ConfigError(Problem("mqtt", None, f"mqtt.{key}", expected, found))
