"""A modem without quirks, as the specifications describe it."""

from gsmd.simulator.profiles import Profile

GENERIC = Profile(
    name="generic",
    manufacturer="gsmd",
    model="Simulated Modem",
    revision="1.0",
    answers={
        "+CCID": ("+CCID: {iccid}",),
        "+CCID?": ("+CCID: {iccid}",),
        "+ICCID": ("+ICCID: {iccid}",),
    },
)
