"""SIMCom: SIM800, SIM7600 and A7670."""

from gsmd.simulator.families.alike import ALL_FOUR, SECOND_GENERATION, WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

SIM800 = Profile(
    name="sim800",
    manufacturer="SIMCOM_Ltd",
    model="SIMCOM_SIM800C",
    revision="Revision:1418B05SIM800C24",
    identity=("SIM800 R14.18",),
    line_length=556,
    unknown="ERROR",
    banner=(
        (0.2, "RDY"),
        (0.2, "+CFUN: 1"),
        (0.2, "+CPIN: {pin_state}"),
    ),
    ready=("Call Ready", "SMS Ready"),
    chatter=('+CIEV: 10,"00101","Testnet","Testnet", 0, 0', "+CTZV: 4,0"),
    storages=(("ME", "SM", "MT"),) * 3,
    alpha="quoted",
    empty_read_fails=False,
    full=("SMS FULL",),
    cnmi=("0-2", "0-3", "0,2", "0,1", "0,1"),
    answers={
        "+CCID": ("{iccid}",),
        "+ICCID": ("+ICCID: {iccid}",),
        "+SPIC": ("{pin_tries},{puk_tries},{pin_tries},{puk_tries}",),
        "+CSMINS?": ("+CSMINS: 0,1",),
        "+DDET=1": (),
    },
    missing=SECOND_GENERATION | WITHOUT_CPINR | {"+CLAC", "+CGSMS"},
)

SIM7600 = Profile(
    name="sim7600",
    manufacturer="SIMCOM INCORPORATED",
    model="SIMCOM_SIM7600E-H",
    revision="+CGMR: LE20B03SIM7600M22",
    identity=(
        "Manufacturer: SIMCOM INCORPORATED",
        "Model: SIMCOM_SIM7600E-H",
        "Revision: SIM7600M22_V2.0",
        "IMEI: {imei}",
        "+GCAP: +CGSM",
    ),
    capabilities="+CGSM",
    unknown="ERROR",
    banner=((0.2, "RDY"), (0.2, "+CPIN: {pin_state}")),
    ready=("SMS DONE", "PB DONE"),
    chatter=("+CNSMOD: 8", "+NITZ: 26/01/02,03:04:05+04,0"),
    storages=ALL_FOUR,
    index_base=0,
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    report_storage="SR",
    full=('+CMTFULL: "{storage}"', "SMS FULL"),
    answers={
        "+CICCID": ("+ICCID: {iccid}",),
        "+SPIC": ("+SPIC: {pin_tries},{puk_tries},{pin_tries},{puk_tries}",),
        "+CNSMOD?": ("+CNSMOD: 0,8",),
        "+CPSI?": ("+CPSI: LTE,Online,001-01,0xA1B2,1,1,EUTRAN-BAND3,1300,5,5,-94,-850,-577,15",),
    },
    missing=WITHOUT_CPINR,
)

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
    missing=WITHOUT_CPINR,
)
