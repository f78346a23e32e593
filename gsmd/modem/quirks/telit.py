"""Telit: GE, HE, LE modules."""

from gsmd.modem.link.urc import Indication, sim_news, storage_full
from gsmd.modem.quirks.profile import PIN_TRIES, PinTries, Profile

PROFILE = Profile(
    family="telit",
    matches="TELIT",
    iccid=("#CCID", "+CCID"),
    pin_tries=(PinTries("#PCT", r"#PCT: ?(\d+)"), *PIN_TRIES),
    soft_reset=("#REBOOT", "+CFUN=1,1"),
    indications=(
        Indication("#SMOV:", storage_full),
        Indication("#QSS:", sim_news),
    ),
)
