"""The events of a message as text, each a sentence."""

from collections.abc import Callable
from typing import Any

from gsmd.cli import datetimes
from gsmd.client import DeliveryRecord, EventRecord

Detail = dict[str, Any]


def of_event(event: EventRecord) -> str:
    """The event in words; one that is not known here with its details as they are."""
    tell = _EVENTS.get(event.type)
    if tell is None:
        return _as_it_is(event)
    try:
        return _with_actor(tell(event.detail), event.detail)
    except (KeyError, TypeError, ValueError):  # of another version of the daemon
        return _as_it_is(event)


_DELIVERIES = {
    "behind": "{name} gets it after an earlier message of the same sender",
    "waiting": "{name} has not taken it yet{so_far}",
    "leased": "{name} has it now, {nth} try",
    "deferred": "{name} gets it again later{so_far}{why}",
    "done": "{name} is done with it{at_try}",
    "dead": "{name} gave up after {tries}{why} (once more: gsmd handlers redrive {name} {id})",
}


_RECEIPTS = {
    **_DELIVERIES,
    "behind": "{name} is told {what} after an earlier word on it",
    "waiting": "{name} has not taken yet that it is {what}{so_far}",
    "leased": "{name} is being told that it is {what}, {nth} try",
    "deferred": "{name} is told again later that it is {what}{so_far}{why}",
    "done": "{name} knows that it is {what}{at_try}",
    "dead": "{name} was not told that it is {what}, after {tries}{why} (once more: gsmd handlers redrive {name} {id})",
}


def of_delivery(delivery: DeliveryRecord, message_id: str) -> str:
    """The progress of a handler, and what can be done where it gave up."""
    count, tries = delivery.attempts, _tries(delivery.attempts)
    receipt = delivery.receipt or None  # left out, it is false as well
    words = _DELIVERIES if receipt is None else _RECEIPTS
    return words.get(delivery.state, f"{{name}}: {delivery.state}, {{tries}}{{why}}").format(
        what="" if receipt is None else receipt.state,
        name=delivery.handler,
        id=message_id,
        tries=tries,
        nth=_nth(count),
        at_try=_at_try(count),
        so_far=f", {tries} so far" if count else "",
        why=f": {delivery.error}" if delivery.error else "",
    )


def _as_it_is(event: EventRecord) -> str:
    told = {"state", "direction"}
    what = event.type.removeprefix("message.").replace("_", " ").replace(".", " ")
    details = (
        f"{name.replace('_', ' ')} {each}"
        for name, each in event.detail.items()
        if name not in told
    )
    return f"{what}  {', '.join(details)}".rstrip()


def _tries(count: int) -> str:
    return "1 try" if count == 1 else f"{count} tries"


def _parts(count: int) -> str:
    return "1 part" if count == 1 else f"{count} parts"


def _nth(count: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    teen = 10 < count % 100 < 20
    return f"{count}{'th' if teen else endings.get(count % 10, 'th')}"


def _at_try(count: int) -> str:
    return f", at the {_nth(count)} try" if count > 1 else ""


def _with_actor(words: str, detail: Detail) -> str:
    """The person for whom it was done, if that is known, in place of "by hand"."""
    actor = detail.get("actor")
    if not actor:
        return words
    return f"{words.removesuffix(', by hand')}, by {actor}"


def _codes(detail: Detail) -> str:
    given = [
        f"{name.upper()} {detail[name]}" for name in ("cms", "cme") if detail.get(name) is not None
    ]
    return f" ({', '.join(given)})" if given else ""


def _queued(detail: Detail) -> str:
    reason = detail.get("reason")
    if reason is None:
        by = f" for modem {detail['modem']}" if detail.get("modem") else ""
        to = f"; answers go to {detail['handler']}" if detail.get("handler") else ""
        return f"accepted and queued{by}{to}"
    if reason == "by hand":
        return "queued again, by hand"
    if detail.get("again_in") is not None:
        return f"not sent: {reason}; again in {datetimes.words(detail['again_in'])}"
    return f"queued again: {reason}"


def _received(detail: Detail) -> str:
    if detail.get("reason") == "redriven":
        return f"handed over to {detail['handler']} once more, by hand"
    by = f" by modem {detail['modem']}" if detail.get("modem") else ""
    return f"received{by}" + (f": {detail['reason']}" if detail.get("reason") else "")


def _sent(detail: Detail) -> str:
    reason = f": {detail['reason']}" if detail.get("reason") else ""
    return f"the network has all of it{reason}"


def _delivered(detail: Detail) -> str:
    seconds = detail.get("seconds")
    return (
        "delivered"
        if seconds is None
        else f"delivered, {datetimes.words(seconds)} after it was sent"
    )


def _failed(detail: Detail) -> str:
    part = f"part {detail['part']} is refused" if detail.get("part") else "it was not delivered"
    return f"{part}: {detail['reason']}{_codes(detail)}"


def _delivery_done(detail: Detail) -> str:
    if detail.get("receipt"):
        return (
            f"{detail['handler']} knows that it is {detail['receipt']}{_at_try(detail['attempt'])}"
        )
    answered = " and answered" if detail.get("reply") else ""
    return f"{detail['handler']} took it{answered}{_at_try(detail['attempt'])}"


def _delivery_failed(detail: Detail) -> str:
    again = (
        f"; again in {datetimes.words(detail['again_in'])}"
        if detail.get("again_in") is not None
        else ""
    )
    return f"{detail['handler']} failed at the {_nth(detail['attempt'])} try: {detail['reason']}{again}"


_EVENTS: dict[str, Callable[[Detail], str]] = {
    "message.received": _received,
    "message.completed": lambda _: "the parts that were missing came",
    "message.undecodable": lambda d: f"it cannot be read: {d['reason']}",
    "message.blocked": lambda _: "its sender is blocked: no handler gets it",
    "message.handled": lambda _: "every handler is done with it",
    "message.dead": lambda _: "a handler gave up on it",
    "message.queued": _queued,
    "message.submitting": lambda d: f"part {d['part']} goes out by modem {d['modem']}",
    "message.part_sent": lambda d: f"the network has part {d['part']}, reference {d['message_reference']}",
    "message.started_over": lambda d: f"all parts go out again: {d['reason']} sends it now",
    "message.sent": _sent,
    "message.report": lambda d: f"the network reports on part {d['part']}: {d['reason']}",
    "message.delivered": _delivered,
    "message.failed": _failed,
    "message.expired": lambda d: f"given up: {d['reason']}",
    "message.uncertain": lambda d: f"nobody knows whether part {d['part']} went out: {d['reason']}",
    "message.cancelled": lambda _: "cancelled, by hand",
    "message.replaced": lambda d: f"it says something else now, in {_parts(d['parts'])}",
    "delivery.done": _delivery_done,
    "delivery.failed": _delivery_failed,
    "delivery.interrupted": lambda d: f"given back at the {_nth(d['attempt'])} try: {d['reason']}",
    "delivery.dead": lambda d: f"{d['handler']} gave up after {_tries(d['attempt'])}: {d['reason']}",
    "delivery.redriven": lambda d: f"{d['handler']} is told once more that it is {d['receipt']}, by hand",
    "delivery.declined": lambda d: f"{d['handler']} has no use for it: it goes to {', '.join(d['queued_for']) or 'nobody'}",
    "delivery.written_off": lambda d: f"{d['handler']} gets it no more: {d['reason']}",
    "reply.refused": lambda d: f"the answer of {d['handler']} is not sent: {d.get('why') or d['reason']}",
    "forward.refused": lambda d: f"{d['handler']} does not forward it: {d['reason']}",
}  # fmt: skip
