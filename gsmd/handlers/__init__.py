"""The kinds of handlers: ways of handing a message to somebody, all on the contract of `gsmd.handlers.base`.

A kind is one file: the struct of its keys in the configuration, and the handler that is built from it.
`KINDS` registers it. docs/contributing.md tells how to add one.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from gsmd.config import HandlerConfig, HandlerSettings
from gsmd.handlers.added_webhook import AddedWebHook, AddedWebHookSettings
from gsmd.handlers.base import DeliveryMarks, Handler
from gsmd.handlers.device import DeviceHandler, DeviceSettings
from gsmd.handlers.file import FileHandler, FileSettings
from gsmd.handlers.notify import NotifyHandler, NotifySettings
from gsmd.handlers.program import ProgramHandler, ProgramSettings
from gsmd.handlers.socket import SocketHandler, SocketSettings
from gsmd.handlers.webhook import WebHook, WebHookSettings

S = TypeVar("S", bound=HandlerSettings)


class HandlerKind(msgspec.Struct, Generic[S], frozen=True):
    """A kind: its keys in the configuration, and how a handler is built from its name and from these."""

    settings: type[S]
    build: Callable[[str, S, DeliveryMarks], Handler]


KINDS: Sequence[HandlerKind[Any]] = (
    HandlerKind(SocketSettings, SocketHandler),
    HandlerKind(ProgramSettings, ProgramHandler),
    HandlerKind(WebHookSettings, WebHook),
    HandlerKind(NotifySettings, NotifyHandler),
    HandlerKind(FileSettings, FileHandler),
    HandlerKind(DeviceSettings, DeviceHandler),
)
"""The kinds that stand outside gsmd."""

_ADDED: HandlerKind[Any] = HandlerKind(AddedWebHookSettings, AddedWebHook)
"""A web hook that was added at run time: no configuration names it."""

_BUILDERS = {kind.settings: kind.build for kind in (*KINDS, _ADDED)}


def build(config: HandlerConfig, marks: DeliveryMarks) -> Handler:
    """The handler that the configuration describes; ``marks`` are for those that do several things."""
    return _BUILDERS[type(config.settings)](config.name, config.settings, marks)
