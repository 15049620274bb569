"""Tests of the schema check: a file with any other schema is refused before any row is read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

import smtui
from smtui.cli.main import run
from smtui.vault import kdf, opening, schema_check
from smtui.vault.schema import MIGRATIONS
from tests.conftest import PASSPHRASE, by_another_program
from tests.vault.conftest import FORMATS, SAMPLES, VALUES, read_all


def make_alteration(name: str, text: str, other: str) -> str:
    """Returns a statement that changes the text of a table's definition."""
    return f"UPDATE sqlite_schema SET sql = replace(sql, '{text}', '{other}') WHERE name = '{name}'"


CHANGES = {
    "a trigger that swallows policies":
        "CREATE TRIGGER t BEFORE INSERT ON labels BEGIN SELECT raise(IGNORE); END",
    "a view": "CREATE VIEW v AS SELECT 1",
    "a view instead of a table": "ALTER TABLE tags RENAME TO hidden; CREATE VIEW tags AS SELECT * FROM hidden",
    "a table": "CREATE TABLE more (x)",
    "a virtual table": "CREATE VIRTUAL TABLE more USING fts5 (x)",
    "a column": "ALTER TABLE secrets ADD COLUMN more",
    "a generated column": "ALTER TABLE secrets ADD COLUMN more GENERATED ALWAYS AS (name)",
    "an index": "CREATE INDEX more ON secrets (name)",
    "an index on an expression": "CREATE INDEX more ON secrets (upper(name))",
    "an index that is gone": "DROP INDEX secrets_by_change",
    "another index of that name": "DROP INDEX secrets_by_change; CREATE INDEX secrets_by_change ON secrets (name)",
    "a table that is gone": "DROP TABLE labels",
    "statistics": "ANALYZE",
    "another type": make_alteration("secrets", "name TEXT NOT NULL", "name BLOB"),
    "no constraint": make_alteration("versions", "CHECK (form IN (''string'', ''binary''))", ""),
    "another tokenizer": make_alteration("words", "detail=column", "detail=full"),
    "another module": "UPDATE sqlite_schema SET sql = 'CREATE VIRTUAL TABLE words USING fts4(x)' WHERE name = 'words'",
    "no text": "UPDATE sqlite_schema SET sql = CAST(x'ff' AS TEXT) WHERE name = 'secrets_by_change'",
}


@pytest.fixture
def key(path: Path) -> bytes:
    return kdf.FileKeys.from_passphrase(PASSPHRASE, path.read_bytes()[:16]).unlock_key()


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("number", FORMATS)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_schema_that_is_not_ours_is_refused(
    tmp_path: Path, sample_keys: dict[int, bytes], number: int, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of every format are refused before their migration. They are not changed, and no backup is made."""
    path = tmp_path / "sample.vault"
    shutil.copyfile(SAMPLES / f"format-{number}.vault", path)
    path.chmod(0o600)
    by_another_program(path, sample_keys[number], change)
    before = contents(tmp_path)

    for read_only in (False, True):
        with pytest.raises(smtui.VaultDamagedError, match="is damaged"):
            smtui.open_vault(path, key=sample_keys[number], read_only=read_only)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("change", [CHANGES["a view"], CHANGES["a trigger that swallows policies"]])
def test_the_command_line_says_so(
    path: Path, key: bytes, change: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    by_another_program(path, key, change)
    for argv in (["ls"], ["check"], ["backup", str(path.with_name("copy"))]):
        monkeypatch.setenv("SMTUI_PASSPHRASE", PASSPHRASE)
        assert run(["--vault", str(path), *argv]) == 4
        output = capsys.readouterr()
        assert output.out == ""
        assert "is damaged, or was created by someone else: it holds the " in output.err
        assert "Traceback" not in output.err
    assert not path.with_name("copy").exists()


def test_where_the_recovery_code_opens_it(path: Path, key: bytes) -> None:
    with smtui.open_vault(path, PASSPHRASE) as vault:
        vault.maintenance.change_passphrase("another one")
        code, key = vault.maintenance.take_recovery_code(), vault.unlock_key()
    by_another_program(path, key, CHANGES["a view"])

    with pytest.raises(smtui.VaultDamagedError, match="the view v"):
        smtui.open_vault(path, recovery_code=code)


@pytest.mark.parametrize("change", [
    "CREATE TRIGGER t AFTER INSERT ON labels BEGIN DELETE FROM policies; END", "CREATE TABLE more (x)",
    "DROP INDEX secrets_by_change",
])
@pytest.mark.parametrize("call", [
    lambda vault: vault.client().list_secrets(),
    lambda vault: vault.client().put_secret_value(SecretId="prod/db", SecretString="new"),
    lambda vault: vault.maintenance.backup(vault.path.with_name("copy")),
    lambda vault: vault.reopen(),
    lambda vault: vault.maintenance.change_passphrase("another one"),
], ids=["list", "put", "backup", "opened again", "passphrase"])
def test_a_schema_that_changes_while_the_vault_is_open(
    path: Path, key: bytes, change: str, call: Callable[[smtui.Vault], object]
) -> None:
    """After another program changes the schema, calls are refused and leave no other files; the check reports it."""
    with smtui.open_vault(path, PASSPHRASE) as vault:
        by_another_program(path, key, change)
        with pytest.raises(smtui.VaultError):
            call(vault)
        assert not [name for name in contents(path.parent) if not name.startswith(path.name)]
        findings = {finding.area for finding in vault.maintenance.check().findings}
        assert "file" in findings


def test_no_trigger_and_no_view_is_run(path: Path, key: bytes) -> None:
    """SQLite executes no trigger and no view, even if the file contains one."""
    file = opening.open_file(path, kdf.FileKeys.from_key(key))
    file.run("CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM secrets; END")
    file.run("INSERT INTO meta VALUES ('more', '')")
    assert file.fetch_row("SELECT count(*) FROM secrets") == (len(VALUES),)
    file.run("CREATE VIEW v AS SELECT 1")
    with pytest.raises(smtui.VaultError):
        file.fetch_row("SELECT * FROM v")
    file.drop()


def test_every_connection_is_on_its_guard(path: Path, key: bytes) -> None:
    for read_only in (False, True):
        file = opening.open_file(path, kdf.FileKeys.from_key(key), read_only=read_only)
        for name, on in opening.CONFIGURATION.items():
            assert file.connection.config(name, -1) == on
        assert file.connection.pragma("cell_size_check") == 1
        assert file.connection.pragma("trusted_schema") == 0
        for statement in ("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = ''",
                          "DELETE FROM words_data", "SELECT load_extension('x')", 'SELECT "no column"'):
            with pytest.raises(smtui.VaultError):
                file.run(statement)
        file.drop()
    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert read_all(vault) == VALUES


@pytest.mark.parametrize("number", range(1, len(MIGRATIONS) + 1))
def test_the_numbers_we_know_are_those_of_our_statements(number: int) -> None:
    """The stored hashes match `schema`. Otherwise, every start would have to build the schema for the comparison."""
    entries = list(schema_check._list_expected(number))

    assert schema_check.hash_schema(entries) == schema_check.SCHEMA_HASHES[number]


def test_statements_that_a_later_library_writes_differently(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a later SQLite formats statements differently, the file is compared with what it makes of the schema."""
    monkeypatch.setattr(schema_check, "SCHEMA_HASHES", dict.fromkeys(schema_check.SCHEMA_HASHES, "another"))

    with smtui.open_vault(path, PASSPHRASE) as vault:
        assert vault.maintenance.check().clean


def test_a_temporary_object_is_not_ours(path: Path, key: bytes) -> None:
    file = opening.open_file(path, kdf.FileKeys.from_key(key))
    connection: apsw.Connection = file.connection
    connection.execute("CREATE TEMP TABLE secrets (x)")

    assert list(schema_check.find_differences(connection, len(MIGRATIONS))) == [
        "it holds the temporary table secrets, which smtui does not create."
    ]
    file.drop()
