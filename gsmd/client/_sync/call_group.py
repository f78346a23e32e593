# Generated from gsmd/client/_async/call_group.py by .ci/generate: do not edit.
"""The common part of typed calls: they ask over connections, and know the type of the answer."""

from typing import Any, TypeVar

import msgspec

from gsmd.client._sync.connections import Connections
from gsmd.client.errors import ProtocolError
from gsmd.protocol.method import Method

R = TypeVar("R")


class CallGroup:
    """Typed calls of methods. Members of a result that this version does not know are ignored."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def _ask(self, method: Method[Any, R], /, **params: Any) -> R:
        return self._ask_as(method.result, method, **params)

    def _ask_as(self, kind: type[R], method: Method[Any, Any], /, **params: Any) -> R:
        result = self._connections.call(method.name, params)
        try:
            return msgspec.convert(result, kind)
        except msgspec.ValidationError as error:
            raise ProtocolError(
                f"the answer to {method.name} cannot be understood: {error}"
            ) from error
