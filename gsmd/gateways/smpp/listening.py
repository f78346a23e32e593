"""The addresses that the gateway listens at: plain, and TLS."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence

from gsmd.config import ConfigError, Problem
from gsmd.config.network import Endpoint
from gsmd.config.smpp import SmppConfig
from gsmd.gateways.gateway import CannotServe

_HANDSHAKE = 10.0
"""Seconds for the handshake of TLS."""


async def listen(
    settings: SmppConfig,
    certificates: "ssl.SSLContext | None",
    connection: Callable[[bool], asyncio.Protocol],
    activated: Sequence[socket.socket] = (),
) -> list[asyncio.Server]:
    """Listen where the settings say; ``connection`` makes the protocol of one, told whether it is TLS.

    ``activated``: sockets that systemd listens at stand in for those of the settings; the one at the
    port of ``tls`` is for TLS. They stay open when a server is closed. Errors: `CannotServe`.
    """
    wanted: list[tuple[Endpoint, ssl.SSLContext | None]] = []
    if settings.listen is not None:
        wanted.append((settings.listen, None))
    if settings.tls is not None:
        wanted.append((settings.tls.listen, certificates))
    given = _given(settings, activated)
    servers: list[asyncio.Server] = []
    for endpoint, context in wanted:
        try:
            found = given.get(context is not None, ())
            for sock in found:
                servers.append(await _server(endpoint, context, connection, sock))  # noqa: PERF401 -- those before are closed if one fails
            if not found:
                servers.append(await _server(endpoint, context, connection))
        except OSError as error:
            for server in servers:
                server.close()
            raise CannotServe(f"cannot listen on {endpoint}: {error.strerror or error}") from error
    return servers


async def _server(
    endpoint: Endpoint,
    context: "ssl.SSLContext | None",
    connection: Callable[[bool], asyncio.Protocol],
    sock: socket.socket | None = None,
) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    handshake = None if context is None else _HANDSHAKE

    def made() -> asyncio.Protocol:
        return connection(context is not None)

    if sock is not None:
        return await loop.create_server(
            made, sock=sock.dup(), ssl=context, ssl_handshake_timeout=handshake
        )
    return await loop.create_server(
        made,
        endpoint.host or None,
        endpoint.port,
        ssl=context,
        ssl_handshake_timeout=handshake,
        reuse_address=True,
        backlog=256,
    )


def _given(
    settings: SmppConfig, activated: Sequence[socket.socket]
) -> dict[bool, list[socket.socket]]:
    """Sockets that are there, by whether they are for TLS."""
    found: dict[bool, list[socket.socket]] = {}
    for sock in activated:
        port = sock.getsockname()[1]
        secure = settings.tls is not None and port == settings.tls.listen.port
        found.setdefault(secure, []).append(sock)
    return found


def certificates(settings: SmppConfig) -> "ssl.SSLContext | None":
    """The context of the TLS port, None without one. Errors: `ConfigError`."""
    tls = settings.tls
    if tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(tls.certificate, tls.key_file)
        if tls.client_ca is not None:
            context.load_verify_locations(tls.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        expected = "a certificate with its key, PEM, that can be read"
        raise ConfigError(Problem("smpp", None, "smpp.tls", expected, str(error))) from error
    return context
