"""Tests of the rows of the audit log: their numbers, the state of the digest in the newest one, the index by secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.vault import audit_log
from tests.conftest import PASSPHRASE, Clock, by_another_program

FRAME = 4096 + 24
"""Bytes that one page takes in the write-ahead log."""


@pytest.fixture
def vault(tmp_path: Path) -> smtui.Vault:
    vault = smtui.create_vault(tmp_path / "v.vault", PASSPHRASE, clock=Clock())
    for name in ("a", "b"):
        vault.client().create_secret(Name=name, SecretString="x")
        vault.client().get_secret_value(SecretId=name)
    return vault


def count_pages(vault: smtui.Vault, call: Any) -> int:
    """Returns how many pages of the file a call writes."""
    vault._state.database.checkpoint()
    call()
    return (vault.path.with_name(f"{vault.path.name}-wal").stat().st_size - 32) // FRAME


def read_digest_row(vault: smtui.Vault) -> Any:
    return vault._state.database.fetch_row("SELECT * FROM digest")


def test_a_read_writes_one_page(vault: smtui.Vault) -> None:
    """A full page takes others for the next event, and those that name them."""
    pages = [count_pages(vault, lambda: vault.client().get_secret_value(SecretId="a")) for _ in range(20)]

    assert sorted(pages)[:14] == [1] * 14
    assert max(pages) <= 5


def test_the_digest_row_is_written_only_without_an_event(vault: smtui.Vault) -> None:
    before = read_digest_row(vault)
    vault.client().put_secret_value(SecretId="a", SecretString="y")
    vault.client().list_secrets()
    with vault.transaction():
        vault.client().create_secret(Name="c")
        vault.client().delete_secret(SecretId="c", ForceDeleteWithoutRecovery=True)
    assert read_digest_row(vault) == before

    database = vault._state.database
    for number in range(2):
        with database.transaction():
            database.run("INSERT INTO meta VALUES (?, '')", (f"without event {number}",))
        assert vault.maintenance.check().clean
    assert read_digest_row(vault) != before
    vault.client().list_secrets()
    assert vault.maintenance.check().clean
    vault.close()


def test_changes_are_counted_wherever_the_count_is_stored(vault: smtui.Vault) -> None:
    from smtui.vault import digest

    database = vault._state.database
    before = digest.count_commits(database)
    vault.client().put_secret_value(SecretId="a", SecretString="y")
    vault.client().get_secret_value(SecretId="a")
    with database.transaction():
        database.run("INSERT INTO meta VALUES ('without event', '')")
    with vault.transaction():
        vault.client().create_secret(Name="c")
        vault.client().create_secret(Name="d")
    assert digest.count_commits(database) == before + 3
    vault.close()


def test_numbers_are_never_given_twice(vault: smtui.Vault) -> None:
    """The newest event is never dropped, whatever its age, and the next number follows from it."""
    database = vault._state.database
    newest = audit_log.read_newest_number(database)
    with database.transaction():
        assert audit_log.drop_events_before(database, 2**62) == newest - 1
    assert audit_log.read_newest_number(database) == newest
    vault.client().list_secrets()
    assert audit_log.read_newest_number(database) == newest + 1
    assert vault.maintenance.check().clean
    vault.close()


@pytest.mark.parametrize("together", [1, 7])
def test_events_are_found_by_their_secret_in_the_index_and_after_it(
    vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    """However many events are in the index, each is found once, newest first, as by reading all events."""
    monkeypatch.setattr(audit_log, "BATCH_INDEXED", 8)
    database, client = vault._state.database, vault.client()
    with database.transaction():
        database.run("INSERT INTO audit_index SELECT secret, id FROM audit_events WHERE secret IS NOT NULL AND id <= ?",
                     (audit_log.read_newest_number(database) // 8 * 8,))
    for number in range(30):
        client.get_secret_value(SecretId="ab"[number % 3 == 0])
        if number % together == 0:
            for name in ("a", "b"):
                expected = [each["eventID"] for each in vault.audit_log()
                            if (each["requestParameters"] or {}).get("secretId", each["requestParameters"].get("name"))
                            == name]
                assert [each["eventID"] for each in vault.audit_log(secret_id=name)] == expected
    assert database.fetch_row("SELECT count(*) FROM audit_index") != (0,)
    assert vault.maintenance.check().clean
    with database.transaction():
        audit_log.drop_events_before(database, 2**62)
    assert database.fetch_row("SELECT count(*) FROM audit_index") == (0,)
    assert vault.maintenance.check().clean
    vault.close()


@pytest.mark.parametrize("statement", [
    "DELETE FROM audit_index WHERE number = (SELECT max(number) FROM audit_index)",
    "INSERT INTO audit_index VALUES (1, 3)",
    "INSERT INTO audit_index VALUES (2, 600)",
])
def test_a_wrong_index_is_found_by_the_check(vault: smtui.Vault, statement: str) -> None:
    with vault.transaction():
        for _ in range(520):
            vault.client().describe_secret(SecretId="a")
    key = vault.unlock_key()
    assert vault.maintenance.check().clean
    vault.close()
    by_another_program(vault.path, key, statement)

    with smtui.open_vault(vault.path, key=key, clock=Clock()) as opened:
        sentences = [each.sentence for each in opened.maintenance.check().findings]
        assert "The index of the audit log by secret has 1 wrong entry." in sentences


def test_an_index_is_used_for_the_events_of_a_secret(vault: smtui.Vault) -> None:
    """Older events are not read one by one, whatever else is asked for."""
    with vault.transaction():
        for _ in range(520):
            vault.client().describe_secret(SecretId="a")
    plans: list[str] = []
    real = vault._state.database.fetch_rows

    def explain(sql: str, bindings: Any = ()) -> Any:
        if "ORDER BY" in sql and "LIMIT" in sql:
            plans.extend(str(row[3]) for row in real(f"EXPLAIN QUERY PLAN {sql}", bindings))
        return real(sql, bindings)

    vault._state.database.fetch_rows = explain  # type: ignore[method-assign]
    assert len(list(vault.audit_log(secret_id="a"))) == 522
    assert not [plan for plan in plans if plan.startswith("SCAN") or "TEMP B-TREE" in plan], plans
    vault.close()
