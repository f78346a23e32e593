"""The table of routes: a method of the socket under HTTP is one row here.

The words in braces are parameters of the method. What else it takes stands in the query of a ``GET`` and a
``DELETE``, else in the body.
"""

from dataclasses import dataclass
from typing import Any

from gsmd.protocol import (
    blocks,
    campaigns,
    carriers,
    consents,
    contests,
    conversations,
    conversions,
    events,
    forms,
    gateways,
    handlers,
    inbox,
    keywords,
    lists,
    messages,
    modems,
    optout,
    people,
    polls,
    selftest,
    server,
    stats,
    verify,
)
from gsmd.protocol.method import Method

HIDDEN = frozenset({"actor", "new"})
"""Parameters that are the gateway's to give: who calls, and that it is to be told of a key that was there before."""


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """One row. ``status``: that of success.

    ``csv``: the member of the result that is a table; the path is to be had with ``.csv`` too.
    ``extra``: query parameters that are the gateway's own. ``does``: the function in `gsmd.gateways.web.rest.app.OWN`
    that carries it out in place of a plain call. ``free``: parameters that do not widen what a narrowed token may do when they
    are left out. ``shows``: how a result is held to a token's narrowing, a key of `gsmd.gateways.web.rest.narrowing.SHOWN`.
    """

    verb: str
    path: str
    method: Method[Any, Any]
    status: int = 200
    csv: str = ""
    extra: tuple[str, ...] = ()
    does: str = ""
    free: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    shows: str = ""
    without: frozenset[str] = frozenset()

    @property
    def in_path(self) -> tuple[str, ...]:
        """The parameters in the path, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def besides(self) -> tuple[str, ...]:
        """The method's parameters that stand in the query or the body, in order."""
        away = {*self.in_path, *self.without, *HIDDEN}
        return tuple(
            each for each in self.method.params.__struct_encode_fields__ if each not in away
        )

    @property
    def has_body(self) -> bool:
        """Its parameters may come in a body."""
        return self.verb in {"POST", "PUT", "PATCH"}


def _get(path: str, method: Method[Any, Any], **more: Any) -> Route:
    return Route("GET", path, method, **more)


def _post(path: str, method: Method[Any, Any], **more: Any) -> Route:
    return Route("POST", path, method, **more)


def _delete(path: str, method: Method[Any, Any], **more: Any) -> Route:
    return Route("DELETE", path, method, **more)


ROUTES: tuple[Route, ...] = (
    _get("/server", server.INFO, does="server", shows="all"),
    _get("/server/log-level", server.LOG_LEVEL, without=frozenset({"level"})),
    Route("PUT", "/server/log-level", server.LOG_LEVEL),
    _get("/gateways", gateways.LIST),
    _post("/messages", messages.SENDING, status=201, does="send", free=frozenset({"handler"})),
    _post("/send/{to}", messages.SENDING, status=201, does="forgiving_send", free=frozenset({"handler"})),
    _post("/send", messages.SENDING, status=201, does="forgiving_send", free=frozenset({"handler"})),
    _get("/messages", messages.LIST, shows="messages"),
    _get("/messages/waiting", messages.WAITING),
    _get("/messages/{id}", messages.GET, does="message", extra=("wait", "timeout"), shows="message"),
    _get("/messages/{id}/story", messages.SHOW, shows="story"),
    _post("/messages/{id}/cancel", messages.CANCEL, shows="message"),
    _post("/messages/{id}/replace", messages.REPLACE, shows="message"),
    _post("/messages/{id}/retry", messages.RETRY, does="once_more", shows="message"),
    _post("/handlers/{handler}/pull", inbox.PULL, does="pull"),
    _post("/handlers/{handler}/settle", inbox.SETTLE, does="settle"),
    _get("/handlers/{handler}/next", inbox.PULL, does="next_message", without=frozenset({"max", "match"})),
    _delete("/leases/{lease}", inbox.SETTLE, status=204, does="settle_one", shows="all"),
    _get("/events", events.SUBSCRIBE, does="stream", shows="events"),
    _get("/handlers", handlers.LIST, shows="handlers"),
    _post("/handlers", handlers.ADD, status=201, does="add_handler"),
    _delete("/handlers/{handler}", handlers.REMOVE, does="remove_handler"),
    _get("/handlers/{handler}/attempts", handlers.ATTEMPTS),
    _post("/handlers/{handler}/resume", handlers.RESUME),
    _post("/handlers/{handler}/test", handlers.TEST),
    _post("/handlers/{handler}/redrive", handlers.REDRIVE, does="redrive"),
    _get("/dead", handlers.DEAD),
    _get("/conversations", conversations.LIST),
    _get("/conversations/figures", conversations.FIGURES),
    _get("/conversations/{peer}", conversations.GET),
    Route("PATCH", "/conversations/{peer}", conversations.SET, does="set_conversation"),
    _post("/conversations/{peer}/notes", conversations.NOTE, status=201),
    _post("/conversations/{peer}/read", conversations.READING, does="read_conversation", optional=frozenset({"by"})),
    _get("/conversations/{peer}/messages", people.MESSAGES, shows="messages"),
    _get("/canned", conversations.CANNED),
    _get("/modems", modems.LIST, shows="modems"),
    _get("/modems/{modem}", modems.GET),
    _post("/modems/{modem}/reset", modems.RESET),
    _post("/modems/{modem}/unlock", modems.UNLOCK),
    _post("/modems/{modem}/at", modems.AT),
    _post("/modems/{modem}/ussd", modems.USSD),
    _delete("/modems/{modem}/ussd", modems.CANCEL_USSD),
    _get("/modems/{modem}/record", modems.RECORD),
    _get("/modems/{modem}/history", modems.HISTORY),
    _post("/carriers/{carrier}/reports", carriers.REPORT),
    _post("/carriers/{carrier}/messages", carriers.RECEIVE),
    _get("/stats", stats.GET, csv="groups"),
    _get("/stats/series", stats.SERIES, csv="points"),
    _get("/stats/heatmap", stats.HEATMAP, csv="cells"),
    _get("/stats/latency", stats.LATENCY, csv="durations"),
    _get("/stats/countries", stats.COUNTRIES, csv="countries"),
    _get("/optouts", optout.LIST),
    _get("/optouts/log", optout.LOG),
    _post("/optouts", optout.ADD),
    _delete("/optouts/{peer}", optout.REMOVE),
    _get("/blocks", blocks.LIST),
    _get("/blocks/log", blocks.LOG),
    _post("/blocks", blocks.ADD),
    _delete("/blocks/{pattern}", blocks.REMOVE),
    _get("/keywords", keywords.LIST),
    _get("/lists", lists.LIST, shows="lists"),
    _post("/lists", lists.CREATE, status=201),
    _get("/lists/{list}", lists.GET),
    _delete("/lists/{list}", lists.DELETE),
    _post("/lists/{list}/members", lists.ADD),
    _delete("/lists/{list}/members", lists.REMOVE),
    _post("/lists/{list}/import", lists.ADD, does="import_list", without=frozenset({"members"})),
    _get("/consents", consents.EXPORT),
    _get("/consents/{peer}", consents.GET),
    _post("/consents", consents.ADD, status=201),
    _post("/consents/{peer}/ask", consents.ASK, does="ask_somebody"),
    _delete("/consents/{peer}", consents.WITHDRAW),
    _get("/campaigns", campaigns.LIST, shows="campaigns"),
    _post("/campaigns", campaigns.CREATE, status=201, does="campaign", extra=("confirm",)),
    _get("/campaigns/{id}", campaigns.GET, shows="campaign"),
    _get("/campaigns/{id}/results", campaigns.RESULTS, shows="campaign"),
    _post("/campaigns/{id}/pause", campaigns.PAUSE, shows="campaign"),
    _post("/campaigns/{id}/resume", campaigns.RESUME, shows="campaign"),
    _post("/campaigns/{id}/cancel", campaigns.CANCEL, shows="campaign"),
    _post("/conversions", conversions.ADD, status=201),
    _get("/polls", polls.LIST),
    _post("/polls", polls.CREATE, status=201),
    _get("/polls/{poll}", polls.GET),
    _delete("/polls/{poll}", polls.DELETE),
    _post("/polls/{poll}/close", polls.CLOSE),
    _post("/polls/{poll}/draw", polls.DRAW),
    _get("/polls/{poll}/votes", polls.VOTES),
    _get("/forms", forms.LIST),
    _post("/forms", forms.CREATE, status=201),
    _get("/forms/{form}", forms.GET),
    _delete("/forms/{form}", forms.DELETE),
    _post("/forms/{form}/close", forms.CLOSE),
    _get("/forms/{form}/entries", forms.ENTRIES),
    _post("/forms/{form}/entries", forms.START, status=201, does="ask_somebody"),
    _get("/contests", contests.LIST),
    _post("/contests", contests.CREATE, status=201),
    _get("/contests/{contest}", contests.GET),
    _delete("/contests/{contest}", contests.DELETE),
    _post("/contests/{contest}/close", contests.CLOSE),
    _post("/contests/{contest}/codes", contests.IMPORT),
    _post("/contests/{contest}/generate", contests.GENERATE),
    _post("/contests/{contest}/redeem", contests.REDEEM),
    _get("/contests/{contest}/entries", contests.ENTRIES),
    _post("/contests/{contest}/draw", contests.DRAW),
    _post("/verifications", verify.START, status=201, does="verification"),
    _get("/verifications/{id}", verify.WAIT, does="verified", extra=("wait",), without=frozenset({"timeout"})),
    _post("/verifications/{id}/check", verify.CHECK),
    _get("/people/{peer}", people.GET),
    _delete("/people/{peer}", people.FORGET),
    _get("/people/{peer}/messages", people.MESSAGES, shows="messages"),
    _post("/selftest", selftest.RUN, does="once_more"),
    _post("/store/backup", server.BACKUP, status=201),
    _post("/store/purge", server.PURGE),
)  # fmt: skip
"""Every route that stands for a method of the socket, in the order of the documentation."""

ALSO: dict[Method[Any, Any], str] = {
    messages.WAIT: "GET /messages/{id}?wait=",
    verify.REPLY: "POST /verifications with method: reply",
    verify.EXPECT: "POST /verifications with method: expect",
}
"""Methods that are part of another's route."""

WITHOUT_ROUTE: dict[Method[Any, Any], str] = {
    inbox.SUBSCRIBE: "a hand-over is a request of the daemon, which needs a connection that stays; pull is its way over HTTP",
    inbox.UNSUBSCRIBE: "there is no subscription to a connection over HTTP",
    carriers.ATTACH: "a submission is a request of the daemon, which needs a connection that stays",
    carriers.DETACH: "there is no carrier on a connection over HTTP",
    gateways.REPORT: "what a gateway says holds while its connection stands",
    events.UNSUBSCRIBE: "whoever closes the stream hears no more",
}
"""Methods that cannot be had over HTTP, each with the reason."""
