"""Every command of gsmd in the documentation is one that the command line as it is understands."""

import warnings
from pathlib import Path

import click
import pytest

from gsmd.cli.root import gsmd
from tests.docs.pages import PAGES, ROOT, Command, commands


def understand(words: list[str]) -> None:
    """Read a command line as `gsmd` does, without carrying it out. Errors: `click.ClickException`."""
    command: click.Command = gsmd
    context = command.make_context("gsmd", [*words])
    while isinstance(command, click.Group) and (rest := _rest(context)):
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        context = found.make_context(name, rest, parent=context)
        command = found


def _rest(context: click.Context) -> list[str]:
    """What is left for a subcommand. Click 8 has its name apart, and says that 9 will not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return [*context.protected_args, *context.args]


@pytest.fixture(autouse=True)
def every_file_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (click.Path, click.File):
        monkeypatch.setattr(kind, "convert", lambda _self, value, _param, _context: value)


def problem(command: Command) -> str | None:
    """Why a command is not understood; of a mention only its names and options count."""
    try:
        understand(command.words)
    except click.exceptions.Exit:
        return None  # --help, --version
    except (click.MissingParameter, click.exceptions.BadOptionUsage) as error:
        return error.format_message() if command.whole else None
    except click.ClickException as error:
        mention = type(error).__name__ == "NoArgsIsHelpError" and not command.whole
        return None if mention else error.format_message()
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_are_understood(page: Path) -> None:
    wrong = [f"{each.line}: {said}" for each in commands(page) if (said := problem(each))]
    assert not wrong, "\n".join(wrong)


def test_a_command_that_is_none_is_not_understood() -> None:
    with pytest.raises(click.UsageError):
        understand(["dance"])
    with pytest.raises(click.UsageError):
        understand(["send", "--no-such-option", "+33612345678", "Hello"])


def test_the_pages_have_commands() -> None:
    assert sum(1 for page in PAGES for _ in commands(page)) > 150
