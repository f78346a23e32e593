"""Completion by the shell: the script for it, and names that only the daemon knows.

Completion must be fast and silent: without a daemon there is simply nothing to offer.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

from gsmd.cli.terminal import emit, one_line

if TYPE_CHECKING:
    from gsmd.client import Client

NEWEST = 30  # messages whose ids are offered
PATIENCE = 0.5  # seconds a person waits for the Tab key
SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    r"""Print the completion script for SHELL.

    \b
    bash:  gsmd completion bash > ~/.local/share/bash-completion/completions/gsmd
    zsh:   gsmd completion zsh  > ~/.zfunc/_gsmd      (with fpath+=~/.zfunc before compinit)
    fish:  gsmd completion fish > ~/.config/fish/completions/gsmd.fish
    """
    script = get_completion_class(shell)
    assert script is not None
    whole = click.get_current_context().find_root().command
    emit(script(whole, {}, "gsmd", "_GSMD_COMPLETE").source().rstrip())


Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _from_daemon(items: Callable[["Client"], Iterable[tuple[str, str]]]) -> Completer:
    """A completer for names with a line of explanation each."""

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from gsmd.cli.connection import daemon

        del param
        # the context of what is being completed is not the current one
        with suppress(Exception), ctx.scope(cleanup=False), daemon(timeout=PATIENCE) as client:
            return [
                CompletionItem(name, help=one_line(text))
                for name, text in items(client)
                if name.startswith(incomplete)
            ]
        return []

    return complete


modem_names = _from_daemon(lambda client: ((modem.name, modem.state) for modem in client.modems()))
handler_names = _from_daemon(
    lambda client: ((one.name, f"{one.pending} pending") for one in client.handlers())
)
message_ids = _from_daemon(
    lambda client: (
        (message.id, f"{message.peer}: {(message.text or '')[:40]}")
        for message in client.list(limit=NEWEST).messages
    )
)
