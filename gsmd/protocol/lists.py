"""``lists.*``: mailing lists."""

from collections.abc import Sequence

import msgspec

from gsmd.protocol import bounds
from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.types import Limit, Name, Nothing, Params, Timestamp


class NewListParams(Params, frozen=True):
    """A list that may not be there yet."""

    list: Name


class ListParams(Params, frozen=True):
    """A list, by its name."""

    list: str


class MembersParams(Params, frozen=True):
    """A page of a list."""

    list: str
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None


class NewMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to be put on a list; ``fields`` go into the texts of campaigns."""

    peer: str
    fields: dict[str, str] = {}


class AddMembersParams(Params, frozen=True):
    """Numbers, or numbers with fields."""

    list: Name
    members: Sequence[NewMember | str]


class RemoveMembersParams(Params, frozen=True):
    """Numbers to be taken off a list."""

    list: str
    peers: Sequence[str]


class MailingList(msgspec.Struct, frozen=True, kw_only=True):
    """A list and how many are on it."""

    list: str
    created_at: Timestamp | None = None
    members: int = 0


class MailingLists(msgspec.Struct, frozen=True):
    """Every list, by name."""

    lists: list[MailingList]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on a list; ``message`` is the id of the one that they joined by, ``actor`` who put them on it."""

    peer: str
    fields: dict[str, str] = {}
    at: Timestamp | None = None
    message: str | None = None
    actor: str | None = None


class Members(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list, by number."""

    list: str = ""
    members: Sequence[Member]
    next: str | None = None


class Created(msgspec.Struct, frozen=True):
    """``created``: false if there was one of that name."""

    list: str
    created: bool = False


class DeletedList(msgspec.Struct, frozen=True):
    """The list that is no more."""

    list: str


class Added(msgspec.Struct, frozen=True):
    """Numbers that were new on the list, numbers that were there already, and entries that are no number."""

    added: int
    known: int
    refused: list[str]


class TakenOff(msgspec.Struct, frozen=True):
    """The count of numbers that were on the list and are no more."""

    removed: int


LIST = Method("lists.list", Nothing, MailingLists, READ, "Every list.", returns="lists")
CREATE = Method(
    "lists.create",
    NewListParams,
    Created,
    SEND,
    "An empty list; false if there was one of that name.",
    returns="created",
)
DELETE = Method(
    "lists.delete",
    ListParams,
    DeletedList,
    SEND,
    "The list is no more; the people on it are as they were.",
)
GET = Method("lists.get", MembersParams, Members, READ, "The members of a list, by number.")
ADD = Method(
    "lists.add",
    AddMembersParams,
    Added,
    SEND,
    "Put numbers, or `{peer, fields?}`, on a list, which is made if there is none.",
)
REMOVE = Method(
    "lists.remove",
    RemoveMembersParams,
    TakenOff,
    SEND,
    "Take numbers off a list; the result is how many were on it.",
    returns="removed",
)

METHODS = (LIST, CREATE, DELETE, GET, ADD, REMOVE)
