"""The limits of the contract: their values, and that no other module writes one down again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from smtui.api import limits
from tests.doc_tables import ROOT

API = ROOT / "smtui" / "api"
MODULES = sorted(path for path in (ROOT / "smtui").rglob("*.py") if API not in path.parents)
ONLY_LIMITS = {
    limits.MAX_POLICY_LENGTH, limits.MAX_RETENTION_DAYS, limits.MAX_DESCRIPTION_LENGTH,
    limits.MAX_KEY_DESCRIPTION_LENGTH, limits.MAX_NAME_LENGTH, limits.MAX_STEP_SECONDS,
}  # fmt: skip
"""Numbers that mean nothing but a limit."""
IN_WORDS = re.compile(
    r"\b(7 (to|and|-) 30|20 (staging )?labels|64 KB|50 tags|100 versions|every 4 hours|1,?000 days)\b"
    r"|(?<![\d-])(65[,_]?536|20[,_]?480|36[,_]?500) (bytes|characters|days)\b"
)
"""A sentence that spells a limit out."""


def test_limits_are_those_of_the_service() -> None:
    assert (limits.MIN_RECOVERY_DAYS, limits.MAX_RECOVERY_DAYS) == (7, 30)
    assert (limits.MIN_KEY_DELETION_DAYS, limits.MAX_KEY_DELETION_DAYS) == (7, 30)
    assert (limits.MAX_LABELS_PER_VERSION, limits.MAX_LABELS_PER_SECRET, limits.KEPT_VERSIONS) == (20, 20, 100)
    assert (limits.MAX_VALUE_BYTES, limits.MAX_POLICY_LENGTH, limits.MAX_TAGS_PER_SECRET) == (65_536, 20_480, 50)
    assert (limits.MAX_PAGE_SIZE, limits.MAX_BATCH_SIZE, limits.MAX_FILTERS, limits.MAX_FILTER_VALUES) == (
        100, 20, 10, 10)  # fmt: skip
    assert (limits.MAX_NAME_LENGTH, limits.MAX_DESCRIPTION_LENGTH, limits.MAX_LABEL_LENGTH) == (512, 2048, 256)
    assert (limits.MIN_ROTATION_HOURS, limits.MAX_ROTATION_DAYS, limits.MAX_STEP_SECONDS) == (4, 1000, 900)
    assert (limits.MAX_ALIAS_LENGTH, limits.MAX_KEY_DESCRIPTION_LENGTH, limits.MAX_ARGUMENT_LENGTH) == (256, 8192, 4096)


def test_no_module_writes_a_limit_again() -> None:
    found = {str(path.relative_to(ROOT)): list(find_limits(path.read_text(encoding="utf-8"))) for path in MODULES}

    assert {path: places for path, places in found.items() if places} == {}, "take it from smtui.api.limits"


@pytest.mark.parametrize("code", [
    "LEAST, MOST = 7, 30", "7 <= days <= 30", "clamp(7, days, 30)", "MOST = 20_480", "'wait 7 to 30 days'",
    "f'{x}: at most 65,536 bytes'", "LONGEST_LABEL = 256", "PAGE_SIZE = 100", "MOST_TAGS = 50", "PAGE, BATCH = 100, 20",
])  # fmt: skip
def test_a_limit_written_again_is_found(code: str) -> None:
    assert list(find_limits(code))


def find_limits(code: str) -> Iterator[str]:
    """Each place that states a limit by itself, as `line: what`."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Tuple | ast.Compare | ast.Call):
            numbers = {each.value for each in ast.iter_child_nodes(node) if isinstance(each, ast.Constant)}
            if {limits.MIN_RECOVERY_DAYS, limits.MAX_RECOVERY_DAYS} <= numbers:
                yield f"{node.lineno}: a window of days"
        elif isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value in ONLY_LIMITS:
            yield f"{node.lineno}: {node.value}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_WORDS.search(node.value):
            yield f"{node.lineno}: {node.value!r}"
        if isinstance(node, ast.Assign):
            yield from _named_limits(node)


NAMED = {
    r"LABEL": {limits.MAX_LABEL_LENGTH, limits.MAX_LABELS_PER_VERSION}, r"TAGS": {limits.MAX_TAGS_PER_SECRET},
    r"(VALUE|SECRET)_BYTES|MOST_BYTES": {limits.MAX_VALUE_BYTES}, r"KEPT_VERSIONS": {limits.KEPT_VERSIONS},
    r"PAGE(_SIZE)?$": {limits.MAX_PAGE_SIZE}, r"BATCH(_SIZE)?$": {limits.MAX_BATCH_SIZE},
    r"FILTERS": {limits.MAX_FILTERS}, r"ALIAS": {limits.MAX_ALIAS_LENGTH}, r"SCHEDULE": {limits.MAX_SCHEDULE_LENGTH},
    r"STEP": {limits.MAX_STEP_SECONDS, limits.DEFAULT_STEP_SECONDS}, r"ROTATION": {limits.MAX_ROTATION_DAYS},
}  # fmt: skip
"""Names of constants that say which limit a number is."""


def _named_limits(assignment: ast.Assign) -> Iterator[str]:
    names = [each.id for target in assignment.targets for each in ast.walk(target) if isinstance(each, ast.Name)]
    numbers = {each.value for each in ast.walk(assignment.value) if isinstance(each, ast.Constant)}
    for name in names:
        if any(re.search(pattern, name) and limit & numbers for pattern, limit in NAMED.items()):
            yield f"{assignment.lineno}: {name}"
