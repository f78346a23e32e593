"""The drawing of a modem's signal."""

from gsmd.gateways.web.pages.signal_chart import HEIGHT, LEFT, WIDTH, chart, y

WEEK = ("2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z")


def row(at: str, state: str = "ready", dbm: int | None = -70) -> dict[str, object]:
    return {"at": at, "state": state, "signal_dbm": dbm}


def test_what_is_not_known_is_a_gap_and_what_was_not_ready_is_shaded() -> None:
    rows = [
        row("2026-03-01T00:00:00Z"),
        row("2026-03-03T00:00:00Z", "off", None),
        row("2026-03-04T00:00:00Z", "searching", None),
        row("2026-03-05T00:00:00Z", dbm=-90),
    ]
    drawn = chart(rows, *WEEK)
    assert len(drawn.lines) == 2
    assert drawn.lines[0].startswith(f"M{LEFT}")
    assert drawn.lines[1].endswith(f"L{WIDTH:.1f} {y(-90)}")
    ((left, width, state),) = drawn.bad
    assert state == "searching"
    assert LEFT < left < left + width < WIDTH


def test_a_modem_that_is_new_has_the_whole_width() -> None:
    drawn = chart([row("2026-03-07T22:00:00Z")], *WEEK)
    assert drawn.span == 2 * 3600
    assert drawn.lines == [f"M{LEFT:.1f} {y(-70)}L{WIDTH:.1f} {y(-70)}"]


def test_a_signal_stays_within_the_drawing() -> None:
    assert 0 <= y(-30) < y(-80) < y(-200) < HEIGHT
