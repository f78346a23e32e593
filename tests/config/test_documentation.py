"""What the documentation shows works, and it leaves no key out."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
import yaml

from gsmd.config import Config, ConfigError, HandlerSettings, MatchRule, document, load, parse
from gsmd.config.reader import Reader
from gsmd.config.types import now
from gsmd.handler_kinds import HANDLER_KINDS
from tests.config.samples import ACCOUNTS, MODEM

ROOT = Path(__file__).parents[2]
FIELDS = {field.encode_name for field in msgspec.structs.fields(Config)}


def blocks() -> Iterator[tuple[str, str]]:
    """Every YAML block in the documentation that is a gsmd configuration, and where it stands."""
    for file in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = file.read_text()
        for match in re.finditer(r"^ *```ya?ml\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
            line = text.count("\n", 0, match.start()) + 2
            keys = yaml.safe_load(match[1])
            if isinstance(keys, dict) and FIELDS & set(keys):
                yield f"{file.relative_to(ROOT)}:{line}", match[1]


@pytest.mark.parametrize(("where", "text"), list(blocks()))
def test_every_configuration_in_the_documentation_is_right(where: str, text: str) -> None:
    if "modems" not in yaml.safe_load(text):
        text += MODEM
    parse(text, where, HANDLER_KINDS, accounts=ACCOUNTS)


@pytest.mark.parametrize("name", ["minimal.yaml", "gsmd.yaml"])
def test_the_files_that_come_with_gsmd_are_right(name: str) -> None:
    assert (
        load(ROOT / "config" / name, HANDLER_KINDS, accounts=ACCOUNTS).modems[0].port
        == "/dev/ttyUSB0"
    )


def test_every_setting_that_is_off_in_the_full_file_can_be_switched_on() -> None:
    text = (ROOT / "config" / "gsmd.yaml").read_text()
    switched_on = re.sub(r"^#(?=(?:  +)?(?:- |[a-z_]+:))", "", text, flags=re.MULTILINE)
    config = parse(switched_on, "gsmd.yaml", HANDLER_KINDS, accounts=ACCOUNTS)

    assert len(config.modems) == 4
    assert {type(handler.settings) for handler in config.handlers} == set(HANDLER_KINDS)
    for key, *_ in (*keys(), *(entry for kind in HANDLER_KINDS for entry in keys(kind))):
        name = key.rsplit(".", 1)[-1]
        assert re.search(rf"\b{name}:", text), f"{key} is missing"


def struct_in(hint: Any) -> tuple[type[msgspec.Struct] | None, str]:
    """The struct that a key holds, and ``[]`` if it holds a list of them."""
    if get_origin(hint) in (UnionType, Union):
        hint = get_args(hint)[0]
    if get_origin(hint) is Annotated:
        hint = now(get_args(hint)[1]) or hint
    if get_origin(hint) is tuple and issubclass(type(get_args(hint)[0]), type):
        kind, _ = struct_in(get_args(hint)[0])
        return kind, "[]"
    is_struct = isinstance(hint, type) and issubclass(hint, msgspec.Struct)
    return (hint if is_struct else None), ""


def keys(
    kind: type[msgspec.Struct] = Config, prefix: str = ""
) -> Iterator[tuple[str, Any, msgspec.structs.FieldInfo]]:
    """Every key there is, with the type and the field that it fills; those of the kinds of handlers left out."""
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        if hint is HandlerSettings:
            continue
        inner, many = struct_in(hint)
        yield prefix + field.encode_name, hint, field
        if inner is MatchRule and prefix != "handlers[].":
            continue  # its keys are told there
        if inner is not None:
            yield from keys(inner, f"{prefix}{field.encode_name}{many}.")


def rows(text: str) -> dict[str, str]:
    """The keys in the tables of a page, each with its default."""
    return dict(re.findall(r"^\| `([a-z_.\[\]]+)` \|[^|]+\|([^|]*)\|", text, re.MULTILINE))


PAGE = rows((ROOT / "docs" / "configuration.md").read_text())


def kind_rows(kind: type[HandlerSettings]) -> dict[str, str]:
    """The keys in the table of docs/handlers.md in the section of a kind."""
    sections = (ROOT / "docs" / "handlers.md").read_text().split("\n## ")
    (section,) = (each for each in sections if f": `{kind.kind}`" in each.split("\n")[0])
    return rows(section)


def test_every_key_is_documented_and_no_other() -> None:
    sections = {"outbound.retry", "handlers[].retry"}  # shown by what is in them

    assert set(PAGE) == {key for key, *_ in keys()} - sections


@pytest.mark.parametrize("kind", HANDLER_KINDS)
def test_every_key_of_a_kind_of_handler_is_documented_and_no_other(
    kind: type[HandlerSettings],
) -> None:
    assert set(kind_rows(kind)) == {key for key, *_ in keys(kind)}


@pytest.mark.parametrize(
    ("written", "hint", "field"),
    [
        *((PAGE.get(key, ""), hint, field) for key, hint, field in keys()),
        *(
            (kind_rows(kind).get(key, ""), hint, field)
            for kind in HANDLER_KINDS
            for key, hint, field in keys(kind)
        ),
    ],
)
def test_every_default_is_documented_as_it_is(
    written: str, hint: Any, field: msgspec.structs.FieldInfo
) -> None:
    written = written.strip()
    if field.required:
        assert written == "required"
    elif written:
        node, _ = document.read(written.strip("`"), "docs")
        assert node is not None
        reader = Reader("docs")
        factory = field.default_factory
        default = field.default if factory is msgspec.NODEFAULT else factory()
        assert reader._value(node, hint, field.name) == default, reader.problems
    else:
        inner, many = struct_in(hint)
        assert inner is not None or many


def test_the_errors_in_the_documentation_are_those_that_are_told() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    shown = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    mistaken = (
        (
            "modems:\n  - name: north\n    prot: /dev/ttyUSB0\n    smsc: +33609001390\n"
            "outbound:\n  when_uncertain: resent\n"
        ),
        f"{MODEM}handlers:\n  - name: hook\n    secret_file: /hook.key\n    run: [/bin/true]\n",
    )
    told = []
    for each in mistaken:
        with pytest.raises(ConfigError) as caught:
            parse(each, "gsmd.yaml", HANDLER_KINDS, accounts=ACCOUNTS)
        told.append(f"{caught.value}\n")
    assert told == shown
