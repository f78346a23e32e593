"""Cinterion, before that Siemens."""

from gsmd.simulator.families.alike import SECOND_GENERATION, WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

CINTERION = Profile(
    name="cinterion",
    manufacturer="Cinterion",
    model="BGS2-W",
    revision="REVISION 02.000",
    identity=("Cinterion", "BGS2-W", "REVISION 02.000"),
    banner=((0.2, "^SYSSTART"),),
    ready=("+PBREADY",),
    chatter=('+CIEV: "rssi",4', '+CIEV: "service",1'),
    storages=(("SM", "MT"),) * 3,
    empty_delete_fails=True,
    full=("^SMGO: 1",),
    cnmi=("0-3", "0,1", "0,2,3", "0,2", "1"),
    answers={
        "^SCID": ("^SCID: {iccid}",),
        "^SPIC": ("^SPIC: {pin_tries}",),
        "^SMGO?": ("^SMGO: 1,0",),
        "^SCKS?": ("^SCKS: 0,1",),
    },
    missing=SECOND_GENERATION | WITHOUT_CPINR,
)
