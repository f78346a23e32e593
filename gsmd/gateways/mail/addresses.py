"""Mail addresses that stand for somebody with a phone. Pure: no I/O.

Theory of operation. All addresses are of one domain. The local part is a number as people dial it, a contact of the
configuration, ``list-`` and the name of a list, or ``sms`` where the number stands in the subject. Behind a dot
follows the SIM that is to be used, by its modem's name. What we give out ourselves, as the address to answer to, has
a token behind another dot: it is unguessable, and whoever has it may answer (`gsmd.gateways.mail.threads`).
"""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum

import msgspec

TOKEN = re.compile(r"[a-z2-7]{20}")
"""The form of a token."""

NOBODY = "no-reply"
"""The local part of senders to whom nothing can be sent, such as a shop's name."""

LOCAL_PART = 64
"""Octets that a local part may have (RFC 5321 §4.5.3.1.1)."""

_NUMBER = re.compile(r"\+?[0-9]{3,20}")
_GROUPS = re.compile(r"\+?[0-9]+([.-][0-9]+)*")
_LIST = "list-"
_IN_SUBJECT = "sms"


class Sort(StrEnum):
    """The kinds of addresses."""

    NUMBER = "number"
    LIST = "list"
    IN_SUBJECT = "in subject"
    TOKEN = "token"  # noqa: S105 -- a kind of address


class Recipient(msgspec.Struct, frozen=True):
    """Somebody that mail is for. ``name`` is a number as it was typed, the name of a list, or a token."""

    sort: Sort
    name: str = ""
    modem: str | None = None


class Unknown(Exception):
    """The address stands for nobody. ``status`` is the enhanced status code (RFC 3463), the text says why."""

    def __init__(self, status: str, why: str) -> None:
        super().__init__(why)
        self.status = status


def split(address: str) -> tuple[str, str]:
    """The local part without quotes, and the domain in small letters."""
    local, _, domain = address.rpartition("@")
    if local.startswith('"') and local.endswith('"') and len(local) > 1:
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return local, domain.lower().rstrip(".")


def read(
    address: str, *, domain: str, contacts: Mapping[str, str], modems: Collection[str]
) -> Recipient:
    """Whom an address stands for. Errors: `Unknown`."""
    local, found = split(address)
    if found != domain.lower().rstrip("."):
        raise Unknown("5.7.1", f"this gateway takes mail for {domain} only")
    people = {name.lower(): number for name, number in contacts.items()}
    name = local.strip()
    if (number := people.get(name.lower())) is not None:
        return Recipient(Sort.NUMBER, number)
    if name.lower().startswith(_LIST) and len(name) > len(_LIST):
        return Recipient(Sort.LIST, name[len(_LIST) :])
    if name.lower() == _IN_SUBJECT:
        return Recipient(Sort.IN_SUBJECT)
    if name.lower() == NOBODY:
        raise Unknown("5.1.1", "a sender's name is no number: nothing can be sent to it")
    return _with_modem(name, people, {modem.lower(): modem for modem in modems})


def _with_modem(name: str, people: Mapping[str, str], modems: Mapping[str, str]) -> Recipient:
    token = name.lower().rpartition(".")[2]
    if token != name.lower() and TOKEN.fullmatch(token):
        return Recipient(Sort.TOKEN, token)
    who, modem = name, None
    for at in (index for index, character in enumerate(name) if character == "."):
        if (known := modems.get(name[at + 1 :].lower())) is not None:
            who, modem = name[:at], known
            break
    if (number := people.get(who.lower())) is not None:
        return Recipient(Sort.NUMBER, number, modem)
    if _NUMBER.fullmatch(who) or _GROUPS.fullmatch(who):
        return Recipient(Sort.NUMBER, who, modem)
    number, _, unknown = who.partition(".")
    if _NUMBER.fullmatch(number):
        raise Unknown("5.1.1", f"there is no SIM called {unknown}")
    raise Unknown("5.1.1", "this is no number, no contact and no list")


def answering(peer: str, modem: str | None, token: str, domain: str) -> str:
    """The address to which an answer for ``peer`` goes, through the SIM of ``modem``."""
    digits = peer.lstrip("+")
    whole = f"{digits}.{modem}.{token}" if modem else f"{digits}.{token}"
    if len(whole) > LOCAL_PART or not whole.isascii():
        whole = f"{digits}.{token}"
    return f"{whole}@{domain}"


def numbers_in(subject: str) -> list[str]:
    """The numbers that a subject consists of, with commas or semicolons between; empty if it is anything else."""
    found = [each.strip() for each in re.split(r"[,;]", subject) if each.strip()]
    fits = all(re.fullmatch(r"\+?[0-9][0-9 ()./-]{1,24}", each) for each in found)
    return [re.sub(r"[ ()./-]", "", each) for each in found] if fits else []
