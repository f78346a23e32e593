"""The two ceremonies of WebAuthn (level 3, §7): making a passkey, and showing that one has it.

Theory of operation. Each begins with a challenge, 32 random octets that this process remembers for `LASTS` seconds and that
are good once, for what and for whom they were made. The browser answers with what the device signed: challenge, origin and
whether the device made sure of its user, which is asked for always: so a passkey is two factors at once. Passkeys are kept by
the device with the user in them (discoverable): nobody has to type a name, and nobody learns who there is by trying names.

A passkey is for the host by which the browser knows us, and WebAuthn wants a name and TLS, or ``localhost``. The library that
checks it all (extra ``passkeys``) is imported when the first passkey is used, and off the event loop.
"""

import asyncio
import base64
import binascii
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any, NamedTuple, TypeVar

import msgspec
from starlette.requests import Request

from gsmd.gateways.web.accounts import passkeys
from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.accounts.passkeys import Passkey
from gsmd.gateways.web.accounts.users import User
from gsmd.gateways.web.door.authentication import origin_of
from gsmd.gateways.web.door.guard import host_of
from gsmd.gateways.web.problems import Problem

LASTS = 300.0
"""Seconds for which a challenge is good."""

_REMEMBERED = 1000
_LONGEST = 1023
"""Octets of a credential's id (§5.8.3)."""

T = TypeVar("T")


class _Open(NamedTuple):
    """A challenge that was given. ``user`` is for whom a passkey is made, None: signing in."""

    octets: bytes
    user: int | None
    handle: bytes
    until: float


def are_possible() -> bool:
    """True if the library is installed."""
    return find_spec("webauthn") is not None


class Passkeys:
    """The ceremonies of one gateway."""

    def __init__(self, directory: Directory, clock: Callable[[], float] = time.monotonic) -> None:
        self._directory = directory
        self._clock = clock
        self._open: OrderedDict[str, _Open] = OrderedDict()

    async def to_register(self, request: Request, user: User) -> tuple[str, dict[str, Any]]:
        """Challenge and options for a new passkey. Errors: `Problem`."""
        host = _host(request)
        known = await self._directory.read(lambda db: passkeys.of_user(db, user.id))
        name, given = self._give(user.id)
        make = partial(_creation, host, user.name, given, [each.credential for each in known])
        return name, await _work(make)

    async def registered(
        self,
        request: Request,
        user: User,
        challenge: str,
        credential: dict[str, Any],
        name: str,
    ) -> Passkey:
        """The passkey that a device has made, not kept yet. Errors: `Problem` with 422."""
        given = self._take(challenge, user.id)
        check = partial(_check_new, credential, given.octets, _host(request), _origin(request))
        try:
            found = await _work(check)
        except _Refused as error:
            raise Problem(422, "wrong_passkey", f"this passkey will not do: {error}") from error
        return Passkey(
            credential=found.credential_id,
            user=user.id,
            public_key=found.credential_public_key,
            sign_count=found.sign_count,
            handle=given.handle,
            name=name.strip() or "passkey",
            created_at=time.time(),
        )

    async def to_sign_in(self, request: Request) -> tuple[str, dict[str, Any]]:
        """Challenge and options for signing in. Errors: `Problem`."""
        host = _host(request)
        name, given = self._give(None)
        return name, await _work(partial(_request, host, given))

    async def signed(self, request: Request, challenge: str, credential: dict[str, Any]) -> Passkey:
        """The passkey that somebody has shown to have. Errors: `Problem` with 401."""
        given = self._take(challenge, None)
        found = await self._directory.read(
            lambda db: passkeys.by_credential(db, _octets(credential.get("rawId")))
        )
        if found is None:
            raise _not_good("nobody here has it")
        passkey, _ = found
        response = credential.get("response")
        handle = _octets(response.get("userHandle") if isinstance(response, dict) else None)
        if handle != passkey.handle:
            raise _not_good("it is not for who it says")
        check = partial(
            _check_signed, credential, given.octets, _host(request), _origin(request), passkey
        )
        try:
            count = await _work(check)
        except _Refused as error:
            raise _not_good(str(error)) from error
        if not await self._directory.write(lambda db: passkeys.used(db, passkey, count)):
            raise _not_good("it was used twice at a time")
        return passkey

    def _give(self, user: int | None) -> tuple[str, _Open]:
        now = self._clock()
        while self._open and (
            len(self._open) >= _REMEMBERED or next(iter(self._open.values())).until < now
        ):
            self._open.popitem(last=False)
        name = secrets.token_urlsafe(16)
        given = _Open(secrets.token_bytes(32), user, secrets.token_bytes(32), now + LASTS)
        self._open[name] = given
        return name, given

    def _take(self, name: str, user: int | None) -> _Open:
        given = self._open.pop(name, None)
        if given is None or given.user != user or given.until < self._clock():
            text = "this took too long, or was done before: begin again"
            raise Problem(422, "no_such_challenge", text, field="challenge")
        return given


class _Refused(Exception):
    """What a device signed is not right."""


def _not_good(why: str) -> Problem:
    return Problem(401, "wrong_passkey", f"this passkey is not good: {why}")


def _host(request: Request) -> str:
    """The name that passkeys are for. Errors: `Problem` where there is none."""
    if not are_possible():
        raise Problem(501, "no_passkeys", "passkeys need the extra gsmd[passkeys]")
    host = host_of(origin_of(request).host)
    try:
        ip_address(host)
    except ValueError:
        return host
    text = (
        "passkeys are for a name, such as localhost or that of web.public_url, not for an address"
    )
    raise Problem(422, "no_name", text)


def _origin(request: Request) -> str:
    origin = origin_of(request)
    return f"{origin.scheme}://{origin.host}".lower()


def _octets(text: Any) -> bytes:
    """What base64url says, nothing where it is none."""
    if not isinstance(text, str) or len(text) > 2 * _LONGEST:
        return b""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


async def _work(job: Callable[[], T]) -> T:
    return await asyncio.to_thread(job)


def _creation(host: str, name: str, given: _Open, known: list[bytes]) -> dict[str, Any]:
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = webauthn.generate_registration_options(
        rp_id=host,
        rp_name="gsmd",
        user_id=given.handle,
        user_name=name,
        challenge=given.octets,
        timeout=int(LASTS * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return _json(options)


def _request(host: str, given: _Open) -> dict[str, Any]:
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=host,
        challenge=given.octets,
        timeout=int(LASTS * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _json(options)


def _json(options: Any) -> dict[str, Any]:
    import webauthn

    made: dict[str, Any] = msgspec.json.decode(webauthn.options_to_json(options))
    return made


def _check_new(credential: dict[str, Any], challenge: bytes, host: str, origin: str) -> Any:
    import webauthn

    return _checked(
        lambda: webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    )


def _check_signed(
    credential: dict[str, Any], challenge: bytes, host: str, origin: str, passkey: Passkey
) -> int:
    import webauthn

    found = _checked(
        lambda: webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    )
    return int(found.new_sign_count)


def _checked(check: Callable[[], Any]) -> Any:
    """Errors: `_Refused`, whatever the library makes of what strangers send."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return check()
    except WebAuthnException as error:
        raise _Refused(str(error)[:200]) from error
    except Exception as error:  # broken CBOR, keys on no curve, members of other kinds
        raise _Refused("what the device said cannot be read") from error
