"""What can go wrong between the core and a modem."""

from gsmd.at import AtError, Severity


class ModemError(Exception):
    """The root of this package's errors. ``reason`` is one line for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ModemUnavailable(ModemError):  # noqa: N818 -- the word of the interface
    """Nothing was done: the modem is absent, not ready, lost or being recovered."""


class SubmitRefused(ModemError):  # noqa: N818 -- it says what happened
    """The modem or the network said no, and nothing went out.

    ``cms`` and ``cme`` are the numbers it gave, ``text`` their meaning; ``severity`` says whether
    a later try can work. ``text_given``: it said so after Ctrl-Z, not in place of the prompt.
    """

    def __init__(self, error: AtError, *, text_given: bool = False) -> None:
        super().__init__(str(error))
        self.command = error.command
        self.cms = error.cms
        self.cme = error.cme
        self.text = error.text
        self.severity: Severity = error.severity
        self.text_given = text_given


class SubmitUncertain(ModemError):  # noqa: N818 -- it says what happened
    """The message was handed to the modem and no clear answer came: it may or may not be out."""


class PortLost(ModemError):  # noqa: N818 -- it says what happened
    """The port has gone: unplugged, or the modem's USB interface reset."""


class PortBlocked(ModemError):  # noqa: N818 -- it says what is the matter
    """The port is there and cannot be opened: permission, or somebody else holds it."""


class Unresponsive(ModemError):  # noqa: N818 -- it says what is the matter
    """The modem does not answer."""


class Restarted(ModemError):  # noqa: N818 -- it says what happened
    """The modem restarted in the middle of a command."""


class SettingsLost(Restarted):
    """The modem does not do what it was set to do: it must have restarted without a word."""


class PinRefused(ModemError):  # noqa: N818 -- it says what happened
    """The SIM did not take the PIN, or gsmd would not risk a try."""


class WrongModem(ModemError):  # noqa: N818 -- it says what is the matter
    """The port belongs to another modem than the configuration means."""


class UssdFailed(ModemError):  # noqa: N818 -- it says what happened
    """The network did not answer a USSD code, or refused it."""
