"""Prints every text that a user can meet: `python -m tests.strings [help|tables|cli|screens|errors]`.

`help` is the help of every command as it is printed; `tables` are those of `docs/`. The other areas are the literals of
the source with their places, in the order of the files, for reading from top to bottom; expressions of f-strings are in
braces. Without an argument everything is printed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import doc_tables
from tests.doc_tables import ROOT

AREAS = {
    "cli": ("smtui/cli",),
    "screens": ("smtui/tui",),
    "errors": ("smtui/api", "smtui/backends", "smtui/clipboard", "smtui/comparison", "smtui/editor", "smtui/engine",
               "smtui/health", "smtui/passphrase", "smtui/policy", "smtui/protocol", "smtui/rotation", "smtui/rules",
               "smtui/server", "smtui/system", "smtui/text", "smtui/transfer", "smtui/vault"),
}
"""The packages whose literals are read, by area."""
SHOWING = frozenset({
    "SafeText", "sanitize", "say", "notify", "Shortcut", "Confirm", "Column", "Static", "Label", "Button", "Command",
    "add_argument", "add_argument_group", "UsageError", "RefusedError", "warn", "note", "line", "Content",
})  # fmt: skip
"""Functions whose text arguments are shown, even if a text is a single word."""
OPTIONS_NOT_SHOWN = frozenset({"id", "classes", "dest", "action", "default", "key", "variant", "name", "style"})
"""Keyword arguments of these functions that are not shown."""
SENTENCE = re.compile(r"[A-Za-z’']{2,}[.,:;!?)]* +\S|[A-Z][a-z]+[.!?]$")
NOT_FOR_PEOPLE = re.compile(
    r"^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|PRAGMA|WITH|UNION|CASE|BEGIN|COMMIT|ROLLBACK|ATTACH|ALTER|AND|WHERE"
    r"|ORDER|VACUUM)\b|^\s*[#.]?[\w-]+ *\{|\$text-muted|\$primary|\$warning|\$error"
)
OPTION = re.compile(r"--?[a-z-]+|[A-Z_]+")
"""Names of options and of their arguments; the help shows them."""
DATA = ("smtui/backends/demo.py", "smtui/passphrase/famous_phrases.py", "smtui/passphrase/phrases.py")
"""Modules of sample data and word lists."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in the source; expressions of an f-string are in braces."""

    path: str
    line: int
    text: str


def find_literals(path: Path) -> Iterator[Literal]:
    """The literals of a module that a user can meet, in their order. A docstring is one only in `cli/commands`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    place = path.relative_to(ROOT).as_posix()
    if "cli/commands/" in place and (text := ast.get_docstring(tree)):
        yield Literal(place, 1, text)
    hidden, shown = set(_find_hidden(tree)), set(_find_shown(tree))
    for node in _walk(tree, hidden):
        text = _read_text(node)
        if text is not None and _is_for_people(text, is_shown=node in shown):
            yield Literal(place, node.lineno, text)


def _walk(tree: ast.AST, hidden: set[ast.AST]) -> Iterator[ast.expr]:
    """Texts in the order of the source; an f-string comes as a whole."""
    for child in ast.iter_child_nodes(tree):
        if child in hidden:
            continue
        if isinstance(child, ast.JoinedStr) or (isinstance(child, ast.Constant) and isinstance(child.value, str)):
            yield child
            if isinstance(child, ast.JoinedStr):
                for part in child.values:
                    if isinstance(part, ast.FormattedValue):
                        yield from _walk(part, hidden)
        else:
            yield from _walk(child, hidden)


def _find_hidden(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, texts after a declaration, assertions, and bodies for programmers."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                yield node
            case ast.Assert() | ast.Raise(exc=ast.Call(func=ast.Name(id="AssertionError" | "TypeError"))):
                yield node
            case ast.AnnAssign(annotation=annotation):
                yield annotation


def _find_shown(tree: ast.AST) -> Iterator[ast.AST]:
    """The direct arguments of functions that show their texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _get_name(node.func) in SHOWING:
            yield from node.args
            yield from (each.value for each in node.keywords if each.arg not in OPTIONS_NOT_SHOWN)


def _get_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _read_text(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=values):
            return "".join(part.value if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
                           for part in values if isinstance(part, ast.Constant | ast.FormattedValue))
    return None


def _is_for_people(text: str, *, is_shown: bool) -> bool:
    words = re.sub(r"\{[^{}]*\}", "x", text)
    if NOT_FOR_PEOPLE.search(words) or OPTION.fullmatch(text) or not re.search(r"[A-Za-z]{2}", words):
        return False
    return is_shown or SENTENCE.search(words) is not None


def list_literals(area: str) -> list[Literal]:
    """All literals of an area, by file and line."""
    modules = sorted(path for folder in AREAS[area] for path in (ROOT / folder).rglob("*.py"))
    return [literal for path in modules if path.relative_to(ROOT).as_posix() not in DATA
            for literal in find_literals(path)]


def format_help() -> str:
    """The overview, and the help of every command."""
    from smtui.cli.command_table import COMMANDS
    from smtui.cli.overview import format_overview

    return "\n".join([format_overview(), *(f"\n{'-' * 80}\n{each.make_parser().format_help()}" for each in COMMANDS)])


def format_area(area: str) -> str:
    """The text of one area."""
    return "\n".join(f"{each.path}:{each.line}: {each.text}" for each in list_literals(area))


def format_tables() -> str:
    """The tables of `docs/`: filters, keys, settings and others."""
    return "\n".join(f"{name}:\n\n{table}" for name, table in doc_tables.declared().items())


PRINTERS: dict[str, Callable[[], str]] = {"help": format_help, "tables": format_tables}


def main(argv: list[str]) -> int:
    areas = [*PRINTERS, *AREAS]
    for area in argv or areas:
        if area not in areas:
            print(f"usage: python -m tests.strings [{'|'.join(areas)}]", file=sys.stderr)
            return 2
        print(f"\n===== {area} =====\n")
        print(PRINTERS[area]() if area in PRINTERS else format_area(area))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
