"""The families of modems that can be played: a row each, as their manuals and users describe them."""

from gsmd.simulator.lte_families import LTE_FAMILIES
from gsmd.simulator.profiles import Profile

_ALL_FOUR = (("ME", "MT", "SM", "SR"),) * 3
_SECOND_GENERATION = frozenset({"+CEREG"})
_WITHOUT_CPINR = frozenset({"+CPINR"})

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
    storages=_ALL_FOUR,
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
    missing=_SECOND_GENERATION | _WITHOUT_CPINR,
)

ZTE = Profile(
    name="zte",
    manufacturer="ZTE CORPORATION",
    model="MF190",
    revision="BD_P673M3V1.0.0B06",
    prompt=b"> ",
    ready=("+ZUSIMR:2", '+ZDONR: "Testnet",001,01,"CS_PS","ROAM_OFF"'),
    chatter=("+ZUSIMR:2", '+ZPASR: "UMTS"', '+ZDONR: "Testnet",001,01,"CS_PS","ROAM_OFF"'),
    storages=_ALL_FOUR,
    index_base=0,
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    cnmi_refused=((2, None, None, None, 0),),  # it wants bfr=1 with mode 2
    report_storage="SR",
    full=("+ZSMSMEMFULL",),
    answers={
        "+ZGETICCID": ("+ZGETICCID: {iccid}",),
        "+ZPINPUK=?": ("+ZPINPUK: {pin_tries},{puk_tries}",),
        "+ZPAS?": ('+ZPAS: "UMTS","CS_PS"',),
        "+ZOPRT=5": (),
    },
    missing=_SECOND_GENERATION | _WITHOUT_CPINR,
)

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
    missing=_SECOND_GENERATION | _WITHOUT_CPINR | {"+CLAC", "+CGSMS"},
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
    storages=_ALL_FOUR,
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
    missing=_WITHOUT_CPINR,
)

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
    storages=_ALL_FOUR,
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
    missing=_WITHOUT_CPINR,
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
    missing=_SECOND_GENERATION | _WITHOUT_CPINR | {"+CLAC"},
)

UBLOX = Profile(
    name="ublox",
    manufacturer="u-blox",
    model="SARA-U201",
    revision="23.60",
    identity=("SARA-U201-03S-00",),
    prompt=b"\r\n>",
    chatter=("+CIEV: 2,4", "+UUPSDD: 0", "+UMWI: 0,1"),
    storages=(("ME", "SM", "MT"),) * 3,
    empty_delete_fails=True,
    full=("+CIEV: 8,1",),
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    report_announced="MT",
    answers={
        "+CCID": ("+CCID: {iccid}",),
        "+UPINCNT": ("+UPINCNT: {pin_tries},{pin_tries},{puk_tries},{puk_tries}",),
        "+UREG?": ("+UREG: 0,6",),
        "+UGPIOC?": ("+UGPIOC:", "16,255"),
    },
    missing=_SECOND_GENERATION | _WITHOUT_CPINR,
)

WAVECOM = Profile(
    name="wavecom",
    manufacturer=" WAVECOM MODEM",
    model=" MULTIBAND  900E  1800 ",
    revision="657e09gg.Q2406B 1320676 061804 14:38",
    identity=(" WAVECOM MODEM", " MULTIBAND  900E  1800 "),
    line_length=512,
    baudrate=9600,
    banner=((0.2, "+WIND: 3"), (0.2, "+WIND: 1")),
    ready=("+WIND: 7", "+WIND: 4"),
    chatter=("+WIND: 7", "+CCED: 0"),
    storages=(("SM", "BM", "SR"), ("SM",)),
    nested_storages=True,
    report_storage="SR",
    cnmi=("0-2", "0-3", "0,2", "0-2", "0,1"),
    answers={
        "+CCID": ('+CCID: "{iccid}"',),
        "+CPINC": ("+CPINC: {pin_tries},{pin_tries},{puk_tries},{puk_tries}",),
        "+WIND?": ("+WIND: 0",),
        "+WIND=0": (),
        "+WIND=50": (),
        "+WIND=63": (),
    },
    missing=_SECOND_GENERATION | _WITHOUT_CPINR | {"+CLAC", "+CGSMS", "+CGREG"},
)

TELIT = Profile(
    name="telit",
    manufacturer="Telit",
    model="HE910",
    revision="12.00.004",
    identity=("332",),
    chatter=("#QSS: 2", "+CIEV: signal,4"),
    storages=(("SM", "ME"),) * 3,
    alpha="quoted",
    empty_list_fails=True,
    full=('#SMOV: "{storage}"',),
    cnmi=("0-3", "0-3", "0,2,3", "0-2", "0,1"),
    answers={
        "#CCID": ("#CCID: {iccid}",),
        "#PCT": ("#PCT: {pin_tries}",),
        "#QSS?": ("#QSS: 0,1",),
        "#CGMM": ("#CGMM: HE910",),
    },
    missing=_SECOND_GENERATION | _WITHOUT_CPINR,
)

CINTERION = Profile(
    name="cinterion",
    manufacturer="Cinterion",
    model="BGS2-W",
    revision="REVISION 02.000",
    identity=("Cinterion", "BGS2-W", "REVISION 02.000"),
    banner=((0.2, "^SYSSTART"),),
    ready=("+PBREADY",),
    chatter=('+CIEV: "rssi",4', '+CIEV: "service",1'),
    storages=(("SM", "MT"),) * 3,
    empty_delete_fails=True,
    full=("^SMGO: 1",),
    cnmi=("0-3", "0,1", "0,2,3", "0,2", "1"),
    answers={
        "^SCID": ("^SCID: {iccid}",),
        "^SPIC": ("^SPIC: {pin_tries}",),
        "^SMGO?": ("^SMGO: 1,0",),
        "^SCKS?": ("^SCKS: 0,1",),
    },
    missing=_SECOND_GENERATION | _WITHOUT_CPINR,
)

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
    storages=_ALL_FOUR,
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
    missing=_WITHOUT_CPINR,
)

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        GENERIC,
        HUAWEI,
        ZTE,
        SIM800,
        SIM7600,
        EC25,
        M95,
        UBLOX,
        WAVECOM,
        TELIT,
        CINTERION,
        SIERRA,
        *LTE_FAMILIES,
    )
}
"""All families by name."""
