"""What every request passes first, and every answer last.

Theory of operation. In this order, and each stops a request for good:

1. Where it comes from (`proxies`). Without TLS on an address that others reach, only this machine and trusted
   proxies are answered (403): else passwords would travel as they are.
2. The Host that it names has to be one of ours (421): a page elsewhere whose name was made to lead here
   (DNS rebinding) names another. An address, as the connection has it, is ours too: no name leads there.
3. A request that may change something, or that a browser sends with its cookie, comes from our own pages: the browser
   says so in ``Sec-Fetch-Site``, an older one in ``Origin``. Programs say neither, and have no cookie (403).
4. Its head and its body are no longer than allowed (431, 413), and the body comes in time (408).

Every answer has the headers that keep a browser from doing what nobody here meant.
"""

import asyncio
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gsmd.config.web import WebConfig
from gsmd.gateways.web.door.proxies import Origin, Proxies
from gsmd.gateways.web.problems import Problem

BODY = 64 * 1024
"""Octets of a body."""

HEAD = 16 * 1024
"""Octets of the head of a request."""

IMPORT = 10 * 1024 * 1024
"""Octets of the body of an import, which is read as it comes."""

BODY_SECONDS, IMPORT_SECONDS = 30.0, 600.0
"""Seconds in which a body has to be there."""

IMPORTS = ("/api/v1/lists/", "/lists/", "/contests/")
"""The beginnings of paths whose last part may be ``import``."""

COOKIES = ("__Host-gsmd", "gsmd")
"""What the cookie of a session is called: over TLS, and without."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Guard:
    """The door of ``app``. ``change`` puts another configuration into force."""

    def __init__(self, app: ASGIApp, settings: WebConfig) -> None:
        self._app = app
        self._draining = asyncio.Event()
        self.change(settings)

    def drain(self) -> None:
        """Tell who waits for long, for events or for a message, that nobody listens any more; they come again."""
        self._draining.set()

    def change(self, settings: WebConfig) -> None:
        """Go by other settings from now on."""
        self.proxies = Proxies(settings.trusted_proxies)
        self._hosts = _LOCAL_HOSTS | set(_own_hosts(settings))
        self._only_near = not (settings.listen.is_local or settings.tls or settings.insecure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # there are no web sockets
        origin = self.proxies.origin(scope)
        scope.setdefault("state", {})["origin"] = origin
        guarded = _Answer(send, origin)
        try:
            self._admit(scope, origin)
            body = _Body(receive, scope, self._draining)
            await self._app(scope, body.receive, guarded.send)
            if self._draining.is_set() and not guarded.begun:
                await _stopping().response()(scope, receive, guarded.send)
            elif self._draining.is_set() and not guarded.ended:  # events, whose reader was sent off
                await guarded.send({"type": "http.response.body", "body": b""})
        except Problem as problem:
            if guarded.begun:
                raise
            headers = {"Connection": "close"} if problem.status in {408, 413, 431} else {}
            problem.headers.update(headers)
            await problem.response()(scope, receive, guarded.send)

    def _admit(self, scope: Scope, origin: Origin) -> None:
        headers = Headers(scope=scope)
        if _head_of(scope) > HEAD:
            raise Problem(431, "head_too_long", f"the head of a request has at most {HEAD} octets")
        if self._only_near and not origin.by_proxy and origin.address not in {"127.0.0.1", "::1"}:
            text = "this door is for a reverse proxy: others come in over TLS"
            raise Problem(403, "not_by_proxy", text)
        if not self._is_ours(host_of(origin.host), scope):
            text = "this is not the place that the Host of the request names; see web.public_url"
            raise Problem(421, "wrong_host", text)
        told = headers.getlist("content-length")
        if told and not (told[0].isascii() and told[0].isdigit()):
            raise Problem(400, "bad_length", "Content-Length is no number")
        if told and int(told[0][:15]) > limit_of(scope["path"]):
            raise _too_long(limit_of(scope["path"]))
        _refuse_cross_site(scope, headers, origin)

    def _is_ours(self, host: str, scope: Scope) -> bool:
        server = scope.get("server")
        return host in self._hosts or bool(server and server[1] is not None and host == server[0])


def _head_of(scope: Scope) -> int:
    """The octets of the head, as far as they are left."""
    fields = sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    return fields + len(scope.get("raw_path", b"")) + len(scope.get("query_string", b""))


def _own_hosts(settings: WebConfig) -> Iterable[str]:
    if settings.public_url is not None:
        yield (urlsplit(settings.public_url).hostname or "").lower()
    if settings.links.domain is not None:
        yield settings.links.domain.lower()
    if settings.listen.host not in {"", "0.0.0.0", "::"}:  # noqa: S104 -- these are nobody's
        yield settings.listen.host.lower()


def host_of(value: str) -> str:
    """The host of a Host header, without its port."""
    if value.startswith("["):
        return value[1:].partition("]")[0].lower()
    return value.partition(":")[0].lower().rstrip(".")


def _refuse_cross_site(scope: Scope, headers: Headers, origin: Origin) -> None:
    cookies = headers.get("cookie", "")
    in_browser = any(f"{name}=" in cookies for name in COOKIES)
    safe = scope["method"] in _SAFE
    if safe and not (in_browser and scope["path"].startswith("/api/")):
        return
    site = headers.get("sec-fetch-site")
    if site is not None:
        allowed = site == "same-origin" or (site == "none" and safe)
    elif (said := headers.get("origin")) is not None:
        allowed = said.lower() == f"{origin.scheme}://{origin.host}".lower()
    else:
        allowed = safe or not in_browser
    if not allowed:
        raise Problem(403, "cross_site", "only our own pages may do that")


def limit_of(path: str) -> int:
    """Octets that the body of a request to this path may have."""
    is_import = path.endswith("/import") and path.startswith(IMPORTS)
    return IMPORT if is_import else BODY


def _stopping() -> Problem:
    text = "the gateway is being stopped"
    return Problem(503, "stopping", text, headers={"Retry-After": "1"})


def _too_long(limit: int) -> Problem:
    return Problem(413, "too_long", f"a body has at most {limit} octets")


class _Body:
    """The body on its way in: counted, and in time."""

    def __init__(self, receive: Receive, scope: Scope, draining: asyncio.Event) -> None:
        self._receive = receive
        self._draining = draining
        self._left = self._limit = limit_of(scope["path"])
        seconds = BODY_SECONDS if self._limit == BODY else IMPORT_SECONDS
        self._until = asyncio.get_running_loop().time() + seconds
        self._ended = False

    async def receive(self) -> Message:
        """The next piece; once it is whole, what the connection says."""
        if self._ended:
            return await self._end()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise Problem(408, "too_slow", "the body did not come in time") from None
        self._left -= len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._left < 0:
            raise _too_long(self._limit)
        return message

    async def _end(self) -> Message:
        """Wait until the caller leaves, or has to."""
        leaving = asyncio.ensure_future(self._receive())
        stopping = asyncio.ensure_future(self._draining.wait())
        try:
            await asyncio.wait({leaving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return leaving.result() if leaving.done() else {"type": "http.disconnect"}
        finally:
            leaving.cancel()
            stopping.cancel()


class _Answer:
    """The answer on its way out: with the headers of all answers."""

    def __init__(self, send: Send, origin: Origin) -> None:
        self._send = send
        self._origin = origin
        self.begun = self.ended = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
            if self._origin.scheme == "https":
                headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        else:
            self.ended = not message.get("more_body", False)
        await self._send(message)
