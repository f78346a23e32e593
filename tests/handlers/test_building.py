"""From a configuration to a handler."""

import sys
from pathlib import Path

import pytest

from gsmd.config import ConfigError, HandlerConfig
from gsmd.handlers import build
from gsmd.handlers.program import ProgramHandler
from gsmd.handlers.socket import SocketHandler
from gsmd.handlers.webhook import WebHook


async def test_each_way_has_its_handler() -> None:
    socket = build(HandlerConfig(name="a", socket=True))
    program = build(HandlerConfig(name="b", run=("/bin/true",), concurrency=3))
    hook = build(HandlerConfig(name="c", post="https://example.org/", secret_file=Path("/key")))

    assert isinstance(socket, SocketHandler)
    assert isinstance(program, ProgramHandler)
    assert isinstance(hook, WebHook)
    assert [handler.name for handler in (socket, program, hook)] == ["a", "b", "c"]
    assert [handler.capacity for handler in (socket, program, hook)] == [0, 3, 4]
    for handler in (socket, program, hook):
        await handler.close()


def test_a_web_hook_without_its_package_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    monkeypatch.delitem(sys.modules, "gsmd.handlers.webhook")

    with pytest.raises(ConfigError, match=r"handlers\.hook\.post.*aiohttp"):
        build(HandlerConfig(name="hook", post="https://example.org/"))


def test_what_is_not_configured_is_not_imported() -> None:
    import subprocess

    program = "import sys, gsmd.handlers; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
