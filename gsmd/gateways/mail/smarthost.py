"""The mail server that takes our mail, and what its answers mean.

Theory of operation. A connection for each mail, a few at once. A server that is away, or refuses to talk to us, is one
thing: mail waits, for ever, and nothing else is tried meanwhile but one mail at a time (`Away`). A server that
refuses one mail is another: for now (4xx, `Later`), or for good (5xx, `Never`).
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Mapping, Sequence
from email.message import Message
from urllib.parse import urlsplit

from gsmd.config import ConfigError, Problem
from gsmd.config.mail import MailConfig
from gsmd.gateways.mail.libraries import (
    ClientSMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

log = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds until a server that is away is tried again."""

_AT_ONCE = 4
_TIMEOUT = 60.0
_GOODBYE = 5.0
_CLOSING = 421
_PERMANENT = 500


class Away(Exception):
    """No mail can be handed over at all."""


class Later(Exception):
    """This mail is not taken now."""


class Never(Exception):
    """This mail is not taken at all."""


class Smarthost:
    """The server of the configuration."""

    def __init__(self, settings: MailConfig) -> None:
        assert settings.smarthost is not None
        url = urlsplit(settings.smarthost)
        self._scheme = url.scheme
        self._host = url.hostname or ""
        self._port = url.port or {"smtp": 25, "smtps": 465}.get(url.scheme, 587)
        self._domain = settings.domain
        self._user = settings.smarthost_user
        self._password = _password(settings)
        self._places = asyncio.Semaphore(_AT_ONCE)
        self.away: str | None = None
        """The reason why it is away; None if it is not, as far as is known."""

    async def send(
        self, mail: Message, sender: str, recipients: Sequence[str]
    ) -> dict[str, tuple[int, str]]:
        """Hand a mail over; returns those of the recipients that are refused, with code and text. Errors: `Away`, `Later`, `Never`."""
        async with self._places:
            try:
                refused = await self._sent(mail, sender, recipients)
            except Away as error:
                if self.away is None:
                    log.warning("mail waits for %s:%d: %s", self._host, self._port, error)
                self.away = str(error)
                raise
        if self.away is not None:
            log.info("%s:%d takes mail again", self._host, self._port)
            self.away = None
        return refused

    async def send_at_last(
        self, mail: Message, sender: str, recipients: Sequence[str]
    ) -> dict[str, tuple[int, str]]:
        """As `send`, however long the server is away. Errors: `Later`, `Never`."""
        attempt = 0
        while True:
            try:
                return await self.send(mail, sender, recipients)
            except Away:
                await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
                attempt += 1

    async def _sent(
        self, mail: Message, sender: str, recipients: Sequence[str]
    ) -> dict[str, tuple[int, str]]:
        client = ClientSMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=self._domain,
            timeout=_TIMEOUT,
            use_tls=self._scheme == "smtps",
            start_tls=self._scheme == "smtp+starttls",
            username=self._user,
            password=self._password,
        )
        try:
            await client.connect()
            refused, _ = await client.send_message(mail, sender=sender, recipients=recipients)
            with contextlib.suppress(SMTPException, OSError):
                await client.quit(timeout=_GOODBYE)
        except (SMTPConnectError, SMTPAuthenticationError, ssl.SSLError) as error:
            raise Away(str(error)) from error
        except SMTPRecipientsRefused as error:
            codes = [each.code for each in error.recipients]
            text = "; ".join(
                f"{each.recipient}: {each.code} {each.message}" for each in error.recipients
            )
            raise _of(min(codes, default=_PERMANENT), text) from error
        except SMTPResponseException as error:
            raise _of(error.code, f"{error.code} {error.message}") from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise Away(str(error) or type(error).__name__) from error
        finally:
            client.close()  # who is cancelled waits for no answer
        return {each: (answer.code, answer.message) for each, answer in refused.items()}


def _of(code: int, text: str) -> Exception:
    if code == _CLOSING:
        return Away(text)
    return Never(text) if code >= _PERMANENT else Later(text)


def is_final(refusal: tuple[int, str]) -> bool:
    """Trying again would not help."""
    return refusal[0] >= _PERMANENT


def to_try_again(refused: Mapping[str, tuple[int, str]]) -> list[str]:
    """The recipients that were refused for now only."""
    return [each for each, answer in refused.items() if not is_final(answer)]


def _password(settings: MailConfig) -> str | None:
    path = settings.smarthost_password_file
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        expected = f"a file that can be read ({path})"
        raise ConfigError(
            Problem("mail", None, "mail.smarthost_password_file", expected, str(error))
        ) from error
