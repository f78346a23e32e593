"""Quectel: EC25, M95, BG95 and EG915."""

from gsmd.simulator.families.alike import ALL_FOUR, SECOND_GENERATION, TWO, WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

EC25 = Profile(
    name="ec25",
    manufacturer="Quectel",
    model="EC25",
    revision="EC25EFAR06A03M4G",
    identity=("Quectel", "EC25", "Revision: EC25EFAR06A03M4G"),
    banner=(
        (0.2, "RDY"),
        (0.2, "+CFUN: 1"),
        (0.2, "+CPIN: {pin_state}"),
    ),
    ready=("+QUSIM: 1", "+QIND: SMS DONE", "+QIND: PB DONE"),
    chatter=('+QIND: "csq",20,99', '+QIND: "act","LTE"'),
    storages=ALL_FOUR,
    default_storage="ME",
    me_slots=23,
    index_base=0,
    cnmi=("0,1,2", "0,1,2,3", "0,2", "0,1,2", "0,1"),
    report_storage="SR",
    report_announced="SM",  # though they are in SR
    notices_here='+QURCCFG="urcport","usbmodem"',
    full=('+QIND: "smsfull","{storage}"',),
    answers={
        "+QCCID": ("+QCCID: {iccid}",),
        "+CCID": ("+CCID: {iccid}",),
        '+QPINC="SC"': ('+QPINC: "SC",{pin_tries},{puk_tries}',),
        "+QINISTAT": ("+QINISTAT: 7",),
        '+QURCCFG="urcport","usbat"': (),
        '+QURCCFG="urcport","usbmodem"': (),
        '+QURCCFG="urcport","uart1"': (),
        "+QNWINFO": ('+QNWINFO: "FDD LTE","00101","LTE BAND 3",1300',),
        '+QCFG="ims"': ('+QCFG: "ims",1,1',),
    },
    missing=WITHOUT_CPINR,
)

M95 = Profile(
    name="m95",
    manufacturer="Quectel_Ltd",
    model="Quectel_M95",
    revision="Revision: M95AR01A21",
    identity=("Quectel_Ltd", "Quectel_M95", "Revision: M95AR01A21"),
    line_length=512,
    unknown="ERROR",
    banner=(
        (0.2, "RDY"),
        (0.2, "+CFUN: 1"),
        (0.2, "+CPIN: {pin_state}"),
    ),
    ready=("Call Ready", "SMS Ready"),
    chatter=("+CTZV: +04", "+QPING: 0"),
    storages=(("SM", "ME", "MT"),) * 3,
    alpha="quoted",
    empty_read_fails=False,
    cnmi=("0-3", "0-3", "0,2", "0,1", "0,1"),
    answers={
        "+QCCID": ("{iccid}",),
        "+CCID": ('+CCID: "{iccid}"',),
        '+QTRPIN="SC"': ("+QTRPIN: {pin_tries},{puk_tries},{pin_tries},{puk_tries}",),
        "+QINISTAT": ("+QINISTAT: 3",),
    },
    missing=SECOND_GENERATION | WITHOUT_CPINR | {"+CLAC"},
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
    storages=TWO,
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
    missing=WITHOUT_CPINR,
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
    missing=WITHOUT_CPINR,
)
