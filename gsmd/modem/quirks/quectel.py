"""Quectel: M95, UC, EC, EG and BG modules."""

from gsmd.modem.link.urc import Indication, sim_news, startup_step, storage_full
from gsmd.modem.quirks.profile import PIN_TRIES, PinTries, Profile

PROFILE = Profile(
    family="quectel",
    matches=r"QUECTEL|\bM95\b|\b(EC|EG|BG|UC|BC|RG|RM|EM)\d\d",
    iccid=("+QCCID", "+CCID"),
    pin_tries=(
        PinTries('+QPINC="SC"', r'\+QPINC: ?"?SC"?,(\d+)'),
        PinTries('+QTRPIN="SC"', r"\+QTRPIN: ?(\d+)"),
        *PIN_TRIES,
    ),
    # Quectel EC2x&EG9x AT Commands Manual, +QURCCFG; zabsalahid/serialport-gsm#12
    notices_here=tuple(f'+QURCCFG="urcport","{port}"' for port in ("usbmodem", "uart1", "usbat")),
    indications=(
        Indication('+QIND: "SMSFULL"', storage_full),
        Indication("+QIND: SMS DONE", startup_step),
        Indication("+QIND: PB DONE", startup_step),
        Indication("+QSIMSTAT:", sim_news),
        Indication("+QUSIM:", sim_news),
    ),
)
