"""Sierra Wireless: AirPrime MC modules."""

from gsmd.simulator.families.alike import ALL_FOUR, WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

SIERRA = Profile(
    name="sierra",
    manufacturer="Sierra Wireless, Incorporated",
    model="MC7304",
    revision="SWI9X15C_05.05.58.00",
    identity=(
        "Manufacturer: Sierra Wireless, Incorporated",
        "Model: MC7304",
        "Revision: SWI9X15C_05.05.58.00 r27038 carmd-fwbuild1",
        "IMEI: {imei}",
        "+GCAP: +CGSM",
    ),
    capabilities="+CGSM",
    unknown="ERROR",
    cms_always=False,
    chatter=("*PSREG: 0", "+CIEV: 2,4"),
    storages=ALL_FOUR,
    index_base=0,
    alpha="omitted",
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    cnmi_refused=((3, None, None, None, None), (None, None, None, 2, None)),
    report_storage="SR",
    answers={
        "!ICCID?": ("!ICCID: {iccid}",),
        "!GSTATUS?": ("!GSTATUS:", "System mode:   LTE            PS state:    Attached"),
        "+CPINC?": ("+CPINC: {pin_tries},{pin_tries}",),
    },
    missing=WITHOUT_CPINR,
)
