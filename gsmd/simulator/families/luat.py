"""Air (Luat): Air780."""

from gsmd.simulator.profiles import Profile

AIR780 = Profile(
    name="air780",
    manufacturer='+CGMI: "AirM2M"',
    model='+CGMM: "Air780E"',
    revision='+CGMR: "AirM2M_780E_V1162_LTE_AT"',
    identity=("AirM2M_780E_V1162_LTE_AT",),
    lte=True,
    unknown="ERROR",
    banner=((0.2, "^boot.rom'v'!\\n"), (0.2, "RDY")),
    ready=("^MODE: 17,17", "+E_UTRAN Service", "+CGEV: ME PDN ACT 1", "SMS READY"),
    chatter=("+NITZ: 24/08/22,07:00:02+32,0", "^MODE: 17,17"),
    storages=(("SM", "ME"),) * 3,
    cnmi=("0-2", "0-3", "0,2", "0,1", "0,1"),
    full=("SMS FULL",),
    answers={
        "+ICCID": ("+ICCID: {iccid}",),
        "+CCID": ("{iccid}",),
    },
)
