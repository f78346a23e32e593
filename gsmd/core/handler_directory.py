"""The directory of handlers: which there are, where each was made, and which messages it takes."""

from collections.abc import Iterable, Mapping

import msgspec

from gsmd.config import HandlerConfig, MatchRule
from gsmd.features import PREFIX
from gsmd.handlers.added_webhook import AddedWebHookSettings
from gsmd.handlers.matching import matches
from gsmd.handlers.socket import SocketSettings
from gsmd.protocol.handlers import Origin
from gsmd.protocol.message import Message


class HandlerDirectory(msgspec.Struct, frozen=True):
    """Handlers by name. It never changes: the writer thread reads it while the event loop makes the next one.

    A name that is nowhere in it belongs to a program that connected and said it.
    """

    configured: Mapping[str, HandlerConfig] = {}
    added: Mapping[str, HandlerConfig] = {}
    chosen: Mapping[str, HandlerConfig] = {}
    """Names that programs gave together with a choice of messages."""

    def __getitem__(self, name: str) -> HandlerConfig:
        found = self.find(name)
        return found or HandlerConfig(name=name, settings=SocketSettings())

    def find(self, name: str) -> HandlerConfig | None:
        """The settings of a handler, if there are any."""
        return self.configured.get(name) or self.added.get(name) or self.chosen.get(name)

    def origin(self, name: str) -> Origin:
        """The place where a handler was made."""
        if name.startswith(PREFIX):
            return Origin.BUILT_IN
        if name in self.configured:
            return Origin.CONFIGURED
        return Origin.ADDED if name in self.added else Origin.SUBSCRIBED

    def takes(self, name: str, message: Message, *, unclaimed: bool = False) -> bool:
        """``unclaimed``: handlers for what nobody else took are asked, in place of all others."""
        config = self.find(name)
        rule = config.match if config else None
        return bool(rule and rule.unclaimed) == unclaimed and matches(rule, message)

    def with_configuration(
        self, configs: Iterable[HandlerConfig], hooks_allow: tuple[str, ...]
    ) -> "HandlerDirectory":
        """The same with another configuration, whose handlers take the place of others of their names."""
        configured = {config.name: config for config in configs}
        return HandlerDirectory(
            configured,
            {
                name: _allowing(config, hooks_allow)
                for name, config in self.added.items()
                if name not in configured
            },
            {name: config for name, config in self.chosen.items() if name not in configured},
        )

    def with_hook(self, config: HandlerConfig) -> "HandlerDirectory":
        """The same with a web hook that was added, new or in place of the one of its name."""
        return msgspec.structs.replace(self, added={**self.added, config.name: config})

    def with_choice(self, name: str, rule: MatchRule) -> "HandlerDirectory":
        """The same with another choice of messages for a name that a program gave."""
        config = HandlerConfig(name=name, match=rule, settings=SocketSettings())
        return msgspec.structs.replace(self, chosen={**self.chosen, name: config})

    def without(self, name: str) -> "HandlerDirectory":
        """The same without what was made at run time under a name."""
        return msgspec.structs.replace(
            self,
            added={one: config for one, config in self.added.items() if one != name},
            chosen={one: config for one, config in self.chosen.items() if one != name},
        )


def _allowing(config: HandlerConfig, hooks_allow: tuple[str, ...]) -> HandlerConfig:
    if not isinstance(config.settings, AddedWebHookSettings):
        return config
    settings = msgspec.structs.replace(config.settings, hooks_allow=hooks_allow)
    return msgspec.structs.replace(config, settings=settings)
