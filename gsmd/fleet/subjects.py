"""The names at the engine: streams, subjects, buckets, and how ids and numbers stand in them.

    sms.out.<pool>.<now|bulk>.<id>     SMS_OUT      what any box of the pool may send
    sms.out.<pool>.bulk.<campaign>.<id>  SMS_OUT    one of a campaign's
    sms.sim.<sim>.<id>                 SMS_SIM      what goes through one SIM: replies, a number that people know
    sms.reg.permit.<id>                SMS_REG      who may send a message of a pool, and what became of it
    sms.reg.uncertain.<id>             SMS_REG      those of which nobody knows, with what is needed to send them again
    sms.reg.optout.<peer>              SMS_REG      who wants no messages
    sms.reg.block.<word>               SMS_REG      senders that nobody wants to hear
    sms.reg.consent.<peer>.<list>      SMS_REG      who agreed to get what
    sms.reg.campaign.<campaign>        SMS_REG      whether a campaign goes on
    sms.vote.<poll>.<peer>             SMS_VOTE     what a number has voted
    sms.inbox.<box>.<sim>.<id>         SMS_INBOX    what came in, anywhere
    sms.event.<box>.<type>.<id>        SMS_EVENT    what became of messages and modems

An id is 1 to 64 letters, digits, ``_`` and ``-``. A number in a subject is its digits, without the ``+``.
"""

import hashlib
import re

OUT, SIM, REGISTER, INBOX, EVENT = "SMS_OUT", "SMS_SIM", "SMS_REG", "SMS_INBOX", "SMS_EVENT"
VOTE = "SMS_VOTE"
BOXES, SIMS, STICKY, SETTINGS = "sms_box", "sms_sim", "sms_sticky", "sms_config"
CODES = "sms_verify"

CLASSES = ("now", "bulk")

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\Z")


def is_id(text: str) -> bool:
    """Whether a text can be the id of a message of the fleet."""
    return _ID.match(text) is not None


def out(pool: str, class_: str, id_: str) -> str:
    """The place of a message in the queue of a pool."""
    return f"sms.out.{pool}.{class_}.{id_}"


def of_campaign(pool: str, campaign_: str, id_: str) -> str:
    """The place of a campaign's message in the queue of a pool."""
    return f"sms.out.{pool}.bulk.{campaign_}.{id_}"


def campaign(id_: str) -> str:
    """The place of what a campaign is at."""
    return f"sms.reg.campaign.{id_}"


def vote(poll: str, peer: str) -> str:
    """The place of what a number has voted in a poll."""
    return f"sms.vote.{token(poll)}.{peer_token(peer)}"


def sim(card: str, id_: str) -> str:
    """The place of a message for one SIM."""
    return f"sms.sim.{card}.{id_}"


def permit(id_: str) -> str:
    """The place of a message's record."""
    return f"sms.reg.permit.{id_}"


def uncertain(id_: str) -> str:
    """The place of a message in the list of those that are uncertain."""
    return f"sms.reg.uncertain.{id_}"


def opt_out(peer: str) -> str:
    """The place of what a number wants."""
    return f"sms.reg.optout.{peer_token(peer)}"


def block(pattern: str) -> str:
    """The place of a blocked sender, or a pattern."""
    return f"sms.reg.block.{hashlib.blake2b(pattern.encode(), digest_size=12).hexdigest()}"


def consent(peer: str, list_: str) -> str:
    """The place of what a number wants of a list."""
    return f"sms.reg.consent.{peer_token(peer)}.{token(list_)}"


def inbox(box: str, card: str, id_: str) -> str:
    """The place of a message that came in."""
    return f"sms.inbox.{box}.{token(card)}.{token(id_)}"


def event(box: str, type_: str, id_: str) -> str:
    """The place of an event; the dots of its type are ``-`` here."""
    return f"sms.event.{box}.{type_.replace('.', '-')}.{token(id_)}"


def peer_token(peer: str) -> str:
    """A number or a sender's name as a token: E.164 without ``+``, anything else as hex after an ``x``."""
    digits = peer.removeprefix("+")
    if peer.startswith("+") and digits.isdecimal() and digits.isascii():
        return digits
    return f"x{peer.encode().hex()}"


def peer_of(text: str) -> str:
    """What `peer_token` made the token of."""
    return bytes.fromhex(text[1:]).decode() if text.startswith("x") else f"+{text}"


def token(text: str) -> str:
    """Text as a token: as it is, where it can be one."""
    return text if _TOKEN.match(text) else f"x{text.encode().hex()}"


def consumer(pool: str, class_: str) -> str:
    """The durable consumer that a pool's boxes share."""
    return f"{pool}_{class_}"


def sim_consumer(box: str) -> str:
    """The consumer of a box over its SIMs."""
    return f"box_{box}"


def kv(bucket: str, key: str) -> str:
    """The place of a key in a bucket."""
    return f"$KV.{bucket}.{key}"
