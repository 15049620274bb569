"""No module imports another that imports it, directly or by way of others: not for types, and not inside a function."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.doc_tables import ROOT

PACKAGE = ROOT / "smtui"


def name_module(path: Path) -> str:
    """`smtui.tui.keys` for its file; a package has the name of its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def find_imports(source: str, modules: Collection[str]) -> Iterator[str]:
    """Those of `modules` that are imported anywhere in a source."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name in modules)
            case ast.ImportFrom(module=str(module), names=names):
                for inner in (f"{module}.{alias.name}" for alias in names):
                    if inner in modules or module in modules:
                        yield inner if inner in modules else module


def read_graph() -> dict[str, set[str]]:
    """Each module with those that it imports."""
    sources = {name_module(path): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    return {module: {*find_imports(source, sources)} for module, source in sources.items()}


def find_cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules of one cycle, each followed by one that it imports; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [*reversed(error.args[1])]
    return []


def test_no_import_cycle() -> None:
    assert " -> ".join(find_cycle(read_graph())) == ""


@pytest.mark.parametrize("line", [
    "import p.b",
    "from p import b",
    "from p.b import name",
    "if TYPE_CHECKING:\n    from p.b import name",
    "def function():\n    from p.b import name",
])
def test_every_form_of_import_counts(line: str) -> None:
    assert find_cycle({"p.a": {*find_imports(line, ["p.a", "p.b"])}, "p.b": {"p.a"}})


def test_a_cycle_is_named_by_its_edges() -> None:
    assert find_cycle({"a": {"b", "d"}, "b": {"c"}, "c": {"a"}, "d": set()}) in (
        ["a", "b", "c", "a"], ["b", "c", "a", "b"], ["c", "a", "b", "c"])
    assert find_cycle({"a": {"b"}, "b": set()}) == []
