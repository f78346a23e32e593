"""ZTE: MF-series sticks."""

from gsmd.simulator.families.alike import ALL_FOUR, SECOND_GENERATION, WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

ZTE = Profile(
    name="zte",
    manufacturer="ZTE CORPORATION",
    model="MF190",
    revision="BD_P673M3V1.0.0B06",
    prompt=b"> ",
    ready=("+ZUSIMR:2", '+ZDONR: "Testnet",001,01,"CS_PS","ROAM_OFF"'),
    chatter=("+ZUSIMR:2", '+ZPASR: "UMTS"', '+ZDONR: "Testnet",001,01,"CS_PS","ROAM_OFF"'),
    storages=ALL_FOUR,
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
    missing=SECOND_GENERATION | WITHOUT_CPINR,
)
