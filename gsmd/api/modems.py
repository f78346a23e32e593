"""``modems.*``: looking at modems, and what administrators may do to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gsmd.api import params, values
from gsmd.api.encoding import plain
from gsmd.core.requests import Code, Refused
from gsmd.modem.errors import ModemUnavailable, PinRefused, UssdFailed

if TYPE_CHECKING:
    from gsmd.api.session import Session

_LONGEST = 1024
"""Characters of a command: more than any modem takes."""


async def list_(session: "Session", _: params.Nothing) -> Any:
    return {"modems": plain(list(session.server.backend.modems()))}


async def get(session: "Session", p: params.OneModem) -> Any:
    return plain(session.server.backend.modem(p.modem).status())


async def reset(session: "Session", p: params.OneModem) -> Any:
    modem = session.server.backend.modem(p.modem)
    with _in_our_words():
        await modem.reset()
    return plain(modem.status())


async def unlock(session: "Session", p: params.Unlock) -> Any:
    modem = session.server.backend.modem(p.modem)
    with _in_our_words():
        await modem.unlock(p.pin)
    return plain(modem.status())


async def at(session: "Session", p: params.At) -> Any:
    timeout = None if p.timeout is None else values.seconds(p.timeout, "timeout")
    modem = session.server.backend.modem(p.modem)
    with _in_our_words():
        reply = await modem.command(_command(p.command), timeout)
    return {"lines": list(reply.lines), "result": reply.result.text}


async def ussd(session: "Session", p: params.Ussd) -> Any:
    timeout = None if p.timeout is None else values.seconds(p.timeout, "timeout")
    modem = session.server.backend.modem(p.modem)
    with _in_our_words():
        reply = await modem.ussd(_one_line(p.code, "code"), timeout)
    return {"text": reply.text, "session": reply.session}


async def cancel_ussd(session: "Session", p: params.OneModem) -> Any:
    modem = session.server.backend.modem(p.modem)
    with _in_our_words():
        await modem.cancel_ussd()
    return {}


def _command(text: str) -> str:
    line = _one_line(text, "command").strip()
    if not line.isascii() or line[:2].upper() != "AT":
        problem = "command: ASCII that begins with AT"
        raise Refused(Code.INVALID, problem, reason="impossible_value", field="command")
    return line


def _one_line(text: str, field: str) -> str:
    # a carriage return would start a second command, Ctrl-Z would end a message
    if not text or len(text) > _LONGEST or not text.isprintable():
        problem = f"{field}: 1 to {_LONGEST} printable characters on one line"
        raise Refused(Code.INVALID, problem, reason="impossible_value", field=field)
    return text


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except ModemUnavailable as error:
        raise Refused(Code.MODEM_UNAVAILABLE, error.reason, reason="modem_unavailable") from error
    except UssdFailed as error:
        late = isinstance(error.__cause__, TimeoutError)
        code = Code.TIMEOUT if late else Code.REFUSED
        raise Refused(code, error.reason, reason="ussd_failed") from error
    except PinRefused as error:
        raise Refused(Code.REFUSED, error.reason, reason="pin_refused") from error
