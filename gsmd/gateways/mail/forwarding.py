"""From what the daemon hands over to mail, and the smarthost's answer back to the daemon.

Theory of operation. Each forward is a durable handler, `mail-1` and so on, and `mail` is the one of what was sent by
mail from nobody's forward. What they get is a message that came in, or what became of one of ours:

    make the mail (its Message-ID is that of the message) → the smarthost says 250 → acknowledge

A smarthost that is away keeps it open: nothing is a failed try, and nothing more is asked of the daemon than a few
messages. One that refuses a mail for now makes it "not done", for good a dead letter. So nothing is lost, and what is
repeated (the process was killed between 250 and the acknowledgement) has the same Message-ID.

What became of a message can be quicker than our own file, which tells whose mail it was: then it is "not done", and comes
again. So it is if we died in between: the mail was not answered, and whoever brought it brings it again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import Message as Mime
from functools import partial
from typing import Any

import msgspec

from gsmd.client._async.inbound import AsyncInboundMessage
from gsmd.client._async.listener import AsyncListener
from gsmd.client.errors import GsmdError
from gsmd.gateways.mail import composing, outbox, tables
from gsmd.gateways.mail.house import HANDLER, House
from gsmd.gateways.mail.smarthost import Later, Never, Smarthost, to_try_again
from gsmd.gateways.mail.tables import Conversation, Submission
from gsmd.protocol.message import Message, Receipt, State

log = logging.getLogger(__name__)

NOBODY = {"from": ["nobody.sends.as.this"]}
"""The match of the handler `mail`: it gets what answers its messages, and nothing else."""

_IN_FLIGHT = 8
_AGAIN = 5.0

_ON_ITS_WAY = timedelta(minutes=15)
"""The age up to which a message may end, or be answered, before it is on our disk whose mail it was."""


class Unclaimed(Exception):
    """Nobody is left to whom it could go."""


class Forwarding:
    """Serves one handler. ``match`` is what it collects."""

    def __init__(self, house: House, handler: str, match: Mapping[str, Any]) -> None:
        self._house = house
        self.handler = handler
        self.match = dict(match)
        self.collects = asyncio.Event()
        """The daemon has been told what to collect."""
        self._listener: AsyncListener | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until cancelled; what is in hand then goes back to the daemon."""
        try:
            while True:
                await self._house.watch.wait_present()
                try:
                    await self._listen()
                except GsmdError as error:
                    log.warning("%s collects no messages: %s", self.handler, error)
                await asyncio.sleep(_AGAIN)
        finally:
            await self.finish(0)
            if self._listener is not None:
                await self._listener.close()

    async def finish(self, seconds: float) -> None:
        """Give what is in hand so long to be taken by the smarthost."""
        tasks = [*self._tasks]
        if tasks and seconds:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        self._listener = self._house.client.listen(
            self.handler, max_in_flight=_IN_FLIGHT, match=self.match
        )
        async with self._listener as listener:
            self.collects.set()
            async for message in listener:
                message.defer()
                task = asyncio.create_task(self._hand_over(message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _hand_over(self, message: AsyncInboundMessage) -> None:
        try:
            await self._send(message)
        except Later as error:
            await message.reject(str(error))
        except (Never, Unclaimed) as error:
            await message.reject(str(error), permanent=True)
        except asyncio.CancelledError:
            raise  # it goes back with the connection
        except Exception as error:
            log.exception("%s: a defect with %s", self.handler, message.id)
            with contextlib.suppress(GsmdError):
                await message.reject(f"a defect: {type(error).__name__}")
        else:
            await message.acknowledge()

    async def _send(self, message: AsyncInboundMessage) -> None:
        smarthost = self._house.settings.smarthost
        if smarthost is None:
            raise Later("no smarthost is configured")
        if message.receipt is not None:
            await self._receipt(smarthost, message, message.receipt)
        elif self.handler == HANDLER:
            await self._answer(smarthost, message)
        else:
            await self._forward(smarthost, message)

    # -- messages that came in --------------------------------------------------------------------

    async def _forward(self, smarthost: Smarthost, message: Message) -> None:
        """To all of the forward."""
        to = self._house.settings.recipients_of(self.handler)
        if not to:
            raise Later("it is no forward any more")
        subject = composing.subject_of(message.peer)
        conversation = await self._house.threads.of(
            self.handler, "", message.peer, message.modem, subject
        )
        await self._mail(smarthost, message, conversation, to)

    async def _answer(self, smarthost: Smarthost, message: Message) -> None:
        """To who sent by mail what this one answers."""
        answered = message.in_reply_to
        row = None if answered is None else await self._submission(answered)
        found = None
        if row is not None and row.token is not None:
            found = await self._house.threads.by_token(row.token)
        if row is None and _is_young(message.created_at):
            raise Later("whose mail it answers is not written down yet")
        if row is None or found is None:
            raise Unclaimed("whose mail it answers is not known any more")
        await self._mail(smarthost, message, found, (row.sender,))

    async def _mail(
        self,
        smarthost: Smarthost,
        message: Message,
        conversation: Conversation,
        to: tuple[str, ...],
    ) -> None:
        threads = self._house.threads
        letter = letter_for(self._house, conversation, to, message.modem)
        id_ = threads.mail_id(message.id)
        mail = composing.inbound(letter, message, id_)
        await self._out(smarthost, mail, id_, letter.envelope_sender, to)
        await threads.note(conversation, id_, message.id)

    # -- what became of messages of ours ----------------------------------------------------------

    async def _receipt(self, smarthost: Smarthost, message: Message, receipt: Receipt) -> None:
        row = await self._submission(message.id)
        if row is None and _is_young(message.created_at):
            raise Later("whose mail it was is not written down yet")
        if row is None or not is_wanted(row, receipt):
            return
        domain = self._house.threads.domain
        id_ = self._house.threads.mail_id(message.id, f"report{receipt.number}")
        mail = composing.report(domain, row, message, receipt.state, id_)
        await self._out(smarthost, mail, id_, "", (row.sender,))

    async def _submission(self, message: str) -> Submission | None:
        return await self._house.database.read(partial(tables.submission, message=message))

    async def _out(
        self, smarthost: Smarthost, mail: Mime, id_: str, sender: str, to: tuple[str, ...]
    ) -> None:
        """Once this returns, each recipient has it, never will, or is on our disk. Errors: `Later`, `Never`."""
        refused = await smarthost.send_at_last(mail, sender, to)
        if not refused:
            return
        log.warning("%s: refused for %d of %d recipients", self.handler, len(refused), len(to))
        if again := to_try_again(refused):
            row = outbox.waiting(mail, id_, sender, tuple(again))
            await self._house.database.write(lambda c: tables.add_mail(c, row))
            self._house.outbox.wake()


def _is_young(created_at: datetime) -> bool:
    return abs(datetime.now(UTC) - created_at) < _ON_ITS_WAY


def is_wanted(row: Submission, receipt: Receipt) -> bool:
    """If the sender asked to be told of this; failures are told if nothing was said (RFC 3461 §4.1)."""
    words = set(row.notify.upper().split(",")) - {""}
    if receipt.state is State.DELIVERED:
        return "SUCCESS" in words
    if receipt.state is State.SENT:  # no report was asked of the network: more will not be known
        return "SUCCESS" in words
    failed = receipt.state in (State.FAILED, State.EXPIRED, State.CANCELLED)
    return failed and (not words or "FAILURE" in words)


def letter_for(
    house: House, conversation: Conversation, to: tuple[str, ...], modem: str | None
) -> composing.Letter:
    """What mail of a conversation has in its headers."""
    settings = house.settings
    return composing.Letter(
        conversation=conversation,
        root=house.threads.root(conversation),
        domain=settings.mail.domain,
        to=to,
        modem=conversation.modem or modem,
        name=settings.names.get(conversation.peer),
        sender=settings.mail.sender,
    )


def match_of(rule: msgspec.Struct) -> dict[str, Any]:
    """A rule of the configuration as the daemon takes it."""
    found: dict[str, Any] = msgspec.to_builtins(rule)
    return {key: value for key, value in found.items() if value is not None}
