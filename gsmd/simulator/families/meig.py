"""MeiG: SLM320."""

from gsmd.simulator.profiles import Profile

SLM320 = Profile(
    name="slm320",
    manufacturer="MEIG",
    model="SLM320",
    revision="SLM320-PE_2.0.13_EQ100",
    lte=True,
    unknown="ERROR",
    banner=((0.2, "AT READY"), (0.2, "+CPIN: {pin_state}")),
    ready=("SMS Ready",),
    chatter=("+CGEV: ME PDN ACT 1", "^MODE: 17,17"),
    storages=(("SM", "ME", "MT"),) * 3,
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    full=("+SMSFULL",),
    answers={
        "+ICCID": ("+ICCID: {iccid}",),
    },
)
