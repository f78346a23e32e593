"""How pages are looked at: the widths and the colours.

Among all tests each flow is played at one width, and one look is examined by axe-core; ``make web-test`` (``GSMD_BROWSER=whole``)
plays each at a telephone's and a desk's, and examines both, light and dark.
"""

import os

import pytest

from tests.browser.chromium import LARGE, SMALL

WHOLE = os.environ.get("GSMD_BROWSER") == "whole"

_BOTH = [pytest.param(SMALL, id="390"), pytest.param(LARGE, id="1280")]

ON_A_TELEPHONE = pytest.mark.parametrize("size", _BOTH if WHOLE else _BOTH[:1])
ON_A_DESK = pytest.mark.parametrize("size", _BOTH if WHOLE else _BOTH[1:])
"""Where a flow is played if it is played once."""

LOOKS = pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(size, scheme, id=f"{size['width']}-{scheme}")
        for size, scheme in ((SMALL, "dark"), (LARGE, "light"), (SMALL, "light"), (LARGE, "dark"))
    ][: None if WHOLE else 1],
)
"""What axe-core examines."""
