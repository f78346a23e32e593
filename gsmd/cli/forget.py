"""``gsmd forget``: erase a person, or show them all that is known of them."""

import sys

import click

from gsmd.cli.combinations import refuse
from gsmd.cli.connection import daemon
from gsmd.cli.exits import Stop
from gsmd.cli.options import daemon_options
from gsmd.cli.terminal import emit_json, is_terminal, say


@click.command()
@click.argument("number")
@click.option("--export", is_flag=True, help="Erase nothing; print all of it as JSON lines.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@daemon_options
def forget(number: str, export: bool, yes: bool, as_json: bool) -> None:
    """Erase every message, vote and list entry of NUMBER.

    That it opted out stays on record: else it would be written to again; and that and when it gave
    consent, without what was said. Copies made by `gsmd backup` are not touched.
    """
    if export:
        refuse("With --export", "yes")
    with daemon(timeout=None) as client:
        if export:
            emit_json([client.people.get(number)])
            for page in client.pages(client.people.messages, number):
                emit_json(page.messages)
            return
        if not yes:
            if not is_terminal(sys.stdin):
                raise Stop("Nothing was erased.", advice="Without a terminal it needs --yes.")
            click.confirm(f"Erase all that is known of {number}?", abort=True, err=True)
        erased = client.people.forget(number)
    if as_json:
        emit_json([erased])
    else:
        say(f"{erased.messages} messages and {erased.traces} traces of {number} erased.")
    if erased.kept:
        raise Stop(f"{erased.kept} are still under way: try again in a moment.")
