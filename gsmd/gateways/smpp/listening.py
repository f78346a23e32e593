"""The addresses that the gateway listens at: plain, and TLS."""

import asyncio
import ssl
from collections.abc import Callable

from gsmd.config import ConfigError, Problem
from gsmd.config.network import Endpoint
from gsmd.config.smpp import SmppConfig
from gsmd.gateways.gateway import CannotServe

_HANDSHAKE = 10.0
"""Seconds for the handshake of TLS."""


async def listen(
    settings: SmppConfig,
    certificates: ssl.SSLContext | None,
    connection: Callable[[bool], asyncio.Protocol],
) -> list[asyncio.Server]:
    """Listen where the settings say; ``connection`` makes the protocol of one, told whether it is TLS. Errors: `CannotServe`."""
    wanted: list[tuple[Endpoint, ssl.SSLContext | None]] = []
    if settings.listen is not None:
        wanted.append((settings.listen, None))
    if settings.tls is not None:
        wanted.append((settings.tls.listen, certificates))
    servers: list[asyncio.Server] = []
    for endpoint, context in wanted:
        try:
            servers.append(await _server(endpoint, context, connection))
        except OSError as error:
            for server in servers:
                server.close()
            raise CannotServe(f"cannot listen on {endpoint}: {error.strerror or error}") from error
    return servers


async def _server(
    endpoint: Endpoint,
    context: ssl.SSLContext | None,
    connection: Callable[[bool], asyncio.Protocol],
) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(
        lambda: connection(context is not None),
        endpoint.host or None,
        endpoint.port,
        ssl=context,
        ssl_handshake_timeout=None if context is None else _HANDSHAKE,
        reuse_address=True,
        backlog=256,
    )


def certificates(settings: SmppConfig) -> ssl.SSLContext | None:
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
