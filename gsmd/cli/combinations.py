"""Options that would have no effect beside others, or without them: a usage error, never passed over in silence."""

from collections.abc import Iterator
from typing import Any

import click
from click.core import ParameterSource


def refuse(situation: str, *names: str) -> None:
    """A usage error if one of the current command's parameters ``names`` was typed.

    ``situation`` is in which it has no effect: ``Without --wait``. Errors: `click.UsageError`, which names each.
    """
    ctx = click.get_current_context()
    _refuse(ctx, situation, [param for param in ctx.command.params if param.name in names])


def refuse_all_but(situation: str, *names: str) -> None:
    """The same for every parameter of the current command except ``names``."""
    ctx = click.get_current_context()
    _refuse(ctx, situation, [param for param in ctx.command.params if param.name not in names])


def _refuse(ctx: click.Context, situation: str, params: list[click.Parameter]) -> None:
    typed = [_spelling(param) for param in params if _is_typed(ctx, param)]
    if typed:
        raise click.UsageError(f"{situation}, {' and '.join(typed)} would have no effect.", ctx)


def _is_typed(ctx: click.Context | None, param: click.Parameter) -> bool:
    """Also in front of the command, as ``gsmd --socket PATH setup``."""
    if ctx is None:
        return False
    typed = ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
    return typed or _is_typed(ctx.parent, param)


def _spelling(param: click.Parameter) -> str:
    """As people write it: ``--exec``, ``PORT``."""
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.human_readable_name.strip("[].")


class Noun(click.Group):
    """``gsmd modems``: by itself a listing with options of its own, which a command behind it does not heed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "invoke_without_command": True})

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does. Errors: `click.UsageError` for an option in front that belongs behind."""
        name, command, rest = super().resolve_command(ctx, args)
        if not ctx.resilient_parsing:
            own = [param for param in self.params if param.name != "socket"]
            _refuse(ctx, f"Before {name}", own)
        return name, command, rest


def talks_to_a_daemon(command: click.Command) -> bool:
    """True if the command, or one behind it, has ``--socket``."""
    return any(
        param.name == "socket" for each in _with_all_behind(command) for param in each.params
    )


def _with_all_behind(command: click.Command) -> Iterator[click.Command]:
    yield command
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        yield from _with_all_behind(each)
