"""The daemon's errors as python-gsmmodem's exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager

from gsmmodem.exceptions import (
    CmeError,
    CmsError,
    CommandError,
    GsmModemException,
    IncorrectPinError,
    PinRequiredError,
    PukRequiredError,
    TimeoutException,
)

from gsmd.client import ModemStatus, errors
from gsmd.protocol.message import Message, State

SIM_NOT_INSERTED = 10
"""+CME ERROR, 3GPP TS 27.007 §9.2.1."""


@contextmanager
def translated(command: str) -> Iterator[None]:
    """Errors of the client as python-gsmmodem would raise them for ``command``."""
    try:
        yield
    except errors.TimedOut as error:
        raise TimeoutException from error
    except errors.NoDaemon as error:
        raise GsmModemException(str(error)) from error
    except errors.GsmdError as error:
        raise _command_error(command, error) from error


def _command_error(command: str, error: errors.GsmdError) -> CommandError:
    if isinstance(cms := error.data.get("cms"), int):
        return CmsError(command, cms)
    if isinstance(cme := error.data.get("cme"), int):
        return CmeError(command, cme)
    return CommandError(f"{command}: {error}")


def check_result(command: str, result: str) -> None:
    """Raise what a final result stands for, if it is no success."""
    words = result.split()
    if words[:1] in (["+CME"], ["+CMS"]) and words[-1].isdigit():
        kind = CmeError if words[0] == "+CME" else CmsError
        raise kind(command, int(words[-1]))
    if "ERROR" in result or result.startswith("COMMAND NOT SUPPORT"):
        raise CommandError(command)


def check_sim(status: ModemStatus) -> None:
    """Raise what stands in the way of using the SIM, if anything does."""
    state = status.state
    if state == "pin-needed":
        raise PinRequiredError("AT+CPIN?")
    if state == "puk-needed":
        raise PukRequiredError("AT+CPIN?")
    if state == "sim-missing":
        raise CmeError("AT+CPIN?", SIM_NOT_INSERTED)
    if state in {"absent", "stopped"}:
        raise GsmModemException(f"the modem {status.name} is {state}: {status.reason}")


def strength(status: ModemStatus) -> int:
    """The signal strength as in +CSQ, 0 to 31 (3GPP TS 27.007 §8.5); −1 if it is not known."""
    if status.signal_dbm is None:
        return -1
    return min(31, max(0, (status.signal_dbm + 113) // 2))


def wrong_pin(error: errors.GsmdError) -> GsmModemException:
    """The exception for a PIN that was not taken."""
    if error.reason == "pin_refused":
        return IncorrectPinError("AT+CPIN")
    return _command_error("AT+CPIN", error)


def check_sent(message: Message) -> None:
    """Raise why a message did not go out, if it did not; what came later is its report's business."""
    if message.state in {State.SENT, State.DELIVERED} or message.sent_at is not None:
        return
    if message.state in {State.UNCERTAIN, State.EXPIRED}:
        raise TimeoutException
    failure = message.error
    command = (failure.command if failure else None) or "AT+CMGS"
    if failure is not None and failure.cms is not None:
        raise CmsError(command, failure.cms)
    if failure is not None and failure.cme is not None:
        raise CmeError(command, failure.cme)
    why = (failure.message or failure.reason) if failure else message.state
    raise CommandError(f"{command}: {why}")
