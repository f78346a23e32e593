"""The door of the gateway as REST sees it."""

from typing import Protocol

from starlette.requests import Request

from gsmd.gateways.web.callers import Caller


class Door(Protocol):
    """Lets callers in."""

    async def authenticate(self, request: Request) -> Caller:
        """Whoever sends the request. Errors: `Problem`, with 401 or 429."""
        ...
