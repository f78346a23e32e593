"""``gsmd mail``: the gateway, and passwords for those who send through it."""

import sys
from pathlib import Path

import click

from gsmd.cli.gateways import serve
from gsmd.cli.options import configuration_option, socket_option


@click.group(invoke_without_command=True)
@configuration_option
@socket_option
@click.pass_context
def mail(ctx: click.Context, config: Path) -> int | None:
    """Send mail as SMS and SMS as mail, in the foreground.

    SIGTERM takes what is on its way and ends it, SIGHUP reads the configuration again.
    """
    return serve(config, ("mail",)) if ctx.invoked_subcommand is None else None


@mail.command()
@click.argument("name")
def password(name: str) -> None:
    """Print a line for the file of users (`users_file`): the user NAME, and a hash of a password.

    The password is asked for, or the first line of standard input.
    """
    from gsmd.gateways.mail.users import line_for

    stdin = sys.stdin
    if stdin.isatty():
        secret = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        secret = stdin.readline().rstrip("\r\n")
    try:
        click.echo(line_for(name, secret))
    except ValueError as error:
        raise click.UsageError(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
