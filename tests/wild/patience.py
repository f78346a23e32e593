"""How long the driver waits in these tests: modems here answer at once, if they answer at all."""

from functools import partial

from gsmd.modem import Modem, Timeouts

QUICK = Timeouts(
    command=0.4,
    slow=0.6,
    line=0.4,
    prompt=0.4,
    result=0.25,
    sync=0.2,
    sync_tries=2,
    boot=0.4,
    drain=0.03,
    stray=0.1,
    text=0.2,
    ussd_more=0.1,
    ussd_release=0.2,
    ussd_empty=0.5,
    sim_retry=0.05,
    sim_patience=5.0,
    sim_check=0.2,
    registration=0.1,
    search=0.6,
    standstill=0.4,
    unprompted=0.1,
    settle=0.1,
    reset=0.2,
    retry_first=0.1,
    retry_max=0.5,
)

quick_modem = partial(Modem, timeouts=QUICK)
"""Makes the daemon's side of a modem, with these time-outs."""

PATIENCE = 120.0
"""Seconds after which something that should happen is taken not to: only a test that fails uses them up."""
