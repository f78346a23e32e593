"""The way to the daemon: which socket, and a client on it."""

import os
from pathlib import Path

import click

from gsmd.client import Client
from gsmd.client.protocol_state import socket_path as usual_path


def socket_path() -> Path:
    """``--socket``, else where every client looks."""
    context = click.get_current_context(silent=True)
    return usual_path(context.meta.get("gsmd.socket") if context else None)


def daemon(*, timeout: float | None = 60.0) -> Client:
    """A client of the daemon. ``timeout``: seconds an answer may take; see `Client`."""
    return Client(socket_path(), timeout=timeout, actor=_actor())


def _actor() -> str | None:
    """``$GSMD_ACTOR``, else who became root to do it; else the daemon notes whose process it is, where it does."""
    return os.environ.get("GSMD_ACTOR") or os.environ.get("SUDO_USER") or None
