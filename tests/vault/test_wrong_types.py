"""Tests of rows with a wrong type, written with all keys: the row is shown as damaged, all others as usual."""

from __future__ import annotations

import json
import shutil
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import apsw
import pytest

import smtui
from smtui.health.finding import read_limits
from smtui.health.metadata import check_entry, check_keys, list_pending_keys
from smtui.health.secrets import check_secrets
from smtui.passphrase import strength
from smtui.passphrase.strength import Estimator
from smtui.system.settings import Settings
from smtui.vault import columns, digest, kdf, opening
from tests.conftest import PASSPHRASE, Clock
from tests.vault.conftest import CHEAP

LIMITS = read_limits(Settings())
ILL = "(SELECT min(id) FROM secrets WHERE name = 'ill')"
# For each table, a condition that selects the changed row; other rows remain valid.
ROWS = {
    "meta": "name = 'audit_days'", "keys": "description = 'ill'", "aliases": "alias = 'alias/ill'",
    "secrets": f"id = {ILL}", "tags": f"secret = {ILL} AND key = 'a'",
    "versions": f"id = (SELECT max(id) FROM versions WHERE secret = {ILL})",
    "labels": f"secret = {ILL} AND label = 'AWSCURRENT'",
    "audit_events": "id = (SELECT min(id) FROM audit_events)", "replicas": f"secret = {ILL}",
    "functions": "name = 'ill'",
    "audit_index": "number = (SELECT max(number) FROM audit_index)", "key_policies": "policy = 'ill'",
    "key_tags": "value = 'ill'", "callers": "name = 'ill'", "kept_indexes": "context = 'ill'",
    "staged_changes": "context = 'ill'",
    "rotations": f"secret = {ILL}", "runs": f"secret = {ILL}", "policies": f"secret = {ILL}",
}
# Tables with a single row: if it is damaged, the whole vault is refused as damaged.
ONE_ROW = {"audit_start": "one = 1", "digest": "one = 1"}
VITAL = {
    "account": ("meta", "name = 'account_id'"), "region": ("meta", "name = 'region_name'"),
    "internal key": ("keys", "manager = 'AWS' AND id = 1"), "internal alias": ("aliases", "alias = 'smtui/internal'"),
}
WRONG = {
    "NULL": "NULL", "a number": "7", "a negative number": "-1", "a huge number": "9223372036854775807",
    "a fraction": "1.5", "infinity": "9e999", "text": "'text'", "no UTF-8": "CAST(x'ff61' AS TEXT)",
    "a blob": "x'00ff61'", "nothing": "''", "JSON of another kind": "'[1]'",
    "JSON of an object": "'{\"eventName\": 7}'", "deep": "printf('%.*c', 5000, '[')",
}

# The short form tests each column with one of these, in turn; the long form tests each with every wrong value.
SHORT = [WRONG[each] for each in ("NULL", "a fraction", "no UTF-8", "a blob")]
# A value that is invalid in every column.
ALWAYS_WRONG = [WRONG[each] for each in ("a fraction", "infinity", "no UTF-8")]


@dataclass(frozen=True)
class Pristine:
    path: Path
    key: bytes
    digest_key: bytes
    columns: dict[str, list[str]]


@pytest.fixture(scope="session")
def pristine_life(tmp_path_factory: pytest.TempPathFactory) -> Pristine:
    """Returns a vault with a secret that uses every feature, and with other secrets."""
    path, clock = tmp_path_factory.mktemp("types") / "v.vault", Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kdf, "PROFILES", CHEAP)
        with smtui.create_vault(path, PASSPHRASE, clock=clock) as vault:
            vault.audit.set_retention(30)
            fill(vault)
            key = vault.unlock_key()
            digest_key = vault._state.key_store.derive(digest.PURPOSE)
            database = vault._state.database
            found = {table: [name for (name,) in database.fetch_rows("SELECT name FROM pragma_table_info(?)", (table,))]
                     for table in (*ROWS, *ONE_ROW)}
    return Pristine(path, key, digest_key, found)


def fill(vault: smtui.Vault) -> None:
    client, keys, functions = vault.client(), vault.keys(), vault.rotations()
    for name in ("ill", "well"):
        key = keys.create_key(Description=name)["KeyMetadata"]["KeyId"]
        keys.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:user/alice"},
        "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})
    arns = [functions.create_function(FunctionName=name, Password={"PasswordLength": 20})["FunctionArn"]
            for name in ("ill", "well")]
    for name, arn in zip(("ill", "well"), arns, strict=True):
        client.create_secret(Name=name, SecretString="first", Description=f"is {name}", KmsKeyId=f"alias/{name}",
                             Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
                             AddReplicaRegions=[{"Region": "eu-west-1"}])
        client.put_resource_policy(SecretId=name, ResourcePolicy=policy)
        client.rotate_secret(SecretId=name, RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 30})
        client.get_secret_value(SecretId=name)
    database = vault._state.database
    with database.transaction():
        key = database.fetch_row("SELECT max(id) FROM keys")
        database.run("INSERT INTO key_policies VALUES (?, 'ill')", key)
        database.run("INSERT INTO key_tags (key, tag, value) VALUES (?, 'a', 'ill')", key)
        database.run("INSERT INTO callers VALUES ('ill', 'AKIA', 'arn', 'none', x'00', 1)")
        database.run("INSERT INTO kept_indexes VALUES ('ill', 'us-east-1', x'00', 1)")
        database.run("INSERT INTO staged_changes VALUES (1, 'ill', 'us-east-1', 'a', 'PutSecretValue', x'00', 1)")
        database.run("INSERT INTO audit_index VALUES (1, 1)")
    client.create_secret(Name="planned", SecretString="x")
    client.delete_secret(SecretId="planned")


def alter(path: Path, key: bytes, digest_key: bytes, table: str, column: str, where: str, value: str) -> bool:
    """Writes a value that the table's definition forbids, and updates the digest."""
    keys = kdf.FileKeys.from_key(key)

    def connect() -> apsw.Connection:
        file = apsw.Connection(str(path))
        for each in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{keys.page.hex()}{keys.salt.hex()}'\"",
                     "writable_schema = ON", "ignore_check_constraints = ON"):
            file.execute(f"PRAGMA {each}").fetchall()
        return file

    file = connect()
    [(was,)] = file.execute("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", (table,)).fetchall()
    loose = was.replace(" NOT NULL", "").replace(" TEXT", "").replace(" BLOB", "")
    loose = loose.replace("INTEGER PRIMARY KEY", "@").replace(" INTEGER", "").replace("@", "INTEGER PRIMARY KEY")
    file.execute("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?", (loose, table))
    file.close()
    file = connect()
    try:
        file.execute(f"UPDATE {table} SET {column} = {value} WHERE {where}")
        assert file.changes() == 1
    except (apsw.MismatchError, apsw.ConstraintError):
        return False  # SQLite cannot store such a row
    finally:
        file.execute("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?", (was, table))
        file.close()
    opened = opening.open_file(path, keys)
    if table != "digest":
        with opened.transaction():
            opened.observe(digest.start(opened, digest_key))
    opened.close()
    return True


class Answers:
    """Calls everything that a user can see, and collects the errors."""

    def __init__(self, vault: smtui.Vault) -> None:
        self.vault = vault
        self.refused: list[str] = []

    def ask(self, what: str, call: Any, *allowed: type[Exception]) -> Any:
        try:
            return call()
        except allowed as error:
            self.refused.append(f"{what}: {error}")
            return None

    def everything(self) -> None:
        vault, client = self.vault, self.vault.client()
        entries = client.list_secrets(IncludePlannedDeletion=True)["SecretList"]
        assert {"well", "planned"} <= {entry["Name"] for entry in entries}
        for entry in entries:
            list(check_entry(entry, vault.now(), LIMITS))
            one_only = (smtui.ClientError, smtui.VaultDamagedError) if entry["Name"] != "well" else ()
            for call in (client.describe_secret, client.list_secret_version_ids, client.get_secret_value,
                         client.get_resource_policy, vault.rotations().describe_rotation):
                self.ask(call.__name__, lambda: call(SecretId=entry["ARN"]), *one_only)  # noqa: B023
        assert {event["eventName"] for event in vault.audit_log()} >= {"RotateSecret"}
        list(vault.audit_log(outcome="done", caller="root"))
        assert "well" in {each["FunctionName"] for each in vault.rotations().list_functions()["Functions"]}
        for each in vault.keys().list_keys()["Keys"]:
            vault.keys().describe_key(KeyId=each["KeyId"])
        vault.keys().list_aliases()
        vault.key_usage.count_versions_by_key()
        check_keys(vault, "us-east-1", list_pending_keys(vault, "us-east-1"))
        check_secrets(vault, "us-east-1", LIMITS, lambda *_: None)
        vault.regions()
        vault.scheduler.list_waiting_functions()
        vault.scheduler.list_waiting()
        vault.scheduler.has_due()
        vault.scheduler.run_due()
        client.list_secrets(Filters=[{"Key": "all", "Values": ["is"]}])
        client.create_secret(Name="new", SecretString="x")


TABLES = {**ROWS, **ONE_ROW}


@pytest.fixture(autouse=True)
def estimate_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Estimates passwords in this process, as a process for each vault takes most of the time."""
    def estimate(self: Estimator, text: str) -> float:
        return strength._estimate_bits(text.encode("utf-8", "replace"))

    monkeypatch.setattr(Estimator, "estimate_bits", estimate)


@pytest.mark.parametrize("table", TABLES)
def test_one_wrong_type(pristine_life: Pristine, tmp_path: Path, table: str) -> None:
    """Tests each column of each table. If the whole vault depends on the row, it is refused with a message."""
    cases = zip(pristine_life.columns[table], cycle(SHORT), strict=False)
    assert find_problems(pristine_life, tmp_path, table, cases) == []


@pytest.mark.long
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_every_wrong_type(pristine_life: Pristine, tmp_path: Path, table: str, wrong: str) -> None:
    cases = [(column, wrong) for column in pristine_life.columns[table]]
    assert find_problems(pristine_life, tmp_path, table, cases) == []


def find_problems(
    pristine_life: Pristine, folder: Path, table: str, cases: Iterable[tuple[str, str]]
) -> list[tuple[str, ...]]:
    """Changes one column at a time in a copy of the vault, and returns the columns whose change breaks other rows."""
    problems = []
    for column, wrong in cases:
        path = folder / f"{column}.vault"
        shutil.copyfile(pristine_life.path, path)
        path.chmod(0o600)
        try:
            if not alter(path, pristine_life.key, pristine_life.digest_key, table, column, TABLES[table], wrong):
                continue
            with smtui.open_vault(path, key=pristine_life.key, clock=Clock()) as vault:
                if wrong in ALWAYS_WRONG:
                    assert not vault.maintenance.check().clean
                Answers(vault).everything()
        except smtui.VaultError as error:
            if table not in ONE_ROW and (column, wrong) != ("id", WRONG["a huge number"]):
                problems.append((column, repr(error), where_of(error)))
        except Exception as error:
            problems.append((column, repr(error)[:200], where_of(error)))
    return problems


def where_of(error: BaseException) -> str:
    cause = error.__cause__ or error.__context__ or error
    places = traceback.extract_tb(cause.__traceback__)[-4:]
    return " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in reversed(places))


@pytest.fixture
def altered(pristine_life: Pristine, tmp_path: Path) -> Iterator[Any]:
    """Yields a function that opens the vault after it changes one value."""
    opened = []

    def alter_and_open(table: str, column: str, where: str, value: str) -> smtui.Vault:
        path = tmp_path / "altered.vault"
        shutil.copyfile(pristine_life.path, path)
        path.chmod(0o600)
        assert alter(path, pristine_life.key, pristine_life.digest_key, table, column, where, value)
        opened.append(smtui.open_vault(path, key=pristine_life.key, clock=Clock()))
        return opened[-1]

    yield alter_and_open
    for vault in opened:
        vault.close()


@pytest.mark.parametrize(("table", "where"), VITAL.values(), ids=VITAL)
def test_what_the_whole_vault_hangs_on(pristine_life: Pristine, altered: Any, table: str, where: str) -> None:
    """The vault is refused with a message."""
    for column in set(pristine_life.columns[table]) & {"value", "wrapped", "key"}:
        with pytest.raises(smtui.SmtuiError):
            altered(table, column, where, "x'00ff61'")


@pytest.mark.parametrize("column", ["description", "changed_at", "kms_key_id", "suffix"])
def test_a_damaged_secret_is_shown_as_one(altered: Any, column: str) -> None:
    """The secret stays in its place in the list with its readable fields; the check names the column."""
    vault = altered("secrets", column, f"id = {ILL}", "x'00'")
    entries = {entry["Name"]: entry for entry in vault.client().list_secrets()["SecretList"]}

    assert "damaged" in entries["ill"]["Description"]
    assert entries["well"]["Description"] == "is well"
    assert f"Column {column} of secrets has invalid values in 1 row." in sentences(vault)


@pytest.mark.parametrize("event", ["'no JSON'", "x'7b7d'", "'[]'", "'{\"eventName\": 7}'", "printf('%.*c', 900, '[')"])
def test_a_damaged_event_is_shown_as_one(altered: Any, event: str) -> None:
    """The event keeps its number and operation. All other events are listed, with and without filters."""
    vault = altered("audit_events", "event", "id = 3", event)
    everything = list(vault.audit_log())

    [damaged] = [each for each in everything if each.get("errorCode") == "UnreadableEvent"]
    assert damaged["eventID"] == "row 3"
    assert damaged["eventName"] != ""
    assert len(everything) > 20
    assert list(vault.audit_log(operation="CreateSecret", outcome="done", secret_id="well"))
    assert any("audit log" in sentence or "event of audit_events" in sentence for sentence in sentences(vault))


def test_a_function_whose_settings_are_none(altered: Any) -> None:
    """Its rotations fail, those of other functions continue."""
    vault = altered("functions", "settings", "name = 'ill'", "'[1]'")
    functions = {each["FunctionName"]: each for each in vault.rotations().list_functions()["Functions"]}

    assert functions["ill"]["Unreadable"]
    assert functions["well"]["Password"] == {"PasswordLength": 20}
    assert "Column settings of functions has invalid values in 1 row." in sentences(vault)


def sentences(vault: smtui.Vault) -> list[str]:
    return [finding.sentence for finding in vault.maintenance.check().findings]


def test_every_column_is_declared(pristine_life: Pristine) -> None:
    """Every new column must declare its valid types."""
    declared = {table: sorted(each) for table, each in columns.COLUMNS.items()}
    assert declared == {table: sorted(each) for table, each in pristine_life.columns.items()}
