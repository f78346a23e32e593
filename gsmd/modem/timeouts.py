"""Time-outs of everything. All in seconds; tests hand in shorter ones."""

import msgspec


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Limits and pauses of one modem.

    ``command``: a command that the modem answers by itself. ``slow``: one that asks the SIM or
    the network. ``line``: between two lines of a long reply. ``prompt``: until ``>`` comes.
    ``unprompted``: until the text is written without a prompt, once it has not come.
    ``result``: for the OK behind a ``+CMGS:`` that has come.
    ``sync_fresh``: each try on a port just opened, for ``fresh`` seconds.
    ``sync``: the first try to get in step, later ones get more; ``sync_tries``, at most four,
    before the modem counts as dead; ``boot``: how long a modem on a port just opened may stay silent.
    ``drain``: silence that says nothing late is coming. ``stray``: how long an OK without its
    text may be followed by the text.
    ``text``: silence that ends a text from the network whose closing quote is missing.
    ``sim_retry``/``sim_patience``: between two questions to a busy SIM, and for how long.
    ``sim_check``: between two looks at a SIM that is missing or locked.
    ``search``: a search for an operator, to its end.
    ``standstill``: until something is done about a SIM that is said to be missing, or a network that is not
    found; ``standstill_max``: the longest pause until the next try.
    ``registration``: between two looks at the network while there is none.
    ``settle``: after a restart notice, until no further notice came for this long.
    ``reset``: from a reset command until the port is tried again.
    ``retry_first``/``retry_max``: back-off between recovery steps.
    ``hot_plug_poll``: between two looks for a device where the kernel cannot tell.
    ``signal``: between two looks at the signal.
    ``ussd``: for the network's answer to a USSD code. ``ussd_more``: silence after it that says it is
    whole; ``ussd_release``: the same after the word that the network has ended the dialogue;
    ``ussd_empty``: after an answer without a text. ``ussd_late``: after an answer that never came, how
    long an error may still be its end.
    """

    command: float = 5.0
    slow: float = 30.0
    line: float = 10.0
    prompt: float = 10.0
    unprompted: float = 1.0
    result: float = 5.0
    sync_fresh: float = 0.25
    fresh: float = 15.0
    sync: float = 1.0
    sync_tries: int = 4
    boot: float = 30.0
    drain: float = 0.1
    stray: float = 0.25
    text: float = 1.0
    sim_retry: float = 1.0
    sim_patience: float = 60.0
    sim_check: float = 30.0
    registration: float = 10.0
    search: float = 180.0
    standstill: float = 90.0
    standstill_max: float = 7200.0
    settle: float = 1.0
    reset: float = 3.0
    reset_command: float = 60.0
    retry_first: float = 0.5
    retry_max: float = 300.0
    hot_plug_poll: float = 2.0
    signal: float = 120.0
    ussd: float = 30.0
    ussd_more: float = 1.0
    ussd_release: float = 2.0
    ussd_empty: float = 10.0
    ussd_late: float = 120.0
