"""Calls in SMSGate's form: JSON with ``event``, ``payload`` and ``webhookId``, ``X-Signature`` over body and ``X-Timestamp``."""

import base64
import hashlib
import hmac
import time
from typing import Any

from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.callbacks import YOUNG, Callbacks, Told, as_json, see
from gsmd.gateways.web.compat.posting import Undelivered
from gsmd.gateways.web.compat.smsgate_shapes import sim_number
from gsmd.gateways.web.compat.smsgate_webhooks import KEY, SURFACE
from gsmd.gateways.web.daemon import Daemon
from gsmd.protocol import modems

_EVENTS = {
    "sent": ("sms:sent", "sentAt"),
    "delivered": ("sms:delivered", "deliveredAt"),
    "failed": ("sms:failed", "failedAt"),
    "expired": ("sms:failed", "failedAt"),
    "cancelled": ("sms:cancelled", "cancelledAt"),
}
_REMEMBERED = 1000


class Calls:
    """Those of one gateway. ``_done``: which hooks know of what is still open because another could not be told."""

    def __init__(self, callbacks: Callbacks, daemon: Daemon) -> None:
        self._callbacks = callbacks
        self._daemon = daemon
        self._done: dict[str, set[str]] = {}

    async def tell(self, told: Told) -> None:
        """Call all hooks of the owner that are for it. Errors: `Undelivered` if one could not be told."""
        found = await self._event(told)
        if found is None:
            return
        event, payload = found
        name = f"{told.message['id']} {told.receipt['number'] if told.receipt else 'in'}"
        done = self._done.setdefault(name, set())
        if len(self._done) > _REMEMBERED:
            self._done.pop(next(iter(self._done)))
        failure: Undelivered | None = None
        for hook in await self._hooks(told.owner):
            for_it = hook.event == event and hook.detail in {"", told.message["modem"]}
            if for_it and hook.id not in done:
                try:
                    await self._call(hook, name, told, payload)
                    done.add(hook.id)
                except Undelivered as error:
                    failure = error
        if failure is not None:
            raise failure
        self._done.pop(name, None)

    async def _event(self, told: Told) -> tuple[str, dict[str, Any]] | None:
        message, receipt = told.message, told.receipt
        listed = (await self._daemon.call(modems.LIST, {}, ""))["modems"]
        sim = sim_number(message["modem"], [each["name"] for each in listed])
        number = next((each["number"] for each in listed if each["name"] == message["modem"]), None)
        people = {"phoneNumber": message["peer"], "simNumber": sim}
        if receipt is None:
            if message["kind"] not in {"text", "data"} or not see(told):
                return None
            whom = {"messageId": message["id"], "sender": message["peer"], "recipient": number}
            at = {"receivedAt": message["created_at"]}
            if message["kind"] == "data":
                data = base64.b64encode(bytes.fromhex(message["data"] or "")).decode()
                return "sms:data-received", {**whom, **people, "data": data, **at}
            return "sms:received", {**whom, **people, "message": message["text"] or "", **at}
        if receipt["state"] not in _EVENTS:
            return None
        row = await self._row(told)
        if row is None:
            return None
        event, moment = _EVENTS[receipt["state"]]
        whom = {"messageId": row.id, "sender": number, "recipient": message["peer"]}
        payload = {**whom, **people, moment: receipt["at"]}
        if event == "sms:sent":
            payload["partsCount"] = message["parts"]
        if event == "sms:failed":
            error = message["error"] or {}
            payload["reason"] = error.get("message") or error.get("reason") or receipt["state"]
        return event, payload

    async def _row(self, told: Told) -> ledger.Sent | None:
        id_ = told.message["id"]
        row = await self._callbacks.directory.read(lambda db: ledger.sent_message(db, SURFACE, id_))
        if row is None and told.attempt < YOUNG:
            raise Undelivered("it is not known yet by which id it goes")
        return row

    async def _hooks(self, owner: str) -> list[ledger.Hook]:
        return await self._callbacks.directory.read(lambda db: ledger.hooks(db, SURFACE, owner))

    async def _call(
        self, hook: ledger.Hook, name: str, told: Told, payload: dict[str, Any]
    ) -> None:
        key = await self._callbacks.directory.read(
            lambda db: ledger.setting(db, SURFACE, hook.owner, KEY)
        )
        body = as_json(
            {
                "deviceId": told.message["modem"] or "",
                "event": hook.event,
                # the same one when it comes again: who has it already knows
                "id": hashlib.sha256(f"{name} {hook.id}".encode()).hexdigest()[:21],
                "payload": payload,
                "webhookId": hook.id,
            }
        )
        at = str(int(time.time()))
        sign = hmac.new((key or "").encode(), body + at.encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Signature": sign,
            "X-Timestamp": at,
        }
        answer = await self._callbacks.poster.send("POST", hook.url, headers, body)
        if not 200 <= answer.status < 300:
            raise Undelivered(f"web hook {hook.id} was answered with {answer.status}")
