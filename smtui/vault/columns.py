"""The allowed values of each column of the newest format, and stand-ins for values that are not allowed.

Only somebody with the vault's keys can write such a row. One bad row must not make the others unreadable, so a
stand-in replaces the value and the row is marked as damaged; `check` names the column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from smtui.api.limits import MAX_NAME_LENGTH, MAX_ROTATION_DAYS
from smtui.api.record import record

UNREADABLE = "unreadable"
"""The stand-in for a text that is not one."""
LATEST = 221_845_392_000_000
"""Milliseconds since 1970: the year 9000, so that a time plus a period is still a valid datetime."""


@record
class ColumnRule:
    """The type and range of one column.

    `words` are the only texts it may hold. `least` and `most` limit a number, or the length of a text. `stand_in`
    replaces any other value.
    """

    type: type
    stand_in: Any
    is_optional: bool = False
    words: frozenset[str] = frozenset()
    least: int = 0
    most: int = 2**63 - 1

    def accepts(self, value: Any) -> bool:
        """Whether a value is allowed in this column."""
        if type(value) is not self.type:
            return value is None and self.is_optional
        if self.type is bytes:
            return True
        size = cast("int", value) if self.type is int else len(cast("str", value))
        return self.least <= size <= self.most and (not self.words or value in self.words)

    def build_range_test(self, name: str) -> str:
        """Python that is true for a value in the range of this column, if its type is right. Empty for any value."""
        tests = []
        if self.type is int:
            tests.append(f"{self.least} <= {name} <= {self.most}")
        elif self.type is str and self.least:
            tests.append(f"{self.least} <= len({name}) <= {self.most}")
        if self.words:
            tests.append(f"{name} in {set(self.words)!r}")
        test = " and ".join(tests)
        return f"({name} is None or {test})" if self.is_optional and test else test

    def build_condition(self, name: str) -> str:
        """SQL that is true for a value that is not allowed. `name` is the quoted column."""
        kind = {int: "integer", str: "text", bytes: "blob"}[self.type]
        tests = [f"typeof({name}) <> '{kind}'"]
        if self.type is int:
            tests.append(f"{name} NOT BETWEEN {self.least} AND {self.most}")
        if self.type is str and self.least:
            tests.append(f"length({name}) NOT BETWEEN {self.least} AND {self.most}")
        if self.words:
            tests.append(f"{name} NOT IN ({', '.join(repr(word) for word in sorted(self.words))})")
        return f"({name} IS NOT NULL AND ({' OR '.join(tests)}))" if self.is_optional else f"({' OR '.join(tests)})"


def _make_choice(stand_in: str, *words: str) -> ColumnRule:
    return ColumnRule(str, stand_in, words=frozenset(words))


ROW = ColumnRule(int, 0)
MAYBE_ROW = ColumnRule(int, None, is_optional=True)
TEXT = ColumnRule(str, UNREADABLE)
NAME = ColumnRule(str, UNREADABLE, least=1, most=MAX_NAME_LENGTH)
MAYBE_TEXT = ColumnRule(str, UNREADABLE, is_optional=True)
BYTES = ColumnRule(bytes, b"\0")
FLAG = ColumnRule(int, 0, most=1)
TIME = ColumnRule(int, 1, most=LATEST)
DAY = ColumnRule(int, 0, most=LATEST)
"""A time that is 0 if the event never happened."""
MAYBE_TIME = ColumnRule(int, None, is_optional=True, most=LATEST)
COUNT = ColumnRule(int, 0, most=1000)

COLUMNS: dict[str, dict[str, ColumnRule]] = {
    "meta": {"name": TEXT, "value": TEXT},
    "keys": {
        "id": ROW, "region": TEXT, "key_id": NAME, "manager": _make_choice("CUSTOMER", "AWS", "CUSTOMER"),
        "description": TEXT, "created_at": TIME, "enabled": FLAG, "delete_at": MAYBE_TIME, "wrapped": BYTES,
    },
    "aliases": {"region": TEXT, "alias": NAME, "key": ROW, "created_at": TIME},
    "secrets": {
        "id": ROW, "region": TEXT, "name": NAME, "suffix": NAME, "description": MAYBE_TEXT, "type": MAYBE_TEXT,
        "owning_service": MAYBE_TEXT, "created_at": TIME, "changed_at": TIME, "accessed_on": DAY,
        "delete_at": MAYBE_TIME, "kms_key_id": MAYBE_TEXT, "primary_region": MAYBE_TEXT, "bound": BYTES,
    },
    "tags": {"id": ROW, "secret": ROW, "key": TEXT, "value": TEXT},
    "versions": {
        "id": ROW, "secret": ROW, "version_id": NAME, "created_at": TIME, "accessed_on": DAY,
        "form": _make_choice("string", "string", "binary"), "key": ROW, "wrapped": BYTES, "sealed": BYTES,
    },
    "labels": {"secret": ROW, "label": NAME, "version": ROW},
    "audit_events": {
        "id": ROW, "at": TIME, "operation": TEXT, "secret": MAYBE_ROW, "event": TEXT, "chain": BYTES, "latest": DAY,
        "sum": ColumnRule(bytes, None, is_optional=True), "numbers": MAYBE_ROW, "commits": MAYBE_ROW,
    },
    "audit_index": {"subject": ROW, "number": ROW},
    "replicas": {
        "secret": ROW, "region": TEXT, "kms_key_id": MAYBE_TEXT, "overwrite": FLAG,
        "status": _make_choice("Failed", "InProgress", "InSync", "Failed"), "message": MAYBE_TEXT,
    },
    "audit_start": {"one": ROW, "dropped": ROW, "chain": BYTES},
    "functions": {
        "region": TEXT, "name": NAME, "kind": _make_choice(UNREADABLE, "password", "command"), "settings": TEXT,
        "created_at": TIME,
    },
    "rotations": {
        "secret": ROW, "enabled": FLAG, "function": TEXT,
        "after_days": ColumnRule(int, None, is_optional=True, most=MAX_ROTATION_DAYS),
        "expression": MAYBE_TEXT, "duration": MAYBE_TEXT, "rotated_at": MAYBE_TIME, "counts_from": TIME,
        "opens_at": MAYBE_TIME, "due_by": MAYBE_TIME,
    },
    "runs": {
        "secret": ROW, "kind": _make_choice("rotation", "rotation", "test"), "token": TEXT,
        "step": _make_choice("createSecret", "createSecret", "setSecret", "testSecret", "finishSecret"),
        "state": _make_choice("failed", "waiting", "done", "failed"), "attempts": COUNT, "not_before": DAY,
        "held_by": MAYBE_TEXT, "held_until": DAY, "message": TEXT, "changed_at": TIME,
    },
    "policies": {"secret": ROW, "policy": TEXT},
    "digest": {"one": ROW, "sum": BYTES, "numbers": ROW, "commits": ROW, "event": ROW},
    "key_policies": {"key": ROW, "policy": TEXT},
    "key_tags": {"key": ROW, "tag": TEXT, "value": TEXT},
    "callers": {
        "name": NAME, "access_key_id": TEXT, "arn": TEXT, "identity": _make_choice("none", "none", "admin"),
        "secret_key": BYTES, "created_at": TIME,
    },
    "kept_indexes": {"context": TEXT, "region": TEXT, "sealed": BYTES, "stored_at": TIME},
    "staged_changes": {
        "id": ROW, "context": TEXT, "region": TEXT, "secret_id": TEXT, "kind": TEXT, "sealed": BYTES,
        "created_at": TIME,
    },
}
# Columns whose text is a JSON object.
JSON_COLUMNS = {"functions": ("settings",), "audit_events": ("event",)}

Row = tuple[Any, ...]


def make_row_reader(table: str, names: str) -> Callable[[Row], Row]:
    """Makes a function that reads rows of these columns: it returns the same row, or one with stand-ins.

    Args:
        names: the columns, separated by a comma and a space.
    """
    columns = [COLUMNS[table][name] for name in names.split(", ")]
    is_in_range = _compile_range_test(columns)
    # The types of rows that were sound; there are few, and to find them again is quick.
    known: set[tuple[type, ...]] = set()

    def read(found: Row) -> Row:
        if tuple(map(type, found)) in known and is_in_range(found):
            return found
        if all(column.accepts(value) for value, column in zip(found, columns, strict=True)):
            known.add(tuple(map(type, found)))
            return found
        return tuple(value if column.accepts(value) else column.stand_in
                     for value, column in zip(found, columns, strict=True))

    return read


def _compile_range_test(columns: Sequence[ColumnRule]) -> Callable[[Row], bool]:
    """A function that says whether all values of a row, whose types are right, are in the ranges of its columns."""
    tests = [column.build_range_test(f"row[{place}]") for place, column in enumerate(columns)]
    compiled: Callable[[Row], bool] = eval(f"lambda row: {' and '.join(filter(None, tests)) or True}")  # noqa: S307
    return compiled
