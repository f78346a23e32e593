"""Huawei: E-series sticks."""

from gsmd.simulator.families.alike import ALL_FOUR, SECOND_GENERATION, WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

HUAWEI = Profile(
    name="huawei",
    manufacturer="huawei",
    model="E173",
    revision="11.126.85.00.209",
    identity=(
        "Manufacturer: huawei",
        "Model: E173",
        "Revision: 11.126.85.00.209",
        "IMEI: {imei}",
        "+GCAP: +CGSM,+DS,+ES",
    ),
    capabilities="+CGSM,+DS,+ES",
    unknown="COMMAND NOT SUPPORT",
    banner=((0.2, "^BOOT:27710117,0,0,0,75"),),
    ready=("^SIMST:1", "^SRVST:2"),
    chatter=("^RSSI:17", "^DSFLOWRPT:0000000C,00000000,00000000,0000000000000000", "^MODE:5,4"),
    storages=ALL_FOUR,
    index_base=0,
    full=('^SMMEMFULL: "{storage}"',),
    cnmi=("0,1,2", "0,1,2,3", "0,2,3", "0,1,2", "0,1"),
    packed_ussd=True,
    notices_here="^PORTSEL=1",
    answers={
        "^ICCID?": ("^ICCID: {iccid}",),
        "^CPIN?": ("^CPIN: READY,,{puk_tries},{pin_tries},{puk_tries},{pin_tries}",),
        "^SYSINFO": ("^SYSINFO:2,3,0,5,1,,4",),
        "^PORTSEL=1": (),
        "^CURC=0": (),
        "^CURC=1": (),
        "^CURC?": ("^CURC: 1",),
        "^USSDMODE=0": (),
        "^USSDMODE=1": (),
        "^CVOICE=0": (),
        "^U2DIAG?": ("^U2DIAG: 0",),
        "^CARDLOCK?": ("^CARDLOCK: 2,0,0",),
    },
    missing=SECOND_GENERATION | WITHOUT_CPINR,
)
