"""Tests of the callers that a vault stores for its endpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

import smtui
from smtui.api.errors import ClientError, VaultLockedError
from tests.conftest import PASSPHRASE


def test_a_caller_has_a_key_pair_that_stays(vault: smtui.Vault) -> None:
    added = vault.callers.add("alice", "none")
    opened = vault.callers.find_by_key(added.access_key_id)

    assert (added.name, added.identity, added.arn) == ("alice", "none", "arn:aws:iam::000000000000:user/alice")
    assert added.access_key_id.startswith("AKIA") and len(added.access_key_id) == 20
    assert opened is not None and len(opened.secret_access_key) == 40
    with vault.reopen() as again:
        assert again.callers.find_by_name("alice") == opened
        assert again.callers.list_all() == [added]
    assert opened.secret_access_key not in repr(opened)


def test_two_callers_differ(vault: smtui.Vault) -> None:
    first, second = vault.callers.add("b", "admin"), vault.callers.add("a", "none")
    found = [vault.callers.find_by_key(each.access_key_id) for each in (first, second)]

    assert len({each.secret_access_key for each in found if each}) == 2
    assert [each.name for each in vault.callers.list_all()] == ["a", "b"]
    assert vault.callers.find_by_key("AKIA" + "A" * 16) is None
    assert vault.callers.find_by_name("c") is None


@pytest.mark.parametrize(("name", "identity", "arn"), [
    ("", "none", ""), ("a b", "none", ""), ("a/b", "none", ""), ("x" * 65, "none", ""), ("ä", "none", ""),
    ("a", "owner", ""), ("a", "none", "arn:aws:s3:::bucket-of-somebody"), ("a", "none", "alice"), ("taken", "none", ""),
])
def test_what_is_refused(vault: smtui.Vault, name: str, identity: str, arn: str) -> None:
    vault.callers.add("taken", "none")
    with pytest.raises(ClientError):
        vault.callers.add(name, identity, arn)  # type: ignore[arg-type]
    assert len(vault.callers.list_all()) == 1


def test_the_audit_log_has_both_changes_and_no_secret(vault: smtui.Vault) -> None:
    vault.callers.add("alice", "none")
    found = vault.callers.find_by_name("alice")
    vault.callers.remove("alice")
    with pytest.raises(ClientError, match="no caller named alice"):
        vault.callers.remove("alice")
    events = list(vault.audit_log())

    assert [event["eventName"] for event in events[:3]] == ["DeleteCaller", "DeleteCaller", "CreateCaller"]
    assert events[2]["requestParameters"] == {"callerName": "alice", "identity": "none"}
    assert found is not None and found.secret_access_key not in str(events)


def test_the_secret_key_is_encrypted_and_gone_after_the_lock(tmp_path: Path, cheap_kdf: None) -> None:
    with smtui.create_vault(tmp_path / "v.vault", PASSPHRASE) as vault:
        vault.callers.add("alice", "none")
        found = vault.callers.find_by_name("alice")
        assert found is not None
        row = vault._state.database.fetch_row("SELECT secret_key FROM callers", ())
        assert row is not None and found.secret_access_key.encode() not in row[0]
    with pytest.raises(VaultLockedError):
        vault.callers.list_all()


def test_a_check_and_a_backup_have_the_callers(vault: smtui.Vault, tmp_path: Path) -> None:
    vault.callers.add("alice", "none")
    vault.maintenance.backup(tmp_path / "copy.vault")
    assert vault.maintenance.check().clean
    with smtui.open_vault(tmp_path / "copy.vault", key=vault.unlock_key()) as copy:
        assert copy.callers.find_by_name("alice") == vault.callers.find_by_name("alice")


def test_a_new_passphrase_keeps_the_keys(vault: smtui.Vault) -> None:
    vault.callers.add("alice", "none")
    before = vault.callers.find_by_name("alice")
    vault.maintenance.change_passphrase("another passphrase, long enough")

    assert vault.callers.find_by_name("alice") == before
