"""u-blox: SARA and LARA."""

from gsmd.simulator.families.alike import SECOND_GENERATION, TWO, WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

UBLOX = Profile(
    name="ublox",
    manufacturer="u-blox",
    model="SARA-U201",
    revision="23.60",
    identity=("SARA-U201-03S-00",),
    prompt=b"\r\n>",
    chatter=("+CIEV: 2,4", "+UUPSDD: 0", "+UMWI: 0,1"),
    storages=(("ME", "SM", "MT"),) * 3,
    empty_delete_fails=True,
    full=("+CIEV: 8,1",),
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    report_announced="MT",
    answers={
        "+CCID": ("+CCID: {iccid}",),
        "+UPINCNT": ("+UPINCNT: {pin_tries},{pin_tries},{puk_tries},{puk_tries}",),
        "+UREG?": ("+UREG: 0,6",),
        "+UGPIOC?": ("+UGPIOC:", "16,255"),
    },
    missing=SECOND_GENERATION | WITHOUT_CPINR,
)

LARA = Profile(
    name="lara",
    manufacturer="u-blox",
    model="LARA-R6001",
    revision="00.13",
    identity=("LARA-R6001-00B-00",),
    lte=True,
    prompt=b"\r\n>",
    chatter=("+CIEV: 2,4", "+UUPSDD: 0"),
    storages=TWO,
    empty_delete_fails=True,
    full=("+CIEV: 8,1",),
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    report_announced="MT",
    answers={
        "+CCID": ("+CCID: {iccid}",),
        "+UPINCNT": ("+UPINCNT: {pin_tries},{pin_tries},{puk_tries},{puk_tries}",),
    },
    missing=WITHOUT_CPINR,
)
