"""Errors between the core and a modem."""

from gsmd.at import AtError, Severity


class ModemError(Exception):
    """The root of this package's errors. ``reason`` is one line for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ModemUnavailable(ModemError):
    """Nothing was done: the modem is absent, not ready, lost or being recovered."""


class SubmitRefused(ModemError):
    """The modem or the network said no, and nothing went out.

    ``cms`` and ``cme`` are the numbers it gave, ``text`` their meaning; ``severity`` says whether
    a later try can work. ``text_given``: it said so after Ctrl-Z, not in place of the prompt. ``may_be_out``: it may
    have gone out all the same. After Ctrl-Z only an error of the message service (3GPP TS 27.005 §3.2.5) refuses for
    sure, and only if it says more than "unknown error", whatever else the severity is held to be later.
    """

    def __init__(self, error: AtError, *, text_given: bool = False) -> None:
        super().__init__(str(error))
        self.command = error.command
        self.cms = error.cms
        self.cme = error.cme
        self.text = error.text
        self.severity: Severity = error.severity
        self.text_given = text_given
        self.may_be_out = text_given and (error.severity is Severity.UNKNOWN or error.cms is None)


class SubmitUncertain(ModemError):
    """The message was handed to the modem and no clear answer came: it may or may not be out."""


class PortLost(ModemError):
    """The port has gone: unplugged, or the modem's USB interface reset."""


class PortBlocked(ModemError):
    """The port is there and cannot be opened: permission, or somebody else holds it."""


class Unresponsive(ModemError):
    """The modem does not answer."""


class Restarted(ModemError):
    """The modem restarted in the middle of a command."""


class SettingsLost(Restarted):
    """The modem does not do what it was set to do: it must have restarted without a word."""


class PinRefused(ModemError):
    """The SIM did not take the PIN, or gsmd would not risk a try."""


class WrongModem(ModemError):
    """The port belongs to another modem than the configuration means."""


class UssdFailed(ModemError):
    """The network did not answer a USSD code, or refused it."""
