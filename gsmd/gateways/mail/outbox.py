"""Mail of our own that nobody hands over again: copies and notices, on the disk until the smarthost has them.

Each is tried until the server takes it, refuses it for good, or five days are over, as mail servers do.
"""

import asyncio
import contextlib
import logging
from email import message_from_bytes, policy
from email.message import Message

from gsmd.gateways.database import Database
from gsmd.gateways.mail import tables
from gsmd.gateways.mail.smarthost import (
    PAUSES,
    Away,
    Later,
    Never,
    Smarthost,
    is_final,
    to_try_again,
)
from gsmd.gateways.mail.tables import Waiting
from gsmd.gateways.mail.threads import now

log = logging.getLogger(__name__)

_GIVE_UP = 5 * 24 * 3600 * 1000
_AGAIN = (60_000, 300_000, 900_000, 3_600_000)
"""Milliseconds until mail that was refused for now is tried again."""


def waiting(mail: Message, id_: str, sender: str, recipients: tuple[str, ...]) -> Waiting:
    """The row of a mail that is to go out."""
    at = now()
    return Waiting(
        id=id_, sender=sender, recipients=recipients, content=mail.as_bytes(), due_at=at, at=at
    )


class Outbox:
    """Sends what waits in ``database``, once `run` does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Something was put in."""
        self._news.set()

    async def run(self, smarthost: Smarthost) -> None:
        """Send until cancelled."""
        pause = 0
        while True:
            self._news.clear()
            mail = await self._database.read(tables.next_mail)
            if mail is None or mail.due_at > now():
                await self._wait(None if mail is None else (mail.due_at - now()) / 1000)
                continue
            try:
                await self._one(smarthost, mail)
            except Away:
                await asyncio.sleep(PAUSES[min(pause, len(PAUSES) - 1)])
                pause += 1
            else:
                pause = 0

    async def _one(self, smarthost: Smarthost, mail: Waiting) -> None:
        message = message_from_bytes(mail.content, policy=policy.compat32)
        again: list[str] = []
        try:
            refused = await smarthost.send(message, mail.sender, mail.recipients)
        except Later as error:
            log.info("mail %s is not taken now: %s", mail.id, error)
            again = [*mail.recipients]
        except Never as error:
            log.warning("mail %s is not taken: %s", mail.id, error)
        else:
            again = to_try_again(refused)
            for answer in refused.values():
                if is_final(answer):
                    log.warning("mail %s is not taken for somebody: %s %s", mail.id, *answer)
        if again and now() - mail.at < _GIVE_UP:
            due = now() + _AGAIN[min(mail.attempts, len(_AGAIN) - 1)]
            await self._database.write(lambda c: tables.mail_later(c, mail.id, again, due))
            return
        await self._database.write(lambda c: tables.mail_gone(c, mail.id))

    async def _wait(self, seconds: float | None) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
