"""Conversations as threads of mail, and who may answer in them.

Theory of operation. A conversation is somebody with a phone, through one SIM, seen from one side: a forward, or a
person who sent by mail. Its token is an HMAC of just that with a secret of the installation: always the same, and
nobody can guess it. It stands in the address to which an answer goes, and in the Message-ID of the thread's root, so
whoever got a mail of the conversation may answer, and nobody else.

Mail programs put together what refers to the same mails. Each of ours refers to the root, which never was a mail, and
to the newest mail of the conversation; an answer refers to ours. Gmail wants the same subject besides, and gets it.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from functools import partial

from gsmd.gateways.database import Database
from gsmd.gateways.mail import tables
from gsmd.gateways.mail.tables import Conversation

_LENGTH = 20  # 100 bits in base 32


class Threads:
    """The conversations, kept in ``database``; Message-IDs are of ``domain``."""

    def __init__(self, database: Database, domain: str) -> None:
        self._database = database
        self.domain = domain
        self._secret = b""

    async def open(self) -> None:
        """Have the secret ready."""
        fresh = secrets.token_bytes(32)
        self._secret = await self._database.write(
            partial(tables.secret, name="conversations", fresh=fresh)
        )

    async def of(
        self, handler: str, party: str, peer: str, modem: str | None, subject: str
    ) -> Conversation:
        """The conversation, made if there is none; ``subject`` is then its subject for ever."""
        token = self._token("conversation", handler, party.lower(), peer, modem or "")
        found = await self._database.read(lambda c: tables.conversation(c, token))
        if found is not None:
            return found
        wanted = Conversation(
            token=token,
            handler=handler,
            party=party,
            peer=peer,
            modem=modem,
            subject=subject,
            at=now(),
        )
        return await self._database.write(lambda c: tables.keep_conversation(c, wanted))

    async def by_token(self, token: str) -> Conversation | None:
        """The conversation with that token."""
        return await self._database.read(lambda c: tables.conversation(c, token))

    async def note(
        self, conversation: Conversation, mail_id: str | None, inbound: str | None = None
    ) -> None:
        """That is its newest mail, and the newest message that came in."""
        await self._database.write(
            lambda c: tables.note_mail(c, conversation.token, mail_id, inbound, now())
        )

    def root(self, conversation: Conversation) -> str:
        """The Message-ID to which all of its mails refer."""
        return f"<conv-{self._token('root', conversation.token)}@{self.domain}>"

    def mail_id(self, message: str, kind: str = "") -> str:
        """The Message-ID of the mail about a message: the same one, however often it is made."""
        return f"<{message}{kind and '.' + kind}@{self.domain}>"

    def message_in(self, ids: tuple[str, ...]) -> str | None:
        """The id of the newest message among mails that are answered."""
        own = re.compile(rf"<([a-z2-7]{{16}})@{re.escape(self.domain)}>", re.IGNORECASE)
        found = [match[1] for each in ids if (match := own.fullmatch(each))]
        return found[-1].lower() if found else None

    def _token(self, *what: str) -> str:
        octets = hmac.digest(self._secret, "\0".join(what).encode(), hashlib.sha256)
        return base64.b32encode(octets).decode().lower()[:_LENGTH]


def now() -> int:
    """Milliseconds on the wall clock."""
    return round(time.time() * 1000)
