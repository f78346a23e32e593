"""The book is whole: every page is in its index, every link leads somewhere, every promise has something that tries it."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, anchors, links

INDEX = (DOCS / "README.md").read_text()
PROMISES = (DOCS / "promises.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_of_it(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


def test_every_page_is_in_the_index_by_component() -> None:
    listed = {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", INDEX)}
    pages = {str(page.relative_to(DOCS)) for page in PAGES if page.is_relative_to(DOCS)}
    alone = {each for each in pages if not each.startswith("decisions/")} - {"README.md"}
    assert alone <= listed
    assert "decisions/" in listed


def test_every_promise_names_what_tries_it() -> None:
    makefile = (ROOT / "Makefile").read_text()
    rows = re.findall(r"(?m)^\| (?!promise \||-)(.+?) \| (.+) \|$", PROMISES)
    rows = [row for row in rows if not row[0].startswith("---")]
    assert len(rows) > 20
    for promise, tried in rows:
        assert "`make " in tried or "`pytest " in tried, promise
    for target in set(re.findall(r"`make ([\w-]+)", PROMISES)):
        assert re.search(rf"(?m)^{target}:", makefile), target
    for paths in re.findall(r"`pytest ([^`]+)`", PROMISES + INDEX):
        for path in paths.split():
            assert (ROOT / path).exists(), path
