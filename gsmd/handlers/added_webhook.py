"""A web hook that was added over the socket: as one of the configuration, but not everywhere may it lead."""

from typing import TYPE_CHECKING, Any, cast

from gsmd.handlers import signing
from gsmd.handlers.base import Delivery, DeliveryMarks, HandlerError
from gsmd.handlers.packages import require
from gsmd.handlers.webhook import PostingHandler, PostSettings
from gsmd.protocol.message import Reply

if TYPE_CHECKING:
    import ssl

    import aiohttp  # when running, it is there only where a web hook is used

    from gsmd.destinations import LookUp


class Secret(str):
    """A text that no log and no traceback shows by accident."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"


class AddedWebHookSettings(PostSettings, frozen=True, kw_only=True):
    """``secret``: what stands for the key, see `signing.key_of`. ``hooks_allow``: ``web.hooks_allow`` as it is now."""

    secret: Secret | None = None
    hooks_allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require("aiohttp", "webhook", key="post")


class AddedWebHook(PostingHandler[AddedWebHookSettings]):
    """Posts each message over a connection of its own, so that where it leads is judged each time."""

    def __init__(
        self,
        name: str,
        settings: AddedWebHookSettings,
        marks: DeliveryMarks | None = None,
        *,
        look_up: "LookUp | None" = None,
        tls: "ssl.SSLContext | None" = None,
        **more: Any,
    ) -> None:
        from gsmd.destinations import Destinations, target_of
        from gsmd.destinations import look_up as usual

        super().__init__(name, settings, marks, **more)
        self._target = target_of(settings.post)
        self._destinations = Destinations(settings.hooks_allow)
        self._look_up = look_up or usual
        self._tls = tls

    async def hand_over(self, delivery: Delivery) -> Reply | None:
        """As any web hook. Errors: `HandlerError`, also for a place where it may not lead."""
        try:
            # an address that stands there as such is never looked up
            self._destinations.judge_host(self._target.host, https=self._target.https)
        except ValueError as error:
            raise HandlerError(str(error)) from error
        return await super().hand_over(delivery)

    async def key(self) -> bytes | None:
        secret = self.settings.secret
        return None if secret is None else signing.key_of(secret.encode())

    def connector(self) -> "aiohttp.TCPConnector":
        import aiohttp
        from aiohttp.abc import AbstractResolver

        from gsmd.destinations import Resolver

        resolver = Resolver(self._destinations, https=self._target.https, look_up=self._look_up)
        return aiohttp.TCPConnector(
            limit=self.settings.concurrency,
            ssl=True if self._tls is None else self._tls,
            resolver=cast("AbstractResolver", resolver),
            use_dns_cache=False,
            force_close=True,
        )
