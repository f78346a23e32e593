"""States, reasons and events in words for people. Each is translated where it is shown."""

from collections.abc import Callable
from typing import Any

from gsmd.gateways.web.pages.languages import later as _

STATES = {
    "received": (_("received"), "calm"),
    "handled": (_("handled"), "good"),
    "dead": (_("given up"), "bad"),
    "undecodable": (_("unreadable"), "bad"),
    "queued": (_("waiting"), "calm"),
    "submitting": (_("being sent"), "calm"),
    "sent": (_("sent"), "calm"),
    "delivered": (_("delivered"), "good"),
    "failed": (_("failed"), "bad"),
    "expired": (_("too late"), "bad"),
    "uncertain": (_("uncertain"), "warn"),
    "cancelled": (_("cancelled"), "calm"),
    # conversations
    "open": (_("open"), "accent"),
    "pending": (_("waiting for them"), "warn"),
    "snoozed": (_("snoozed"), "calm"),
    "closed": (_("closed"), "good"),
    # consents
    "asked": (_("asked"), "warn"),
    "given": (_("agreed"), "good"),
    "declined": (_("said no"), "bad"),
    "withdrawn": (_("withdrawn"), "bad"),
    # campaigns, votes and the like
    "preparing": (_("being prepared"), "calm"),
    "running": (_("running"), "accent"),
    "paused": (_("paused"), "warn"),
    "finished": (_("finished"), "good"),
    "planned": (_("not open yet"), "calm"),
    "abandoned": (_("abandoned"), "warn"),
    # modems
    "ready": (_("ready"), "good"),
    # hand-overs
    "behind": (_("behind another"), "calm"),
    "waiting": (_("waiting"), "calm"),
    "leased": (_("being handed over"), "calm"),
    "deferred": (_("tried again later"), "warn"),
    "done": (_("done"), "good"),
    "suspended": (_("suspended"), "warn"),
    "active": (_("active"), "good"),
}
"""The word for a state, and its tone: good, bad, warn, calm or accent."""


def state(name: str) -> tuple[str, str]:
    """The word and the tone of a state; one that is not known here as it is."""
    return STATES.get(name, (name, "warn"))


EVENTS = {
    "message.queued": _("Accepted: it is on the disk and waits for its turn"),
    "message.submitting": _("Handed to the modem"),
    "message.part_sent": _("The network has a part of it"),
    "message.sent": _("The network has all of it"),
    "message.delivered": _("It is on the telephone"),
    "message.failed": _("It was not delivered"),
    "message.expired": _("Its time was over"),
    "message.uncertain": _("Given to the modem, and no answer came: it may be out or not"),
    "message.cancelled": _("Cancelled"),
    "message.received": _("It came in"),
    "message.part_received": _("A part of it came in"),
    "message.completed": _("All parts are there"),
    "message.handled": _("Everybody who wanted it is done with it"),
    "message.dead": _("Somebody gave up on it"),
    "message.undecodable": _("It cannot be read"),
    "message.report": _("The network told what became of it"),
    "message.started_over": _("It begins anew"),
    "message.replaced": _("Another text took its place"),
    "message.blocked": _("Its sender is blocked"),
    "delivery.done": _("Handed over and taken"),
    "delivery.failed": _("Handing over failed"),
    "delivery.interrupted": _("Handing over was cut off"),
    "delivery.dead": _("Handing over was given up"),
    "delivery.redriven": _("Handed over once more, by hand"),
    "delivery.written_off": _("A handler gets it no more"),
}
"""What happened to a message, by the event's type."""

_NOT_TOLD = frozenset({"state", "direction", "seq"})


def event(type_: str) -> str:
    """The sentence for an event; of one that is not known here its own words."""
    return EVENTS.get(type_) or type_.removeprefix("message.").replace("_", " ").replace(".", " ")


DETAILS = {
    "part": _("part"),
    "parts": _("parts"),
    "modem": _("modem"),
    "carrier": _("carrier"),
    "message_reference": _("message reference"),
    "status": _("status"),
    "tp_status": _("TP-ST"),
    "reason": _("reason"),
    "seconds": _("seconds"),
    "handler": _("handler"),
    "attempt": _("try"),
    "error": _("error"),
    "actor": _("who"),
    "tag": _("tag"),
    "key": _("key"),
    "not_before": _("not before"),
    "retry_at": _("once more at"),
    "possible_duplicate": _("may be there twice"),
}
"""What else is told of an event, by its name."""


def details(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """What else is known of an event, as names and values."""
    return [
        (DETAILS.get(name, name.replace("_", " ")), str(value))
        for name, value in detail.items()
        if name not in _NOT_TOLD and value not in (None, "", [], {})
    ]


ROLES = {
    "read": _("read messages"),
    "send": _("send and answer"),
    "handle": _("take messages for programs"),
    "override": _("write to those who said STOP"),
    "admin": _("everything: modems, people, settings"),
}
"""What a role lets somebody do."""

ACTIONS = {
    "sign_in": _("signed in"),
    "sign_in.failed": _("was refused at sign-in"),
    "sign_out": _("signed out"),
    "user.invited": _("invited"),
    "user.came_in": _("accepted the invitation"),
    "user.disabled": _("shut out"),
    "user.password": _("changed the password"),
    "user.totp_on": _("switched the code on"),
    "user.totp_off": _("switched the code off"),
    "token.made": _("made a token"),
    "token.revoked": _("revoked a token"),
    "conversation.read": _("read a conversation"),
    "message.sent": _("sent a message"),
    "message.cancelled": _("cancelled a message"),
    "message.retried": _("sent a message once more"),
    "modem.reset": _("reset a modem"),
    "modem.unlocked": _("gave a SIM its PIN"),
    "modem.ussd": _("called a code"),
    "person.read": _("looked at what is known of a number"),
    "person.forgotten": _("erased a number"),
    "campaign.begun": _("began a campaign"),
    "campaign.pause": _("paused a campaign"),
    "campaign.resume": _("let a campaign go on"),
    "campaign.cancel": _("cancelled a campaign"),
    "list.added": _("put somebody on a list"),
    "list.removed": _("took somebody off a list"),
    "list.imported": _("read a file into a list"),
    "list.deleted": _("deleted a list"),
    "poll.drawn": _("drew winners of a vote"),
    "poll.closed": _("closed a vote"),
    "poll.deleted": _("deleted a vote"),
    "form.started": _("had somebody asked"),
    "form.closed": _("closed a form"),
    "form.deleted": _("deleted a form"),
    "contest.imported": _("read codes into a contest"),
    "contest.generated": _("made codes of a contest"),
    "contest.drawn": _("drew winners of a contest"),
    "contest.closed": _("closed a contest"),
    "contest.deleted": _("deleted a contest"),
    "code.sent": _("had a code texted"),
    "table.exported": _("took a table away"),
    "handler.tried": _("tried a handler"),
    "handler.redriven": _("handed messages over once more"),
}
"""The audit log's words."""


def action(name: str) -> str:
    """The words for an action of the audit log."""
    return ACTIONS.get(name, name)


def bars(dbm: int | None) -> int:
    """How good a signal is, from 0 (nothing) to 4."""
    return 0 if dbm is None else sum(dbm >= limit for limit in (-107, -97, -87, -77))


def seconds(value: float) -> str:
    """A span of time, short."""
    if value < 100:
        return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
    for unit, size in (("d", 86_400), ("h", 3600)):
        if value >= 2 * size:
            return f"{value / size:.0f} {unit}"
    return f"{value / 60:.0f} min"


def seconds_or_dash(value: float | None) -> str:
    """The same; a dash for what nobody knows."""
    return "–" if value is None else seconds(value)


def round_seconds(value: float) -> str:
    """A span of time that is a round one, for an axis."""
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if value >= size and value % size == 0:
            return f"{value / size:.0f} {unit}"
    return f"{value:.0f} s"


_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux")
_CALLED = {"Edg": "Edge", "OPR": "Opera", "Mac OS": "macOS", "CrOS": "ChromeOS"}


def browser(agent: str) -> str:
    """A browser and its system, by what it calls itself; that as it is if it says neither."""
    found = [next((each for each in known if each in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(_CALLED.get(each, each) for each in found if each) or agent[:60] or "–"


WORDS: dict[str, Callable[..., Any] | dict[str, str]] = {
    "state_of": state,
    "event_words": event,
    "event_details": details,
    "action_words": action,
    "signal_bars": bars,
    "browser_words": browser,
    "span": seconds,
    "span_of": seconds_or_dash,
    "span_short": round_seconds,
    "ROLES": ROLES,
}
"""What templates call."""
