"""Names that a newcomer understands: functions are imperative verbs, no private words, one class name for one thing."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doc_tables import ROOT

SMTUI = sorted((ROOT / "smtui").rglob("*.py"))
ALL = [*SMTUI, *sorted((ROOT / "tests").rglob("*.py"))]
PRIVATE_WORDS = frozenset({
    "told", "deed", "deeds", "beside", "stock", "family", "troubles", "ways_back", "some_secrets", "of_session",
    "masthead", "keybar", "marklist", "rotator", "telling", "handed", "bringing", "long_work", "own_filters",
    "carry_out", "take_out", "bring_in",
})  # fmt: skip
"""Words that stand for a standard term: background, results, replica set, undo action, footer, and so on."""
PARTICIPLES = frozenset({
    "told", "made", "found", "known", "taken", "given", "shown", "seen", "kept", "held", "left", "lost", "meant",
    "said", "chosen", "gone", "done", "drawn", "grown", "spelt", "sent", "begun", "written", "hidden", "brought",
    "understood", "forgotten", "thrown", "built", "stood", "paid", "bound", "laid", "heard", "ours",
})  # fmt: skip
"""Irregular participles; regular ones are recognised by their ending."""
OVERRIDES = frozenset({"_fatal_error", "_sequence_to_key_events", "error", "exec_module", "mro", "restricted",
                       "result_key_iters", "stream"})
"""Methods of Python, Textual and botocore that are overridden."""
PUBLIC_NOUNS = frozenset({"access", "audit_log", "client", "keys", "now", "now_milliseconds", "owner", "regions",
                          "rotation_client", "rotations", "transaction"})
"""Names of the public interface of `smtui.Vault`."""
DECORATORS = frozenset({"background", "bulk_operation", "gesture", "operation", "reading"})
VERBS = frozenset((ROOT / "tests" / "verbs.txt").read_text(encoding="utf-8").split())
"""First words of functions that do something. Add a verb that is missing; a noun or an adjective needs another name."""
PREDICATES = frozenset({
    "accepts", "can", "consumes", "has", "includes", "is", "keeps", "looks", "matches", "may", "must", "names",
    "needs", "refuses", "uses", "waits",
})  # fmt: skip
"""First words of functions that answer whether something is so."""
CONVERSIONS = frozenset({"from", "in", "on", "to", "with"})
"""First words of conversions, alternative constructors and handlers of events."""
VERBS_IN_ED = frozenset({"embed", "feed", "need", "proceed", "seed", "shed", "shred"})
ONE_CLASS_EACH = frozenset({
    "Chosen", "Place", "Member", "Finding", "Wanted", "Key", "Call", "Rotation", "Plan", "Column", "Step", "Outcome",
    "Target", "Format", "Function", "KeyUsage", "KmsKey", "NewVersion", "Replica", "Vault", "Version",
})  # fmt: skip
"""Class names that once stood for several things."""


def find_functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions and methods of a module, without properties, whose names are nouns or adjectives."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not any(map(is_property, node.decorator_list)):
            yield node


def is_property(decorator: ast.expr) -> bool:
    """Whether a decorator makes a function an attribute, or a fixture, which a test uses as a noun."""
    return re.search(r"property|setter|fixture", ast.unparse(decorator)) is not None


def is_participle(name: str) -> bool:
    """Whether the first word of a function's name is a past participle, such as `told` or `named`."""
    word = name.strip("_").partition("_")[0]
    return word in PARTICIPLES or (word.endswith("ed") and len(word) > 3 and word not in VERBS_IN_ED)


def list_participles(path: Path) -> set[str]:
    functions = find_functions(ast.parse(path.read_text(encoding="utf-8")))
    return {each.name for each in functions if is_participle(each.name) and each.name not in OVERRIDES}


def find_identifiers(tree: ast.AST) -> Iterator[str]:
    """Every name that a module defines: of functions, classes, parameters, variables and attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def list_private_words(path: Path) -> set[str]:
    names = {name.strip("_").lower() for name in find_identifiers(ast.parse(path.read_text(encoding="utf-8")))}
    return names & PRIVATE_WORDS


def get_id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_functions_begin_with_a_verb_in_the_imperative() -> None:
    """`format_schedule`, not `told`: a participle does not say what a call does."""
    found = {get_id(path): names for path in SMTUI if (names := list_participles(path))}

    assert found == {}


def list_nouns(path: Path) -> set[str]:
    """The functions of a module whose first word is no verb that is known."""
    known = VERBS | PREDICATES | CONVERSIONS
    names = {each.name for each in find_functions(ast.parse(path.read_text(encoding="utf-8")))}
    names -= OVERRIDES | PUBLIC_NOUNS | DECORATORS
    return {name for name in names if not name.startswith("__") and name.strip("_").partition("_")[0] not in known}


def test_functions_say_what_they_do() -> None:
    """`format_row`, not `row`: a noun or an adjective does not say what a call does."""
    assert {get_id(path): names for path in SMTUI if (names := list_nouns(path))} == {}


def test_no_name_is_a_private_word() -> None:
    found = {get_id(path): words for path in ALL if (words := list_private_words(path))}

    assert found == {}


def test_one_class_name_stands_for_one_thing() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SMTUI]
    names = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))

    assert {name for name in ONE_CLASS_EACH if names[name] > 1} == set()


@pytest.mark.parametrize(("name", "expected"), [
    ("told", True), ("_named_descriptors", True), ("judged", True), ("kept_up", True), ("feed", False),
    ("read_members", False), ("embed_font", False), ("is_allowed", False), ("need", False),
])  # fmt: skip
def test_participles_are_recognised(name: str, expected: bool) -> None:
    assert is_participle(name) is expected
