"""``gsmd web``: the gateway, and who may use it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from gsmd.cli import datetimes, table
from gsmd.cli.cells import Cell, Column
from gsmd.cli.exits import Stop
from gsmd.cli.gateways import serve
from gsmd.cli.options import (
    Duration,
    configuration_anywhere,
    configuration_path,
    json_option,
    socket_option,
)
from gsmd.cli.terminal import emit, emit_json, say
from gsmd.cli.web_accounts import accounts, base, named

if TYPE_CHECKING:
    from gsmd.gateways.web.accounts.tokens import Token
    from gsmd.gateways.web.accounts.users import User
    from gsmd.protocol.method import Role

ACTOR = "command line"

USUAL = "read,send,handle"

_USERS = (Column("NAME", "bold"), Column("MAY", wide=True), Column("STATE"), Column("SINCE"))
_TOKENS = (
    Column("ID", "bold"),
    Column("NAME"),
    Column("MAY", wide=True),
    Column("ONLY", wide=True),
    Column("EXPIRES"),
    Column("USED"),
)


class Names(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """Names with commas between."""

    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The names; a usage error for none."""
        names = [each.strip() for each in str(value).split(",") if each.strip()]
        return names or self.fail("at least one name, with commas between", param, ctx)


class Roles(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases of click only
    """Roles with commas between."""

    name = "roles"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The roles; a usage error for what is none."""
        from gsmd.protocol.method import Role

        try:
            roles = [Role(each.strip()) for each in str(value).split(",") if each.strip()]
        except ValueError:
            roles = []
        known = ", ".join(Role)
        return roles or self.fail(f"{value!r} is none of {known}, with commas between", param, ctx)


def _may_option(usual: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--may",
        type=Roles(),
        default=usual,
        show_default=True,
        metavar="ROLES",
        help="What they may.",
    )


@click.group(invoke_without_command=True)
@configuration_anywhere
@socket_option
@click.pass_context
def web(ctx: click.Context) -> int | None:
    """Pages and REST, in the foreground. SIGTERM ends it, SIGHUP reads the configuration again."""
    if ctx.invoked_subcommand is not None:
        return None
    return serve(configuration_path(), ["web"])


@web.command()
@click.argument("name")
@_may_option(USUAL)
@configuration_anywhere
@json_option
def invite(name: str, may: "list[Role]", as_json: bool) -> None:
    """Print a link that is good once, for an hour: whoever opens it chooses the password.

    Also for a user who is there and lost theirs.
    """
    from gsmd.gateways.web.accounts import users

    settings, database = accounts()
    with database as db, named():
        secret = users.invite(db, name, may, ACTOR)
    link = f"{base(settings)}/invitation/{secret}"
    if as_json:
        emit_json([{"name": name, "link": link}])
        return
    say(f"A link for {name}, good once, for an hour:")
    emit(link)


@web.command("users")
@configuration_anywhere
@json_option
def list_users(as_json: bool) -> None:
    """The people who may sign in."""
    from gsmd.gateways.web.accounts import users

    _, database = accounts()
    with database as db:
        found = users.everybody(db)
    if as_json:
        emit_json([_plain_user(each) for each in found])
        return
    nothing = "Nobody yet: gsmd web invite NAME"
    table.show(_USERS, map(_user_row, found), nothing=nothing)


@web.command()
@click.argument("name")
@configuration_anywhere
def disable(name: str) -> None:
    """Shut out the user, and revoke the tokens, of that name. At once."""
    from gsmd.gateways.web.accounts import users

    _, database = accounts()
    with database as db:
        if not users.disable(db, name, ACTOR):
            raise Stop(f"there is neither a user nor a token of the name {name!r}")


@web.command()
@click.argument("name")
@_may_option(USUAL)
@click.option("--handlers", type=Names(), metavar="NAMES", help="Only these handlers.")
@click.option("--modems", type=Names(), metavar="NAMES", help="Only these modems.")
@click.option("--tags", type=Names(), metavar="WORDS", help="Only messages with these tags.")
@click.option("--lists", type=Names(), metavar="NAMES", help="Only these lists.")
@click.option("--expires", type=Duration(), metavar="TIME", help="From now on. [default: never]")
@configuration_anywhere
@json_option
def token(
    name: str, may: "list[Role]", expires: float | None, as_json: bool, **narrowed: Any
) -> None:
    """Print a token for a program. It is shown this once: only its hash is kept."""
    from gsmd.gateways.web.accounts import tokens

    _, database = accounts()
    with database as db, named():
        secret, made = tokens.make(db, name, may, ACTOR, lifetime=expires, narrowed=narrowed)
    if as_json:
        emit_json([{**_plain_token(made), "token": secret}])
        return
    say(f"The token {made.id} for {name}; it is not shown again:")
    emit(secret)


@web.command("tokens")
@configuration_anywhere
@json_option
def list_tokens(as_json: bool) -> None:
    """The tokens that are not revoked."""
    from gsmd.gateways.web.accounts import tokens

    _, database = accounts()
    with database as db:
        found = tokens.all_tokens(db)
    if as_json:
        emit_json([_plain_token(each) for each in found])
        return
    table.show(_TOKENS, map(_token_row, found), nothing="No token yet: gsmd web token NAME")


@web.command()
@click.argument("id_", metavar="ID")
@configuration_anywhere
def revoke(id_: str) -> None:
    """Revoke a token. It is good no more with the next request."""
    from gsmd.gateways.web.accounts import tokens

    _, database = accounts()
    with database as db:
        if not tokens.revoke(db, id_, ACTOR):
            raise Stop(f"there is no token {id_!r} that is not revoked: gsmd web tokens")


# -- how they are shown -----------------------------------------------------------------------


def _state(user: "User") -> str:
    if user.disabled:
        return "disabled"
    return "" if user.password is not None else "invited"


def _user_row(user: "User") -> tuple[str | Cell, ...]:
    return (user.name, ", ".join(sorted(user.roles)), _state(user), _when(user.created_at))


def _plain_user(user: "User") -> dict[str, Any]:
    state = _state(user) or "active"
    return {
        "name": user.name,
        "may": sorted(user.roles),
        "state": state,
        "created_at": _iso(user.created_at),
    }


def _token_row(token: "Token") -> tuple[str | Cell, ...]:
    from gsmd.gateways.web.accounts.tokens import NARROWINGS

    narrowed = {key: getattr(token, key) for key in NARROWINGS}
    only = "; ".join(
        f"{key} {', '.join(sorted(v))}" for key, v in narrowed.items() if v is not None
    )
    expires, used = _when(token.expires_at), _when(token.used_at)
    return (token.id, token.name, ", ".join(sorted(token.roles)), only, expires, used)


def _plain_token(token: "Token") -> dict[str, Any]:
    from gsmd.gateways.web.accounts.tokens import NARROWINGS

    narrowed = {key: getattr(token, key) for key in NARROWINGS}
    return {
        "id": token.id,
        "name": token.name,
        "may": sorted(token.roles),
        **{key: None if names is None else sorted(names) for key, names in narrowed.items()},
        **{key: _iso(getattr(token, key)) for key in ("created_at", "expires_at", "used_at")},
    }


def _when(at: float | None) -> str:
    return "" if at is None else datetimes.local(datetime.fromtimestamp(at, UTC))


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()
