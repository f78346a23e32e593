"""Telit: GE and LE modules."""

from gsmd.simulator.families.alike import SECOND_GENERATION, WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

TELIT = Profile(
    name="telit",
    manufacturer="Telit",
    model="HE910",
    revision="12.00.004",
    identity=("332",),
    chatter=("#QSS: 2", "+CIEV: signal,4"),
    storages=(("SM", "ME"),) * 3,
    alpha="quoted",
    empty_list_fails=True,
    full=('#SMOV: "{storage}"',),
    cnmi=("0-3", "0-3", "0,2,3", "0-2", "0,1"),
    answers={
        "#CCID": ("#CCID: {iccid}",),
        "#PCT": ("#PCT: {pin_tries}",),
        "#QSS?": ("#QSS: 0,1",),
        "#CGMM": ("#CGMM: HE910",),
    },
    missing=SECOND_GENERATION | WITHOUT_CPINR,
)
