"""Mistakes in the sections of gateways that only the whole file shows."""

from collections.abc import Iterable

from gsmd.config.handlers import MatchRule
from gsmd.config.model import Config

_TOPICS = frozenset({"bridge", "send", "sent", "device"})
"""What stands beneath MQTT's base topic where the name of a modem does."""

Place = tuple[str | int, ...]


def check(config: Config) -> Iterable[tuple[Place, str, str]]:
    """Each mistake: its place, what was expected, what was found."""
    modems = {modem.name for modem in config.modems}
    carriers = modems | {carrier.name for carrier in config.programs}
    expected = f"the name of a modem ({', '.join(sorted(carriers))})"
    for place, name in _modems_named(config):
        if name not in carriers:
            yield place, expected, name
    yield from _names(config, modems)


def _modems_named(config: Config) -> Iterable[tuple[Place, str]]:
    """Each modem that a gateway's section names, and where."""
    if config.smpp is not None:
        for index, account in enumerate(config.smpp.accounts):
            here: Place = ("smpp", "accounts", index)
            yield from _matched((*here, "match"), account.match)
            if account.modem is not None:
                yield (*here, "modem"), account.modem
    if config.mqtt is not None:
        yield from _matched(("mqtt", "match"), config.mqtt.match)
        for index, device in enumerate(config.mqtt.devices):
            if device.modem is not None:
                yield ("mqtt", "devices", index, "modem"), device.modem
    if config.mail is not None:
        for index, forward in enumerate(config.mail.forward):
            yield from _matched(("mail", "forward", index, "match"), forward.match)


def _matched(place: Place, rule: MatchRule | None) -> Iterable[tuple[Place, str]]:
    for index, name in enumerate((rule and rule.modem) or ()):
        yield (*place, "modem", index), name


def _names(config: Config, modems: set[str]) -> Iterable[tuple[Place, str, str]]:
    """Names that stand in routes have to be those of one modem or one provider; those of modems stand in topics too."""
    for index, modem in enumerate(config.modems if config.mqtt else ()):
        if modem.name in _TOPICS:
            yield ("modems", index, "name"), "a name that is no topic of mqtt's", modem.name
    for index, provider in enumerate(config.smpp.providers if config.smpp else ()):
        if provider.name in modems:
            yield ("smpp", "providers", index, "name"), "a name no modem has", provider.name
