"""Fibocom: L610."""

from gsmd.simulator.profiles import Profile

L610 = Profile(
    name="l610",
    manufacturer="Fibocom",
    model="L610-CN-00-00",
    revision="16000.1000.00.03.05.03",
    identity=("Fibocom", "L610-CN-00-00", "16000.1000.00.03.05.03"),
    lte=True,
    unknown="ERROR",
    banner=((0.2, "+SIM READY"),),
    ready=("SMS READY", "PB DONE"),
    chatter=("+MSTREAM: 1", "+CGEV: ME PDN ACT 1"),
    storages=(("SM", "ME"),) * 3,
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    full=("SMS FULL",),
    answers={
        "+CCID": ("+CCID: {iccid}",),
        "+ICCID": ("+ICCID: {iccid}",),
    },
)
