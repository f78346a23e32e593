"""Where a gateway keeps what is its own."""

from pathlib import Path

import pytest

from gsmd.gateways.state import directories
from tests.config.samples import MODEM, read


@pytest.mark.parametrize(
    ("section", "given", "names", "expected"),
    [
        ("web: {}", "", ["web"], "/var/lib/gsmd-web"),
        ("web: {}", "/run/x/gsmd-web", ["web"], "/run/x/gsmd-web"),
        ("web: {}", "/srv/anything", ["web"], "/srv/anything"),
        ("web: {}\nmail: {}", "/srv/anything", ["web", "mail"], "/var/lib/gsmd-web"),
        ("web: {}\nmail: {}", "/s/gsmd-mail:/s/gsmd-web", ["web", "mail"], "/s/gsmd-web"),
        ("web: {state_dir: /elsewhere}", "/run/x/gsmd-web", ["web"], "/elsewhere"),
    ],
)
def test_it_is_what_the_section_says_else_what_systemd_gave_else_the_usual(
    section: str, given: str, names: list[str], expected: str
) -> None:
    found = directories(read(MODEM + section), names, {"STATE_DIRECTORY": given})
    assert found["web"] == Path(expected)
