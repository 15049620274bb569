"""The order of the house: what may import what, what a call costs, and that the README tells the truth."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.doc_tables import DOCS, ROOT, declared, replace_table

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
ASKS_THE_SYSTEM = {
    "time": {"time", "monotonic", "perf_counter", "time_ns", "clock_gettime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "os": {"urandom"},
    "uuid": {"uuid1", "uuid4"},
}


def test_the_tables_in_docs_are_what_the_program_declares() -> None:
    for name, table in declared().items():
        page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
        assert f"<!-- {name} -->" in page
        assert replace_table(page, name, table) == page, "run: python -m tests.doc_tables"


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")]), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Files, modules and headings that the documentation names."""
    text = page.read_text(encoding="utf-8")
    for target, heading in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text):
        found = page if not target else page.parent / target
        assert found.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {each.lower().replace(" ", "-") for each in headings}, heading
    for path in re.findall(r"`((?:smtui|tests|benchmarks|docs)/[\w/.-]+)`", text):
        assert (ROOT / path).exists(), path


def test_ci_runs_the_readmes_own_test_command() -> None:
    commands = re.findall(r"```sh\n(python3 -m venv .*)\n```", TEXT)

    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_pictures_of_the_readme_exist() -> None:
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", TEXT):
        assert (ROOT / picture).stat().st_size > 10_000


@pytest.mark.parametrize("module", sorted((ROOT / "smtui").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_ambient_alone_asks_for_time_and_chance(module: Path) -> None:
    """Everything else is handed an Ambient."""
    if module.name == "ambient.py":
        return
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert node.attr not in ASKS_THE_SYSTEM.get(node.value.id, ()), f"line {node.lineno}"
        if isinstance(node, ast.Import):
            assert not {alias.name for alias in node.names} & {"random", "secrets"}, f"line {node.lineno}"
        if isinstance(node, ast.ImportFrom):
            assert node.module not in ("random", "secrets"), f"line {node.lineno}"


def test_what_is_imported_is_installed_with_us() -> None:
    """A package that happens to be on a developer's machine is not on anybody else's."""
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    declared = {re.split(r"[<>=]", line)[0] for line in lines}
    foreign = set().union(*map(imported, (ROOT / "smtui").rglob("*.py"))) - sys.stdlib_module_names - {"smtui"}

    for name in sorted(foreign):
        assert declared & {each.replace("_", "-") for each in packages_distributions().get(name, ())}, name


def imported(module: Path) -> set[str]:
    """The top-level packages a module imports, or reads data of."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(name)) | ast.Call(ast.Name("files"), [ast.Constant(str(name))]):
                found.add(name)
    return {name.partition(".")[0] for name in found}


@pytest.mark.parametrize("package", sorted((ROOT / "smtui").rglob("__init__.py")), ids=lambda p: p.parent.name)
def test_each_door_has_a_sign(package: Path) -> None:
    """A package's first file says what lives there, and holds nothing else; the root offers the public names."""
    body = ast.parse(package.read_text(encoding="utf-8")).body

    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)
    assert len(body) == 1 or package.parent.name == "smtui"


def test_importing_the_package_costs_nothing() -> None:
    """Nothing is loaded before it is asked for."""
    code = "import sys; before = set(sys.modules); import smtui; print(sorted(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout

    dear = {"apsw", "cryptography", "textual", "smtui.backends.local", "smtui.backends.opening"}
    assert not dear & set(ast.literal_eval(loaded))


def test_public_names() -> None:
    import smtui

    for name in smtui.__all__:
        assert getattr(smtui, name).__module__.startswith("smtui.")
    with pytest.raises(AttributeError):
        _ = smtui.nothing


def test_the_tests_of_a_module_lie_in_a_folder_named_as_its_package() -> None:
    """Folders for what crosses packages are named here."""
    crossing = {"contract", "durability", "e2e", "fuzz", "leaks", "scenarios"}
    for file in (ROOT / "tests").rglob("test_*.py"):
        folder = file.parent.relative_to(ROOT / "tests")
        if folder.parts[:1] not in ((), *((name,) for name in crossing)):
            assert (ROOT / "smtui" / folder / "__init__.py").exists(), folder


@pytest.mark.parametrize("name", ["app", "leaving_app", "session_app", "settings_app", "shell"])
def test_no_class_of_the_app_grows_beyond_what_one_can_survey(name: str) -> None:
    source = (ROOT / "smtui" / "tui" / f"{name}.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
            assert len(methods) <= 26, node.name
    assert len(source.splitlines()) < 400
