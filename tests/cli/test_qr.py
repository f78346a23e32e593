"""QR codes that open a text to us."""

import struct
from collections.abc import Callable
from pathlib import Path

import segno

from tests.cli.running import Outcome

Gsmd = Callable[..., Outcome]
SAID = "SMSTO:+33612345678:JOIN"


def test_the_code_is_drawn_and_what_it_says_is_told(gsmd: Gsmd) -> None:
    done = gsmd("qr", "JOIN", "--to", "+33612345678")
    assert done.code == 0
    assert done.out.splitlines()[-1] == SAID
    assert len(done.out.splitlines()) > 20


def test_a_file_has_the_code_of_these_words(gsmd: Gsmd, tmp_path: Path) -> None:
    drawn, expected = tmp_path / "join.png", tmp_path / "expected.png"
    assert gsmd("qr", "JOIN", "--to", "+33612345678", "-o", str(drawn)).code == 0
    segno.make(SAID, micro=False, error="m").save(str(expected), scale=10)
    assert drawn.read_bytes() == expected.read_bytes()
    assert struct.unpack(">II", drawn.read_bytes()[16:24]) == (330, 330)
    svg = tmp_path / "join.svg"
    assert gsmd("qr", "JOIN", "--to", "+33612345678", "-o", str(svg)).code == 0
    assert "<svg" in svg.read_text()


def test_other_kinds_of_files_are_refused(gsmd: Gsmd, tmp_path: Path) -> None:
    done = gsmd("qr", "JOIN", "--to", "+33612345678", "-o", str(tmp_path / "join.gif"))
    assert done.code == 2
