"""Huawei: E1xx and E3xx dongles, MU and ME modules."""

from gsmd.modem.link.urc import Indication, settings_suspect, signal, sim_news, storage_full
from gsmd.modem.quirks.profile import PIN_TRIES, PinTries, Profile, UssdCoding

PROFILE = Profile(
    family="huawei",
    matches="HUAWEI",
    quiet=("^CURC=0",),
    iccid=("^ICCID?", "+ICCID", "+CCID"),
    pin_tries=(PinTries("^CPIN?", r"\^CPIN: ?[A-Z0-9 ]+,\d*,\d+,(\d+)"), *PIN_TRIES),
    soft_reset=("+CFUN=1,1", "^RESET"),
    ussd=(UssdCoding.PACKED, UssdCoding.PLAIN, UssdCoding.UCS2),
    # 1: the modem port, 0: PCUI (so ModemManager's huawei plugin; wdoekes/asterisk-chan-dongle#121)
    notices_here=("^PORTSEL=1", "^PORTSEL=0"),
    indications=(
        Indication("^RSSI:", signal),
        Indication("^SMMEMFULL", storage_full),
        Indication("^SIMST:", sim_news),
        Indication("^BOOT:", settings_suspect),  # every few seconds on some
    ),
)
