"""LTE modules of the years since 2018 that can be played: a row each, as their manuals and users describe them."""

from gsmd.simulator.profiles import Profile

_WITHOUT_CPINR = frozenset({"+CPINR"})
_TWO = (("ME", "SM", "MT"),) * 3

A7670 = Profile(
    name="a7670",
    manufacturer="INCORPORATED",
    model="A7670E-FASE",
    revision="A011B07A7670M7_F",
    identity=(
        "Manufacturer: INCORPORATED",
        "Model: A7670E-FASE",
        "Revision: A7670M7_V1.11.1",
        "IMEI: {imei}",
        "+GCAP: +CGSM,+FCLASS,+DS",
    ),
    lte=True,
    unknown="ERROR",
    banner=((0.2, "*ATREADY: 1"), (0.2, "+CPIN: {pin_state}")),
    ready=("SMS DONE", "PB DONE"),
    chatter=("+CGEV: EPS PDN ACT 1", '*ISIMAID: "A0000000871004"'),
    storages=(("ME", "MT", "SM", "SR"),) * 3,
    index_base=0,
    report_storage="SR",
    full=('+CMTFULL: "{storage}"',),
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    answers={
        "+CICCID": ("+ICCID: {iccid}",),
        "+CCID": ("+CCID: {iccid}",),
        "+SPIC": ("+SPIC: {pin_tries},{puk_tries},{pin_tries},{puk_tries}",),
    },
    missing=_WITHOUT_CPINR,
)

BG95 = Profile(
    name="bg95",
    manufacturer="Quectel",
    model="BG95-M3",
    revision="BG95M3LAR02A04",
    identity=("Quectel", "BG95-M3", "Revision: BG95M3LAR02A04"),
    lte=True,
    unknown="ERROR",
    banner=((0.2, "APP RDY"),),
    ready=("+QIND: SMS DONE",),
    chatter=('+QIND: "csq",20,99', '+QURC: "pdpdeact",1'),
    storages=_TWO,
    default_storage="ME",
    index_base=0,
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    notices_here='+QURCCFG="urcport","uart1"',
    full=('+QIND: "smsfull","{storage}"',),
    answers={
        "+QCCID": ("+QCCID: {iccid}",),
        '+QPINC="SC"': ('+QPINC: "SC",{pin_tries},{puk_tries}',),
        '+QURCCFG="urcport","usbat"': (),
        '+QURCCFG="urcport","usbmodem"': (),
        '+QURCCFG="urcport","uart1"': (),
    },
    missing=_WITHOUT_CPINR,
)

EG915 = Profile(
    name="eg915",
    manufacturer="Quectel",
    model="EG915U",
    revision="EG915UEUABR03A01M08",
    identity=("Quectel", "EG915U", "Revision: EG915UEUABR03A01M08"),
    lte=True,
    unknown="ERROR",
    banner=((0.2, "RDY"), (0.2, "+CPIN: {pin_state}")),
    ready=("+QUSIM: 1", "+QIND: SMS DONE", "+QIND: PB DONE"),
    chatter=('+QIND: "csq",20,99', '+QIND: "act","LTE"'),
    storages=(("SM", "ME", "MT"),) * 3,
    cnmi=("0-2", "0-3", "0,2", "0,1", "0,1"),
    full=('+QIND: "smsfull","{storage}"',),
    answers={
        "+QCCID": ("+QCCID: {iccid}",),
        "+CCID": ("+CCID: {iccid}",),
        '+QPINC="SC"': ('+QPINC: "SC",{pin_tries},{puk_tries}',),
    },
    missing=_WITHOUT_CPINR,
)

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

LARA = Profile(
    name="lara",
    manufacturer="u-blox",
    model="LARA-R6001",
    revision="00.13",
    identity=("LARA-R6001-00B-00",),
    lte=True,
    prompt=b"\r\n>",
    chatter=("+CIEV: 2,4", "+UUPSDD: 0"),
    storages=_TWO,
    empty_delete_fails=True,
    full=("+CIEV: 8,1",),
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    report_announced="MT",
    answers={
        "+CCID": ("+CCID: {iccid}",),
        "+UPINCNT": ("+UPINCNT: {pin_tries},{pin_tries},{puk_tries},{puk_tries}",),
    },
    missing=_WITHOUT_CPINR,
)

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
    missing=_WITHOUT_CPINR
    | {"+CPMS", "+CMGL", "+CMGR", "+CMGD", "+CMGW", "+CMSS", "+CSMS", "+CMMS", "+CMGC"}
    | {"+CREG", "+CGREG", "+CUSD", "+CLIP", "+CNUM", "+CHUP", "+CLAC"},
)

LTE_FAMILIES = (A7670, BG95, EG915, L610, AIR780, SLM320, LARA, NRF9160)
