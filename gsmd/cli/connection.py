"""The way to the daemon: which socket, and a client on it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gsmd.client import Client, ProtocolError
from gsmd.client.protocol_state import socket_path as usual_path
from gsmd.protocol.errors import Code

if TYPE_CHECKING:
    from gsmd.protocol.gateways import GatewayStatus


def socket_path() -> Path:
    """``--socket``, else where every client looks."""
    context = click.get_current_context(silent=True)
    return usual_path(context.meta.get("gsmd.socket") if context else None)


def daemon(*, timeout: float | None = 60.0) -> Client:
    """A client of the daemon. ``timeout``: seconds an answer may take; see `Client`."""
    return Client(socket_path(), timeout=timeout, actor=_actor())


def gateways_of(client: Client) -> "Sequence[GatewayStatus]":
    """The gateways as the daemon knows them; none, where it is an older one that does not."""
    try:
        return client.gateways.list()
    except ProtocolError as error:
        if error.code != Code.METHOD_NOT_FOUND:
            raise
        return ()


def _actor() -> str | None:
    """``$GSMD_ACTOR``, else who became root to do it; else the daemon notes whose process it is, where it does."""
    return os.environ.get("GSMD_ACTOR") or os.environ.get("SUDO_USER") or None
