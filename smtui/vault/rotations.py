"""The rows of rotation: functions, the rotation settings of secrets, and the current or last run of each secret."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any, Literal

from smtui.vault.columns import make_row_reader
from smtui.vault.database import Database

Kind = Literal["rotation", "test"]
State = Literal["waiting", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Function:
    """A rotation function; `settings` is JSON, `kind` is 'password' or 'command', times are in milliseconds."""

    region: str
    name: str
    kind: str
    settings: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """The rotation settings of a secret. The next window opens at `opens_at`; `due_by` is NextRotationDate.

    The schedule counts from `counts_from`: the last rotation, or else the time when rotation was set up. Times are in
    milliseconds.
    """

    secret: int
    enabled: bool
    function: str
    after_days: int | None
    expression: str | None
    duration: str | None
    rotated_at: int | None
    counts_from: int
    opens_at: int | None
    due_by: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """One rotation of a secret, or a test of one, at a step. `held_by` works on it until `held_until` at most."""

    secret: int
    kind: Kind
    token: str
    step: str
    state: State
    attempts: int
    not_before: int
    held_by: str | None
    held_until: int
    message: str
    changed_at: int


_read_function = make_row_reader("functions", "region, name, kind, settings, created_at")
_read_rotation = make_row_reader("rotations", ", ".join(each.name for each in fields(Rotation)))
_read_run = make_row_reader("runs", ", ".join(each.name for each in fields(Run)))


def _make_rotation(found: tuple[Any, ...]) -> Rotation:
    secret, enabled, *rest = _read_rotation(found)
    return Rotation(secret, bool(enabled), *rest)


def add_function(database: Database, function: Function) -> None:
    database.run("INSERT INTO functions VALUES (?, ?, ?, ?, ?)", astuple(function))


def replace_function(database: Database, function: Function) -> None:
    """Replaces kind and settings of a function."""
    database.run("UPDATE functions SET kind = ?, settings = ? WHERE region = ? AND name = ?",
                 (function.kind, function.settings, function.region, function.name))


def remove_function(database: Database, region: str, name: str) -> None:
    database.run("DELETE FROM functions WHERE region = ? AND name = ?", (region, name))


def find_function(database: Database, region: str, name: str) -> Function | None:
    found = database.fetch_row("SELECT * FROM functions WHERE region = ? AND name = ?", (region, name))
    return Function(*_read_function(found)) if found else None


def list_functions(database: Database, region: str) -> list[Function]:
    return [Function(*_read_function(found)) for found in
            database.fetch_rows("SELECT * FROM functions WHERE region = ? ORDER BY name", (region,))]


def find_rotation(database: Database, secret: int) -> Rotation | None:
    return find_rotations(database, [secret]).get(secret)


def find_rotations(database: Database, secrets: Sequence[int]) -> dict[int, Rotation]:
    """The rotation settings by secret row, for the secrets that have any."""
    return {found[0]: _make_rotation(found) for found in database.fetch_rows(
        f"SELECT * FROM rotations WHERE secret IN ({', '.join('?' * len(secrets))})", tuple(secrets)
    )}


def save_rotation(database: Database, rotation: Rotation) -> None:
    database.run("INSERT OR REPLACE INTO rotations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(rotation))


def list_open(database: Database, now: int) -> list[Rotation]:
    """The rotations whose window has opened, and may have closed since, oldest first."""
    return [_make_rotation(found) for found in database.fetch_rows(
        "SELECT * FROM rotations WHERE enabled AND opens_at IS NOT NULL AND opens_at <= ? ORDER BY opens_at", (now,)
    )]


def count_users(database: Database, function: str) -> int:
    """How many secrets a function (its ARN) rotates."""
    found = database.fetch_row("SELECT count(*) FROM rotations WHERE enabled AND function = ?", (function,))
    return int(found[0]) if found else 0


def list_user_names(database: Database, function: str, most: int) -> list[str]:
    """The names of secrets that a function rotates, in order."""
    return [name for (name,) in database.fetch_rows(
        "SELECT s.name FROM rotations t JOIN secrets s ON s.id = t.secret WHERE t.enabled AND t.function = ?"
        " ORDER BY s.name LIMIT ?", (function, most),
    )]


def find_run(database: Database, secret: int) -> Run | None:
    found = database.fetch_row("SELECT * FROM runs WHERE secret = ?", (secret,))
    return Run(*_read_run(found)) if found else None


def save_run(database: Database, run: Run) -> None:
    database.run("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(run))


def remove_run(database: Database, secret: int) -> None:
    database.run("DELETE FROM runs WHERE secret = ?", (secret,))


_WINDOW_OPEN = (
    "FROM rotations t JOIN secrets s ON s.id = t.secret"
    " WHERE t.enabled AND t.opens_at IS NOT NULL AND t.opens_at <= :now AND s.delete_at IS NULL"
)
_RUN_FREE = (
    "FROM runs r JOIN secrets s ON s.id = r.secret JOIN rotations t ON t.secret = s.id"
    " WHERE r.state = 'waiting' AND r.held_until <= :now AND r.not_before <= :now AND s.delete_at IS NULL"
)


def list_functions_with_work(database: Database, now: int) -> list[tuple[str, str]]:
    """Region and function ARN of rotations that are due, and of free runs whose pause is over."""
    return database.fetch_rows(
        f"SELECT s.region, t.function {_WINDOW_OPEN} UNION SELECT s.region, t.function {_RUN_FREE}", {"now": now}
    )


def list_names_with_work(database: Database, now: int, region: str, function: str) -> list[str]:
    """The names, in order, of the secrets of a Region that a function has to rotate now."""
    mine = "AND s.region = :region AND t.function = :function"
    return [name for (name,) in database.fetch_rows(
        f"SELECT s.name {_WINDOW_OPEN} {mine} UNION SELECT s.name {_RUN_FREE} {mine} ORDER BY 1",
        {"now": now, "region": region, "function": function},
    )]


def list_waiting_runs(database: Database) -> list[Run]:
    """Unfinished runs, except those of secrets scheduled for deletion."""
    return [Run(*_read_run(found)) for found in database.fetch_rows(
        "SELECT r.* FROM runs r JOIN secrets s ON s.id = r.secret"
        " WHERE r.state = 'waiting' AND s.delete_at IS NULL ORDER BY r.not_before"
    )]


def list_failed_names(database: Database, region: str, names: Sequence[str]) -> list[str]:
    """The secrets among these names whose last run has failed, or failed and is to be retried."""
    return [name for (name,) in database.fetch_rows(
        "SELECT s.name FROM secrets s JOIN runs r ON r.secret = s.id"
        " WHERE s.region = ? AND s.name IN (SELECT value FROM json_each(?))"
        " AND (r.state = 'failed' OR r.state = 'waiting' AND r.attempts > 0)", (region, json.dumps(names)),
    )]
