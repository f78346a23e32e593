"""Every page, without a script."""

import gzip
import re
from pathlib import Path

import pytest

from gsmd.gateways.web.pages import statics
from gsmd.gateways.web.pages.registry import PAGES
from gsmd.protocol.method import Role
from tests.gateways.web.house import house
from tests.gateways.web.pages.scene import PEER, Scene, scene, words

SHEET, SCRIPT = 8192, 6144
"""Octets, compressed."""

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> \u202egnp.eciovni \u200b"
    "Z" + "\u0301" * 40
)


def looked_at() -> list[str]:
    """The path of every page that is looked at, with something in place of its words."""
    fills = {"peer": PEER, "modem": "north", "handler": "crm", "poll": "lunch", "list": "news"}
    paths = [
        route.path
        for page in PAGES
        for route in page.routes
        if route.verb == "GET" and not route.open
    ]
    known = [path for path in paths if set(re.findall(r"{(\w+)}", path)) <= fills.keys()]
    return [path.format(**fills) for path in known]


async def test_every_page_can_be_looked_at_and_shows_no_text_as_markup(tmp_path: Path) -> None:
    handlers = [{"name": "crm", "socket": True}]
    async with scene(tmp_path, handlers=handlers) as desk:
        message = await desk.came_in(HOSTILE)
        for path in [
            *looked_at(),
            f"/messages/{message['id']}",
            "/search?q=alert",
            "/inbox?view=all",
        ]:
            answer = await desk.get(path)
            if answer.status == 303:
                continue
            assert answer.status in {200, 404}, (path, words(answer.body.decode()))
            page = answer.body.decode()
            assert "<script>alert" not in page
            assert "<img" not in page
            assert "\u202e" not in page
            assert not re.search(
                r"<[^>]*\s(?:on\w+|style)=|javascript:|https?://(?!www\.w3\.org)[^\"' <]*\"", page
            ), path
            assert "Undefined" not in page


async def test_a_hostile_text_is_there_to_be_read_and_what_it_hides_is_shown(desk: Scene) -> None:
    await desk.came_in(HOSTILE)
    page = await desk.page(f"/inbox/{PEER}")
    assert "<script>alert(1)</script>" in words(page)
    assert 'title="U+202E RIGHT-TO-LEFT OVERRIDE">RLO</span>' in page
    assert 'title="U+200B ZERO WIDTH SPACE">ZWSP</span>' in page
    assert "+37" in words(page)


@pytest.mark.parametrize("path", ["/inbox", "/modems/north", "/settings/tokens"])
async def test_who_may_not_see_a_page_is_told_so(desk: Scene, path: str) -> None:
    other = await desk.as_("ben", Role.HANDLE)
    answer = await other.get(path)
    assert answer.status == 403
    assert "role" in words(answer.body.decode())
    assert path not in await other.page("/more")


async def test_what_is_nowhere_is_a_page_too(desk: Scene) -> None:
    for path, status in (
        ("/nothing", 404),
        ("/inbox/+33700000000", 404),
        ("/messages/nothing", 404),
    ):
        answer = await desk.get(path)
        assert answer.status == status
        assert "There is nothing here" in words(answer.body.decode())
    assert (await desk.house.ask("DELETE", "/inbox", cookie=desk.cookie)).status == 405


async def test_files_stay_with_the_browser_and_are_small(desk: Scene) -> None:
    page = await desk.page("/inbox")
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) == 3
    for address in addresses:
        answer = await desk.get(address, **{"Accept-Encoding": "gzip"})
        assert "immutable" in answer.header("cache-control")
        assert answer.header("content-encoding") == "gzip"
        assert len(gzip.decompress(answer.body)) > len(answer.body) or address.endswith("svg")
    assert (await desk.get("/static/gsmd.js")).status == 404
    for file in statics.files().by_address.values():
        limit = {"text/css": SHEET, "text/javascript": SCRIPT}.get(file.kind, SCRIPT)
        assert len(file.compressed) <= limit


async def test_nothing_in_the_templates_gets_around_escaping() -> None:
    folder = Path(statics.__file__).parent
    for path in [*folder.glob("templates/*.html"), *folder.glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        for word in (
            "|safe",
            "| safe",
            "Markup",
            "autoescape false",
            "autoescape=False",
            "{% autoescape",
        ):
            assert word not in text, (path.name, word)


async def test_while_the_daemon_is_away_pages_say_so(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        answer = await it.ask("GET", "/inbox", cookie=await it.signed_in("anna"))
        assert answer.status == 503
        assert "Nothing is lost" in words(answer.body.decode())
