"""The client: every typed call, what the daemon tells by itself, and any method by its name."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Literal, Self, cast

from gsmd.client._async.calls import AsyncTypedCalls
from gsmd.client._async.connections import AsyncConnections
from gsmd.client._async.listener import AsyncListener
from gsmd.client._async.stream import AsyncEventStream
from gsmd.client._async.submission_stream import AsyncSubmissionStream
from gsmd.client.paging import AT_ONCE, L, Page
from gsmd.client.parameters import given
from gsmd.client.protocol_state import socket_path
from gsmd.protocol import handlers
from gsmd.protocol.method import Method, P, R


class AsyncClient(AsyncTypedCalls):
    """Talks to the daemon, any number of calls at once. Connects when first needed, and again when it has to.

    ``socket`` is the path, else ``$GSMD_SOCKET``, else ``/run/gsmd/gsmd.sock``. ``timeout`` is how
    many seconds an answer may take beyond what the call itself waits for; None: any time. ``actor`` is for
    whom calls are made that name nobody else, such as ``anna@web``: it is kept with what they change.

    Errors of every method: `GsmdError` and what is derived from it.
    """

    def __init__(
        self,
        socket: str | os.PathLike[str] | None = None,
        *,
        timeout: float | None = 60.0,
        actor: str | None = None,
    ) -> None:
        self.path = socket_path(socket)
        super().__init__(AsyncConnections(self.path, timeout, actor))

    async def close(self) -> None:
        """End what connections there are; calls that wait for an answer get `NoDaemon`."""
        await self._connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def call(self, method: str, /, **params: Any) -> Any:
        """Any method of the protocol; returns the result as JSON values. Parameters that are None are left out."""
        return await self._connections.call(method, params)

    async def ask(self, method: Method[P, R], params: P) -> R:
        """A method by its row in `gsmd.protocol`, with the parameters as its struct; returns the whole result."""
        return await self._ask(method, **given(params))

    async def pages(
        self, listing: Callable[L, Awaitable[Page]], *args: L.args, **filters: L.kwargs
    ) -> AsyncIterator[Page]:
        """Every page of a listing, asked for as it is needed: ``client.pages(client.lists.get, "news")``."""
        ask = cast("Callable[..., Awaitable[Page]]", listing)
        wanted = {"limit": AT_ONCE, "after": None, **filters}
        while True:
            page = await ask(*args, **wanted)
            yield page
            wanted["after"] = page.next
            if page.next is None:
                return

    async def redrive(
        self,
        handler: str | None,
        id_: str | None = None,
        *,
        replay: bool = False,
        actor: str | None = None,
    ) -> int:
        """Hand one dead letter, or all of them, to the handler again (None: to any); returns how many.

        With ``replay`` the message may be any that came in, whatever has become of it there.
        """
        every = True if id_ is None else None
        result = await self._ask(
            handlers.REDRIVE,
            handler=handler,
            id_=id_,
            all=every,
            replay=replay or None,
            actor=actor,
        )
        return result.redriven

    def listen(
        self,
        handler: str | None = None,
        *,
        max_in_flight: int = 1,
        from_: str | None = None,
        match: Mapping[str, Any] | None = None,
        reconnect: bool = True,
    ) -> AsyncListener:
        """The messages for a handler (`AsyncListener`), on a connection of their own; without a name all, to look at."""
        return AsyncListener(
            self.path,
            handler,
            max_in_flight=max_in_flight,
            from_=from_,
            match=match,
            reconnect=reconnect,
            timeout=self._connections.timeout,
        )

    def carry(
        self, carrier: str, *, max_in_flight: int = 1, reconnect: bool = True
    ) -> AsyncSubmissionStream:
        """Be a carrier of the configuration (`AsyncSubmissionStream`), on a connection of its own: its messages, to be carried.

        What comes back goes by ``carriers.report`` and ``carriers.receive`` of this client.
        """
        return AsyncSubmissionStream(
            self.path,
            carrier,
            max_in_flight=max_in_flight,
            reconnect=reconnect,
            timeout=self._connections.timeout,
        )

    def events(
        self, *types: str, after: int | Literal["now"] | None = None, reconnect: bool = True
    ) -> AsyncEventStream:
        """Events as they happen, on a connection of its own: all, or those that begin with one of ``types`` (``"modem."``).

        ``after`` is the `seq` of the last event that is known, 0 for all that are kept, or ``"now"``: none behind it
        is missed and none comes twice, whatever becomes of the daemon meanwhile. `NotFound`, with ``oldest`` in its
        ``data``, where that is further back than is kept.
        """
        params = {"types": [*types] or None, "after": after}
        return AsyncEventStream(
            self.path,
            "events.subscribe",
            params,
            reconnect=reconnect,
            timeout=self._connections.timeout,
        )
