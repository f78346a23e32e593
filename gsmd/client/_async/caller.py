"""What typed calls have in common: they ask over a channel, and know the type of the answer."""

from typing import Any, TypeVar

import msgspec

from gsmd.client._async.channel import AsyncChannel
from gsmd.client.errors import ProtocolError
from gsmd.protocol.method import Method

R = TypeVar("R")


class AsyncCaller:
    """Typed calls of methods. Members of a result that this version does not know are ignored."""

    def __init__(self, channel: AsyncChannel) -> None:
        self._channel = channel

    async def _ask(self, method: Method[Any, R], /, **params: Any) -> R:
        return await self._ask_as(method.result, method, **params)

    async def _ask_as(self, kind: type[R], method: Method[Any, Any], /, **params: Any) -> R:
        result = await self._channel.call(method.name, params)
        try:
            return msgspec.convert(result, kind)
        except msgspec.ValidationError as error:
            raise ProtocolError(
                f"the answer to {method.name} cannot be understood: {error}"
            ) from error
