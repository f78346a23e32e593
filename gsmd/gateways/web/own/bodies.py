"""The bodies of requests for what is the gateway's own."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gsmd.protocol.method import Role

Text = Annotated[str, Meta(max_length=256)]
Names = Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=100)]


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /sessions``."""

    name: Text
    password: Text
    code: Text = ""


class PasskeyAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /sessions/passkey``: what the browser answered to a challenge, in WebAuthn's JSON form."""

    challenge: Text
    credential: dict[str, Any]


class Confirmation(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /sessions/here``: the password, or a passkey."""

    password: Text = ""
    passkey: PasskeyAnswer | None = None


class AcceptedInvitation(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /invitations``."""

    invitation: Text
    password: Text


class Invitation(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /invitations/challenge``."""

    invitation: Text


class AcceptanceByPasskey(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /invitations/passkey``. ``name``: what the passkey is called."""

    invitation: Text
    challenge: Text
    credential: dict[str, Any]
    name: Annotated[str, Meta(max_length=64)] = ""


class NewPasskey(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /me/passkeys``."""

    challenge: Text
    credential: dict[str, Any]
    name: Annotated[str, Meta(max_length=64)] = ""


class NewUser(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /users``: an invitation."""

    name: Text
    may: list[Role]


class NewToken(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /tokens``. ``expires`` is a duration from now; None: never."""

    name: Text
    may: list[Role]
    handlers: Names | None = None
    modems: Names | None = None
    tags: Names | None = None
    lists: Names | None = None
    expires: str | float | None = None


class Second(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``PUT /me/code``: the key that the telephone has, and the code that it shows; empty: none from now on."""

    password: Text
    key: Text = ""
    code: Text = ""
