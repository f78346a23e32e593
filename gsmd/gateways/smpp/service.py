"""What connections ask for, carried out: who may bind, which request goes where, what the daemon hands over."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import msgspec

from gsmd.client._async.link import AsyncLink
from gsmd.gateways.smpp.accounts import Account, Accounts, Failures
from gsmd.gateways.smpp.bind import Bind
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.delivering import Delivering
from gsmd.gateways.smpp.questions import Questions
from gsmd.gateways.smpp.refusal import Refusal
from gsmd.gateways.smpp.submitting import Submitting
from gsmd.protocol.jsonrpc import Request
from gsmd.smpp import CommandStatus, Pdu, SmppError, Tag, Tlv, pdus, response_to
from gsmd.smpp.pdus import Bind as BindRequest

log = logging.getLogger(__name__)

S = CommandStatus

UNBOUND = 50
"""Connections of one address that may be there without a bind."""

CONNECTIONS = 1000
"""Connections altogether."""

_SLOWER = 5.0
"""Seconds that a request above an account's rate waits at the most; beyond that it is ESME_RTHROTTLED."""

_SILENT = 5.0
"""Seconds in which a silent bind has to answer when another one wants its place."""


class Service:
    """`Requests` for all connections. ``parts_came`` is set when a part of a long message was taken on."""

    def __init__(
        self,
        daemon: Path,
        accounts: Accounts,
        submitting: Submitting,
        delivering: Delivering,
        questions: Questions,
    ) -> None:
        self._daemon = daemon
        self._accounts = accounts
        self._submitting = submitting
        self._delivering = delivering
        self._questions = questions
        self._failures = Failures()
        self.binds: set[Bind] = set()
        self.leaving: set[asyncio.Task[Any]] = set()
        self.parts_came = asyncio.Event()
        self.draining = False

    def connected(self, bind: Bind) -> bool:
        """See `Requests`."""
        others = sum(each.account is None and each.host == bind.host for each in self.binds)
        if self.draining or len(self.binds) >= CONNECTIONS or others >= UNBOUND:
            return False
        self.binds.add(bind)
        return True

    def lost(self, bind: Bind) -> None:
        """See `Requests`."""
        self.binds.discard(bind)
        if bind.account is not None and bind in bind.account.binds:
            bind.account.binds.remove(bind)
            bind.account.own_receipts.set()  # what it had in its hands is for another one

    async def authenticate(self, bind: Bind, request: BindRequest) -> Pdu:
        """See `Requests`."""
        account = self._accounts.authenticate(request.system_id, request.password, bind.host)
        if account is None:
            log.warning(
                "bind as %r from %s is refused", request.system_id.decode("latin-1"), bind.host
            )
            return await self._refused(bind, request)
        if self.draining or not await self._has_room(account):
            log.warning("%s has %d binds, another one is refused", account.name, len(account.binds))
            return await self._refused(bind, request)
        self._failures.forgive(bind.host)
        if bind.gone:
            return bind.refuse(request, S.RBINDFAIL)  # its place is for another one
        bind.attach(account)
        account.binds.append(bind)
        log.info("%s: %s from %s", account.name, request.command, bind.host)
        if not isinstance(request, pdus.BindTransmitter):
            inbox = DaemonLine(
                self._daemon, lambda link, asked: self._handed_over(bind, link, asked)
            )
            bind.work(self._work(bind, account, inbox), inbox)
        version = request.interface_version
        tlvs = () if version < 0x34 else (Tlv.integer(Tag.SC_INTERFACE_VERSION, _ours(version)),)
        answer = response_to(request.command)
        return answer(tlvs=tlvs, system_id=b"gsmd")  # type: ignore[call-arg] # the answer to a bind has one

    async def _refused(self, bind: Bind, request: BindRequest) -> Pdu:
        """Refused, the later the more often that was so: who tries again at once costs little."""
        await asyncio.sleep(self._failures.pause(bind.host, asyncio.get_running_loop().time()))
        return bind.refuse(request, S.RBINDFAIL)

    async def carry_out(self, bind: Bind, request: Pdu) -> Pdu:
        """See `Requests`."""
        account = bind.account
        assert account is not None
        try:
            return await self._carry_out(bind, account, account.line, request)
        except (Refusal, SmppError) as error:
            account.refused += 1
            log.info("%s: %s: %s: %s", account.name, request.command, error.status, error)
            return bind.refuse(request, error.status)
        except Exception:
            log.exception("%s: %s: a defect", account.name, request.command)
            return bind.refuse(request, S.RUNKNOWNERR)

    async def _carry_out(self, bind: Bind, account: Account, line: DaemonLine, request: Pdu) -> Pdu:
        version = bind.session.version
        if self.draining:
            raise Refusal(S.RSYSERR, "the gateway is being stopped")
        match request:
            case pdus.SubmitSm() | pdus.DataSm():
                await self._slow_down(account)
                id_ = await self._submitting.submit(account, line, request, version)
                account.submitted += 1
                if "." in id_:
                    self.parts_came.set()
                kind = pdus.SubmitSmResp if isinstance(request, pdus.SubmitSm) else pdus.DataSmResp
                return kind(message_id=id_.encode())
            case pdus.SubmitMulti():
                await self._slow_down(account)
                id_, refused = await self._submitting.submit_multi(account, line, request, version)
                account.submitted += 1
                return pdus.SubmitMultiResp(message_id=id_.encode(), unsuccessful=refused)
            case pdus.QuerySm():
                return await self._questions.query(account, line, request)
            case pdus.CancelSm():
                await self._questions.cancel(account, line, request)
                return pdus.CancelSmResp()
            case pdus.ReplaceSm():
                await self._questions.replace(account, line, request)
                return pdus.ReplaceSmResp()
        raise Refusal(S.RINVCMDID, "nothing that an ESME asks for")

    async def _slow_down(self, account: Account) -> None:
        """Within the account's rate at once, a little above it later, far above it not at all."""
        if account.bucket is None:
            return
        wait = account.bucket.take(asyncio.get_running_loop().time(), _SLOWER)
        if wait is None:
            account.throttled += 1
            raise Refusal(S.RTHROTTLED, "above its rate")
        if wait:
            await asyncio.sleep(wait)

    async def _has_room(self, account: Account) -> bool:
        """A place for another bind, if need be that of one that does not answer; not, as soon as all have answered."""
        if len(account.binds) < account.settings.binds:
            return True
        others = [*account.binds]
        waits: list[asyncio.Future[Any]] = [
            asyncio.gather(*(other.ask(_SILENT) for other in others)),
            *(asyncio.ensure_future(other.ended()) for other in others),
        ]
        await asyncio.wait(waits, timeout=_SILENT + 1, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        return len(account.binds) < account.settings.binds

    async def _work(self, bind: Bind, account: Account, inbox: DaemonLine) -> None:
        """Be a worker of the account's handler, until the bind ends."""
        bind.run(self._delivering.own_receipts(bind))
        await inbox.subscribe(subscription(account))

    def _handed_over(self, bind: Bind, link: AsyncLink, request: Request) -> None:
        if request.method == "inbox.deliver":
            bind.hand(self._delivering.hand_over(bind, link, request))


def _ours(version: int) -> int:
    """sc_interface_version to a bind of that version."""
    return 0x50 if version >= 0x50 else 0x34


def subscription(account: Account) -> dict[str, Any]:
    """The parameters of `inbox.subscribe` for a bind of the account."""
    found: dict[str, Any] = {
        "handler": account.name,
        "max_in_flight": account.settings.window,
    }
    if account.settings.match is not None:
        found["match"] = msgspec.to_builtins(account.settings.match)
    return found
