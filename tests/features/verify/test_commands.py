"""Codes from the command line."""

from pathlib import Path

from tests.features.scenes import PHONE, gsmd, scene
from tests.rig import PATIENCE


async def test_a_number_is_verified_from_the_command_line(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, _, phone):
        started = await gsmd(it, "verify", "start", PHONE, "--length", "8")
        (message,) = await phone.expect(1, PATIENCE)
        code = (message.text or "").split()[-1].rstrip(".")
        wrong = await gsmd(it, "verify", "check", started.lines[0], "00000000")
        right = await gsmd(it, "verify", "check", started.lines[0], code)
        expected = await gsmd(it, "verify", "expect", "--from", PHONE, "--json")
        phone.send(it.sim.number, expected.json[0]["code"])
        waited = await gsmd(it, "verify", "wait", expected.json[0]["id"])
        late = await gsmd(it, "verify", "expect", "--from", PHONE, "--any")
        timed_out = await gsmd(it, "verify", "wait", late.lines[0], "--timeout", "0.1")

    assert (wrong.code, wrong.err) == (1, "gsmd: It is not.\n")
    assert (right.code, right.err) == (0, "It is.\n")
    assert (waited.code, waited.lines) == (0, [PHONE])
    assert timed_out.code == 5
