"""All messages of the pages that are there to be translated: what templates and modules mark."""

import ast
from collections.abc import Iterator
from pathlib import Path

from gsmd.gateways.web import pages
from gsmd.gateways.web.pages.templating import environment

FOLDER = Path(pages.__file__).parent


def of_templates() -> Iterator[tuple[str, str]]:
    """Each message of a template, with the template's name."""
    from jinja2 import nodes

    made = environment()
    for path in sorted((FOLDER / "templates").glob("*.html")):
        tree = made.parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in {"_", "ngettext"}:
                first = call.args[0]
                if isinstance(first, nodes.Const):
                    yield str(first.value), path.stem


def of_modules() -> Iterator[tuple[str, str]]:
    """Each message of a module, with the module's name."""
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _called(node.func) in {"_", "say"}:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, path.stem


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def everything() -> dict[str, str]:
    """Every message, with the first place that has it."""
    found: dict[str, str] = {}
    for message, place in (*of_templates(), *of_modules()):
        found.setdefault(message, place)
    return found
