"""What a token is narrowed to: handlers, modems, tags and lists.

Theory of operation
-------------------

A token without narrowing may do what its roles say. One that is narrowed in some dimension may do only what can be held to
it, so that nothing of others leaks and nothing of others is changed:

1. A call that has the dimension as a parameter (``handler``, ``modem``, ``tag``, ``list``): the value is one of the token's.
   Left out where that would mean "all of them", it is the token's only one, or has to be said.
2. A call about a message, by its id: the message's modem and tag are the token's; for a token that is narrowed to handlers, the message
   was for one of them, or was sent with it.
3. A listing (messages, modems, handlers, lists, campaigns, events): what is not the token's is left out. A page may then be shorter
   than asked for, even empty, and have a ``next``.
4. Whatever else there is (opt-outs, people, polls, codes, figures without the parameter) is refused with 403: it has no such dimension.

A lease is settled by whoever knows its name, which nobody can guess and only who pulled is told.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.rest import problems
from gsmd.gateways.web.rest.routes import Route

DIMENSIONS = {"handler": "handlers", "modem": "modems", "tag": "tags", "list": "lists"}
"""The parameter of a method, and the narrowing of a token, for each dimension."""

_NAMES = {"handlers": "handler", "modems": "modem", "lists": "list"}
_ENTRIES = {
    "handlers": ("handlers", "name"),
    "modems": ("modems", "name"),
    "lists": ("lists", "list"),
    "campaigns": ("campaigns", "list"),
}
"""For each listing of such things: the member of the result, and the member of an entry that is its name."""

SHOWN: dict[str, frozenset[str]] = {
    "all": frozenset(DIMENSIONS),
    "messages": frozenset({"modem", "tag"}),
    "message": frozenset({"modem", "tag", "handler"}),
    "story": frozenset({"modem", "tag", "handler"}),
    "events": frozenset({"modem", "handler"}),
    "handlers": frozenset({"handler"}),
    "modems": frozenset({"modem"}),
    "lists": frozenset({"list"}),
    "campaigns": frozenset({"list", "tag"}),
    "campaign": frozenset({"list", "tag"}),
}
"""The dimensions that a route's results can be held to, by what `Route.shows` says."""


def allowed(caller: Caller, dimension: str) -> frozenset[str] | None:
    """The names that a caller is narrowed to in a dimension; None: any."""
    found: frozenset[str] | None = getattr(caller, DIMENSIONS[dimension])
    return found


def is_narrowed(caller: Caller) -> bool:
    """True if the caller is narrowed in any dimension."""
    return any(allowed(caller, each) is not None for each in DIMENSIONS)


class Narrowing:
    """How one route is held to what callers are narrowed to; built once."""

    def __init__(self, route: Route) -> None:
        fields = {*route.method.params.__struct_encode_fields__, *route.in_path}
        self._by_parameter = fields & set(DIMENSIONS)
        self._free = route.free
        self._shown = SHOWN.get(route.shows, frozenset())
        self._what = f"{route.verb} {route.path}"

    def hold(self, caller: Caller, given: dict[str, Any]) -> None:
        """Hold the parameters of a call to the token; fills in what can be but one. Errors: `Problem` with 403."""
        for dimension in DIMENSIONS:
            names = allowed(caller, dimension)
            if names is not None:
                self._hold(dimension, names, given)

    def _hold(self, dimension: str, names: frozenset[str], given: dict[str, Any]) -> None:
        if dimension not in self._by_parameter:
            if dimension not in self._shown:
                text = f"this token is for its {DIMENSIONS[dimension]} alone, and {self._what} is about others too"
                raise problems.outside(text)
            return
        value = given.get(dimension)
        if value is None:
            self._fill(dimension, names, given)
            return
        for each in value if isinstance(value, list) else [value]:
            if each not in names:
                text = f"this token is not for {dimension} {str(each)[:80]!r}"
                raise problems.outside(text, dimension)

    def _fill(self, dimension: str, names: frozenset[str], given: dict[str, Any]) -> None:
        if dimension in self._free or dimension in self._shown:
            return
        if len(names) != 1:
            text = f"this token is for several {DIMENSIONS[dimension]}: {dimension} says which"
            raise problems.outside(text, dimension)
        given[dimension] = next(iter(names))


def may_see(caller: Caller, message: Mapping[str, Any]) -> bool:
    """True if a message is within what the caller is narrowed to, by modem and tag."""
    return all(
        (names := allowed(caller, each)) is None or message.get(each) in names
        for each in ("modem", "tag")
    )


def may_see_story(caller: Caller, story: Mapping[str, Any]) -> bool:
    """True if a message is within what the caller is narrowed to, by all that is known of it."""
    if not may_see(caller, story["message"]):
        return False
    if caller.handlers is None:
        return True
    queued = (
        each["detail"].get("handler")
        for each in story["events"]
        if each["type"] == "message.queued"
    )
    had = {each["handler"] for each in story["deliveries"]} | set(queued)
    return bool(had & caller.handlers)


def filtered(caller: Caller, shows: str, result: dict[str, Any]) -> dict[str, Any]:
    """A listing without what is not the caller's."""
    if not is_narrowed(caller):
        return result
    if shows == "messages":
        kept = [each for each in result["messages"] if may_see(caller, each)]
        reasons = result.get("reasons")
        if reasons is not None:
            ids = {each["id"] for each in kept}
            result = {**result, "reasons": {k: v for k, v in reasons.items() if k in ids}}
        return {**result, "messages": kept}
    if shows in _ENTRIES:
        member, name = _ENTRIES[shows]
        keep = _campaign if shows == "campaigns" else _named(_NAMES[shows], name)
        return {**result, member: [each for each in result[member] if keep(caller, each)]}
    return result


def _named(dimension: str, member: str) -> Callable[[Caller, Mapping[str, Any]], bool]:
    def keep(caller: Caller, entry: Mapping[str, Any]) -> bool:
        names = allowed(caller, dimension)
        return names is None or entry[member] in names

    return keep


def _campaign(caller: Caller, campaign: Mapping[str, Any]) -> bool:
    lists = set(str(campaign.get("list", "")).split(", "))
    return (caller.lists is None or lists <= caller.lists) and (
        caller.tags is None or campaign.get("tag") in caller.tags
    )


def may_see_campaign(caller: Caller, campaign: Mapping[str, Any]) -> bool:
    """True if a campaign is within what the caller is narrowed to: its lists and its tag."""
    return _campaign(caller, campaign)


def may_see_event(caller: Caller, event: Mapping[str, Any]) -> bool:
    """True if an event is within what the caller is narrowed to, by its modem and its handler."""
    return all(
        (names := allowed(caller, each)) is None or event.get(each) in names
        for each in ("modem", "handler")
    )
