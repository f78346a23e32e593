"""Nordic nRF9160 with the Serial LTE Modem application: no storages, no prompt."""

from gsmd.simulator.families.alike import WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

NRF9160 = Profile(
    name="nrf9160",
    manufacturer="Nordic Semiconductor ASA",
    model="nRF9160-SICA",
    revision="mfw_nrf9160_1.3.7",
    prompt=b"",
    lte=True,
    unknown="ERROR",
    banner=((0.2, "Ready"),),
    ready=("%XSIM: 1",),
    chatter=("%CESQ: 60,2,20,2", "%MDMEV: SEARCH STATUS 2"),
    cnmi=("3", "0,2", "0", "0,1", "0"),
    acknowledged=True,
    answers={
        "%XICCID": ("%XICCID: {iccid}",),
        '+CPINR="SIM PIN"': ('+CPINR: "SIM PIN",{pin_tries}',),
        "#XRESET": (),
    },
    missing=WITHOUT_CPINR
    | {"+CPMS", "+CMGL", "+CMGR", "+CMGD", "+CMGW", "+CMSS", "+CSMS", "+CMMS", "+CMGC"}
    | {"+CREG", "+CGREG", "+CUSD", "+CLIP", "+CNUM", "+CHUP", "+CLAC"},
)
