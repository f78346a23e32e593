"""Wavecom: Fastrack."""

from gsmd.simulator.families.alike import SECOND_GENERATION, WITHOUT_CPINR
from gsmd.simulator.profiles import Profile

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
    missing=SECOND_GENERATION | WITHOUT_CPINR | {"+CLAC", "+CGSMS", "+CGREG"},
)
