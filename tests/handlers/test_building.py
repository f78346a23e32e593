"""From a configuration to a handler."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gsmd.config import HandlerConfig, HandlerSettings, Impossible
from gsmd.handlers import KINDS, build
from gsmd.handlers.base import Handler, VolatileDeliveryMarks
from gsmd.handlers.notify import NotifyHandler, NotifySettings
from gsmd.handlers.program import ProgramHandler, ProgramSettings
from gsmd.handlers.socket import SocketHandler, SocketSettings
from gsmd.handlers.webhook import WebHook, WebHookSettings


@pytest.mark.parametrize(
    ("settings", "handler", "capacity"),
    [
        (SocketSettings(), SocketHandler, 0),
        (ProgramSettings(run=("/bin/true",), concurrency=3), ProgramHandler, 3),
        (WebHookSettings(post="https://example.org/"), WebHook, 4),
        (NotifySettings(notify=Path("/urls")), NotifyHandler, 4),
    ],
)
async def test_each_kind_builds_its_handler(
    settings: HandlerSettings, handler: type[Handler], capacity: int
) -> None:
    built = build(HandlerConfig(name="a", settings=settings), VolatileDeliveryMarks())

    assert type(built) is handler
    assert (built.name, built.capacity) == ("a", capacity)
    await built.close()


def test_no_two_kinds_have_one_name() -> None:
    names = [kind.settings.kind for kind in KINDS]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("package", "make"),
    [
        ("aiohttp", lambda: WebHookSettings(post="https://example.org/")),
        ("apprise", lambda: NotifySettings(notify=Path("/urls"))),
    ],
)
def test_a_kind_without_its_package_is_a_mistake_in_the_configuration(
    monkeypatch: pytest.MonkeyPatch, package: str, make: Callable[[], HandlerSettings]
) -> None:
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(Impossible, match=f"the package {package} beside gsmd"):
        make()


def test_what_is_not_configured_is_not_imported() -> None:
    program = (
        "import sys, gsmd.handlers; sys.exit(len({'aiohttp', 'apprise'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
