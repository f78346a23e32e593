"""Nordic nRF91: SMS by LTE-M and NB-IoT, without storages and without a prompt.

Everything that comes in is handed over (``+CMT``, ``+CDS``) and waits for ``+CNMA``; ``+CNMI`` takes mt 2 alone.
The text of ``+CMGS`` stands right behind the command. There is no USSD and no call.
"""

from gsmd.modem.link.urc import Indication, restart, sim_news
from gsmd.modem.quirks.profile import PIN_TRIES, Profile

PROFILE = Profile(
    family="nrf91",
    # nRF91 AT Commands Reference Guide: +CGMI, +CNMI, +CMGS, +CMT, +CNMA, %XICCID, %XSIM
    matches=r"NORDIC|\bNRF9\d",
    iccid=("%XICCID",),
    pin_tries=PIN_TRIES,
    soft_reset=("#XRESET", "%XRESET", "+CFUN=0;+CFUN=1"),  # nRF Connect SDK, Serial Modem: #XRESET
    radio_off=("+CFUN=4",),  # +CFUN=0 writes the flash memory
    ussd=(),
    stores=False,
    prompts=False,
    indications=(Indication("%XSIM:", sim_news),),
    own_indications=(Indication("READY", restart),),  # Serial Modem, once it has started
)
