"""What Twilio calls: ``StatusCallback`` of a message, and ``SmsUrl`` of a number."""

from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.callbacks import YOUNG, Callbacks, Told, as_form, see
from gsmd.gateways.web.compat.posting import Undelivered
from gsmd.gateways.web.compat.twilio_shapes import API, error_code, sid_of, status_of
from gsmd.gateways.web.compat.twilio_signing import signature
from gsmd.gateways.web.compat.twiml import messages_in
from gsmd.gateways.web.daemon import Daemon
from gsmd.protocol import modems

SURFACE = "twilio"


class Calls:
    """Those of one gateway."""

    def __init__(self, callbacks: Callbacks, daemon: Daemon) -> None:
        self.callbacks = callbacks
        self._daemon = daemon

    async def tell(self, told: Told) -> str | None:
        """Post what happened. Errors: `Undelivered`."""
        if told.receipt is None:
            return await self._tell_inbound(told)
        message, id_ = told.message, told.message["id"]
        row = await self.callbacks.directory.read(lambda db: ledger.sent_message(db, SURFACE, id_))
        if row is None:
            if told.attempt < YOUNG:
                raise Undelivered("it is not known yet who is to be called")
            return None
        if not row.url or told.receipt["state"] == "uncertain":
            return None
        account, _, sender = row.detail.partition(" ")
        status = status_of(str(told.receipt["state"]), message)
        form = {
            "MessageSid": sid_of(id_),
            "SmsSid": sid_of(id_),
            "AccountSid": account,
            "MessageStatus": status,
            "SmsStatus": status,
            "ApiVersion": API,
            "From": sender or str(message["modem"] or ""),
            "To": message["peer"],
        }
        if status in {"failed", "undelivered"}:
            form["ErrorCode"] = str(error_code(status))
        await self._post(row.url, row.secret, form)
        return None

    async def _tell_inbound(self, told: Told) -> str | None:
        message, owner = told.message, told.owner
        if message["kind"] != "text" or not see(told):
            return None
        found = await self.callbacks.directory.read(lambda db: ledger.hooks(db, SURFACE, owner))
        hook = next((each for each in found if each.id == message["modem"]), None)
        if hook is None:
            return None
        sid = sid_of(message["id"])
        form = {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": hook.detail,
            "From": message["peer"],
            "To": await self._own_number(hook.id),
            "Body": message["text"] or "",
            "NumMedia": "0",
            "NumSegments": str(message["parts"]),
            "SmsStatus": "received",
            "ApiVersion": API,
        }
        kind, body = await self._post(hook.url, hook.secret, form)
        return "\n".join(messages_in(body)) or None if "xml" in kind else None

    async def _own_number(self, modem: str) -> str:
        found = await self._daemon.call(modems.GET, {"modem": modem}, "")
        return str(found["number"] or modem)

    async def _post(self, url: str, secret: bytes, form: dict[str, str]) -> tuple[str, bytes]:
        bare = url.partition("#")[0]
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature(secret, bare, form),
        }
        answer = await self.callbacks.poster.send("POST", bare, headers, as_form(form))
        if not 200 <= answer.status < 300:
            raise Undelivered(f"the web hook was answered with {answer.status}")
        return answer.kind, answer.body
