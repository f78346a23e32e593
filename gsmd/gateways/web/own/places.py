"""The table of the gateway's own paths; a new one is a row. The OpenAPI document is made of it too."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import msgspec
from starlette.responses import Response

from gsmd.gateways.web.own import bodies, me, others, passkeys, results
from gsmd.gateways.web.own.asked import OwnRequest


class OwnPlace(NamedTuple):
    """One row. ``who`` may: ``anybody``, ``caller`` (a token too), ``person`` or ``admin``. ``result`` None: 204.

    ``query``: the numbers that may stand in the query. ``doc`` is a sentence.
    """

    verb: str
    path: str
    carry: Callable[[OwnRequest], Awaitable[Response]]
    doc: str
    who: str
    body: type[msgspec.Struct] | None = None
    result: type[msgspec.Struct] | None = None
    status: int = 200
    query: tuple[str, ...] = ()


PLACES = (
    OwnPlace("GET", "/me", me.me, "Whoever asks.", "caller", result=results.Me),
    OwnPlace("GET", "/me/code", me.new_code, "A key for the code of a telephone; it does not hold yet.", "person", result=results.NewCode),
    OwnPlace("PUT", "/me/code", me.set_code, "Ask for a code at sign-in from now on, or no more.", "person", bodies.Second, status=204),
    OwnPlace("GET", "/me/passkeys", passkeys.mine, "One's own passkeys.", "person", result=results.PasskeysShown),
    OwnPlace("POST", "/me/passkeys/challenge", passkeys.to_add, "What a browser is asked to make a passkey.", "person", result=results.Challenge),
    OwnPlace("POST", "/me/passkeys", passkeys.add, "Another passkey.", "person", bodies.NewPasskey, results.PasskeyShown, 201),
    OwnPlace("DELETE", "/me/passkeys/{id}", passkeys.remove, "One passkey fewer; never the last way in.", "person", status=204),
    OwnPlace("POST", "/sessions", me.sign_in, "Sign in with a password.", "anybody", bodies.SignIn, results.SignedIn, 201),
    OwnPlace("POST", "/sessions/challenge", passkeys.to_sign_in, "What a browser is asked to sign in with a passkey.", "anybody", result=results.Challenge),
    OwnPlace("POST", "/sessions/passkey", passkeys.sign_in, "Sign in with a passkey.", "anybody", bodies.PasskeyAnswer, results.SignedIn, 201),
    OwnPlace("GET", "/sessions", me.all_sessions, "One's own sessions.", "person", result=results.SessionsShown),
    OwnPlace("POST", "/sessions/{id}", me.confirm, "Say once more who one is (`here` for the id): for five minutes what asks for it is allowed.", "person", bodies.Confirmation, status=204),
    OwnPlace("DELETE", "/sessions/{id}", me.end_session, "End one of one's own sessions; `here` is this one.", "person", status=204),
    OwnPlace("POST", "/invitations", me.accept, "Accept an invitation, with a password.", "anybody", bodies.AcceptedInvitation, results.SignedIn, 201),
    OwnPlace("POST", "/invitations/challenge", passkeys.to_accept, "What a browser is asked to accept an invitation with a passkey.", "anybody", bodies.Invitation, results.Challenge),
    OwnPlace("POST", "/invitations/passkey", passkeys.accept, "Accept an invitation, with a passkey.", "anybody", bodies.AcceptanceByPasskey, results.SignedIn, 201),
    OwnPlace("GET", "/users", others.all_users, "Everybody.", "admin", result=results.UsersShown),
    OwnPlace("POST", "/users", others.invite, "Invite somebody, or once more.", "admin", bodies.NewUser, results.InvitationShown, 201),
    OwnPlace("DELETE", "/users/{name}", others.disable, "Shut somebody out, with their sessions and tokens.", "admin", status=204),
    OwnPlace("GET", "/tokens", others.all_tokens, "Every token that was not revoked.", "admin", result=results.TokensShown),
    OwnPlace("POST", "/tokens", others.make_token, "A token, which is told this once.", "admin", bodies.NewToken, results.TokenShown, 201),
    OwnPlace("DELETE", "/tokens/{id}", others.revoke, "Revoke a token.", "admin", status=204),
    OwnPlace("GET", "/audit", others.record, "The record of who did what, the newest first.", "admin", result=results.AuditEntries, query=("limit", "after")),
)  # fmt: skip
"""All of them, in the order of the documentation."""
