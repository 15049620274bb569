"""Tests of the audit log: each call, also a refused one, adds one event in the same transaction."""

import contextlib

import pytest

import smtui
from smtui.engine.client import LocalAccessClient, LocalClient, LocalKeyClient, LocalRotationClient
from tests.conftest import by_another_program


def test_one_event_per_call_with_cloudtrails_names(vault, client) -> None:
    before = len(list(vault.audit_log()))

    answer = client.create_secret(Name="a", SecretString="hunter2", Tags=[{"Key": "k", "Value": "v"}])

    events = list(vault.audit_log())
    assert len(events) == before + 1
    event = events[0]
    assert event["eventSource"] == "secretsmanager.amazonaws.com"
    assert event["eventName"] == "CreateSecret"
    assert event["eventID"] == answer["ResponseMetadata"]["RequestId"]
    assert event["eventTime"] == "2026-03-02T12:00:00Z"
    assert event["awsRegion"] == "us-east-1"
    assert event["userIdentity"]["arn"] == "arn:aws:iam::000000000000:root"
    assert event["requestParameters"]["name"] == "a"
    assert event["requestParameters"]["secretString"] == "HIDDEN_DUE_TO_SECURITY_REASONS"
    assert event["responseElements"]["arn"] == answer["ARN"]
    assert event["readOnly"] is False
    assert "errorCode" not in event
    assert "hunter2" not in repr(events)


def test_a_refusal_is_recorded_and_changes_nothing_else(vault, client) -> None:
    with pytest.raises(smtui.ClientError) as caught:
        client.get_secret_value(SecretId="missing")

    event = next(vault.audit_log())
    assert (event["errorCode"], event["readOnly"]) == ("ResourceNotFoundException", True)
    assert event["eventID"] == caught.value.response["ResponseMetadata"]["RequestId"]


def test_a_batch_has_an_event_for_each_secret(vault, client) -> None:
    client.create_secret(Name="a", SecretString="1")
    before = len(list(vault.audit_log()))

    client.batch_get_secret_value(SecretIdList=["a", "missing"])

    new = list(vault.audit_log())[: len(list(vault.audit_log())) - before]
    assert sorted(e["eventName"] for e in new) == ["BatchGetSecretValue", "GetSecretValue", "GetSecretValue"]
    assert len({e["eventID"] for e in new}) == 3
    assert len({e["requestID"] for e in new}) == 1


def test_the_trail_can_be_asked(vault, client, clock) -> None:
    client.create_secret(Name="a", SecretString="1")
    clock.forward(hours=1)
    client.create_secret(Name="b", SecretString="1")
    client.get_secret_value(SecretId="a")

    assert [e["eventName"] for e in vault.audit_log(secret_id="a")] == ["GetSecretValue", "CreateSecret"]
    assert len(list(vault.audit_log(operation="CreateSecret"))) == 2
    assert len(list(vault.audit_log(since=clock()))) == 2
    assert len(list(vault.audit_log(until=clock()))) == 1
    assert len(list(vault.audit_log(limit=1))) == 1


@pytest.fixture
def people(vault) -> dict:
    """Returns clients of three callers, each of which called GetSecretValue for an existing and a missing secret."""
    account = vault.account_id
    clients = {
        "alice": vault.client(caller=f"arn:aws:iam::{account}:user/alice"),
        "bob": vault.client(caller=f"arn:aws:sts::{account}:assumed-role/ops/bob"),
        "eve": vault.client(caller="arn:aws:iam::111111111111:user/alice-and-bob"),
    }
    arn = vault.client().create_secret(Name="a", SecretString="1")["ARN"]
    for client in clients.values():
        for secret in (arn, "missing"):
            with contextlib.suppress(smtui.ClientError):
                client.get_secret_value(SecretId=secret)
    return clients


@pytest.mark.parametrize(("asked", "found"), [
    ({"caller": "user/alice"}, 2),
    ({"caller": "arn:aws:iam::000000000000:user/alice"}, 2),
    ({"caller": "alice"}, 0),
    ({"caller": "assumed-role/ops/bob"}, 2),
    ({"caller": "%"}, 0),
    ({"outcome": "done"}, 3),
    ({"outcome": "refused"}, 4),
    ({"outcome": "AccessDeniedException"}, 1),
    ({"outcome": "ResourceNotFoundException"}, 3),
    ({"outcome": "refused", "caller": "user/alice"}, 1),
    ({"outcome": "done", "secret_id": "a", "operation": "GetSecretValue"}, 2),
    ({"secret_id": "a"}, 4),
])
def test_the_trail_is_asked_for_callers_and_outcomes(vault, people, asked, found) -> None:
    """Filters accept whole ARNs or their end, "done", "refused" or an error code; all filters must match."""
    assert len(list(vault.audit_log(**asked))) == found


def test_a_deleted_secret_is_found_by_its_name(vault, client) -> None:
    """The name finds the events of deleted secrets too. The ARN distinguishes them from those of a new secret."""
    first = client.create_secret(Name="a", SecretString="1")["ARN"]
    client.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True)
    assert [event["eventName"] for event in vault.audit_log(secret_id="a")] == ["DeleteSecret", "CreateSecret"]
    second = client.create_secret(Name="a", SecretString="2")["ARN"]

    assert len(list(vault.audit_log(secret_id="a"))) == 3
    assert [event["eventName"] for event in vault.audit_log(secret_id=first)] == ["DeleteSecret", "CreateSecret"]
    assert [event["eventName"] for event in vault.audit_log(secret_id=second)] == ["CreateSecret"]


def test_a_name_is_asked_for_in_its_region(vault, client) -> None:
    client.create_secret(Name="a")
    far = vault.client(region_name="eu-west-1")
    far.create_secret(Name="a")
    far.describe_secret(SecretId="a")

    assert len(list(vault.audit_log(secret_id="a"))) == 1
    assert len(list(vault.audit_log(secret_id="a", region_name="eu-west-1"))) == 2


TAMPERING = [
    "UPDATE audit_events SET event = replace(event, 's2', 's9') WHERE id = {middle}",
    "UPDATE audit_events SET at = at + 1 WHERE id = {middle}",
    "UPDATE audit_events SET chain = zeroblob(32) WHERE id = {middle}",
    "DELETE FROM audit_events WHERE id = (SELECT min(id) FROM audit_events)",
    "DELETE FROM audit_events WHERE id = {middle}",
    "DELETE FROM audit_events WHERE id = {last}",
    "DELETE FROM audit_events",
    "DELETE FROM audit_start",
    "INSERT INTO audit_events (at, operation, event, chain, latest)"
    " SELECT at, operation, event, chain, latest FROM audit_events WHERE id = {middle}",
]


# The shortened chain is valid; only the digest of the vault detects these changes.
CUT = ("UPDATE audit_start SET dropped = {middle}, chain = (SELECT chain FROM audit_events WHERE id = {middle});"
       " DELETE FROM audit_events WHERE id <= {middle}")
FOUND_BY_THE_DIGEST = (CUT, "DELETE FROM audit_events WHERE id = {last}", "DELETE FROM audit_events")


@pytest.mark.parametrize("change", [*TAMPERING, CUT])
@pytest.mark.parametrize("shortened", [False, True])
def test_an_altered_or_removed_event_is_found_by_check(
    vault, client, clock, tmp_path, change, shortened, days_pass
) -> None:
    """Changes at the start, in the middle and at the end are found, also after old events were dropped."""
    client.create_secret(Name="s0", SecretString="1")
    client.create_secret(Name="s1", SecretString="1")
    if shortened:
        vault.audit.set_retention(7)
        clock.forward(days=8)
        days_pass()
        assert not list(vault.audit_log(operation="CreateSecret"))
    for number in range(4):
        client.create_secret(Name=f"s2-{number}", SecretString="1")
    assert vault.maintenance.check().clean
    last = vault._state.database.fetch_row("SELECT max(id) FROM audit_events")[0]

    vault.maintenance.backup(tmp_path / "copy")
    by_another_program(tmp_path / "copy", vault.unlock_key(), change.format(middle=last - 2, last=last))

    with smtui.open_vault(tmp_path / "copy", key=vault.unlock_key(), clock=clock) as copy:
        areas = {each.area for each in copy.maintenance.check().findings}
        assert areas == {"rows"} | ({"audit log"} if change not in FOUND_BY_THE_DIGEST else set())


def test_old_events_go_and_the_rest_can_be_verified(vault, client, clock, reopen, days_pass) -> None:
    """Old events are dropped a day after a session saw that they are too old. An event records their number."""
    client.create_secret(Name="old", SecretString="1")
    vault.audit.set_retention(7)
    clock.forward(days=5)
    client.create_secret(Name="newer", SecretString="1")
    clock.forward(days=2, seconds=1)

    client.get_secret_value(SecretId="old")
    assert len(list(vault.audit_log())) == 4
    days_pass()

    assert [event["eventName"] for event in vault.audit_log()] == [
        "ListSecrets", "DropAuditEvents", "ListSecrets", "GetSecretValue", "CreateSecret"]
    dropped = next(iter(vault.audit_log(operation="DropAuditEvents")))
    assert dropped["additionalEventData"] == {"eventCount": 2, "retentionDays": 7}
    report = vault.maintenance.check()
    assert report.clean
    assert report.counted["audit events"] == 5
    clock.forward(days=400)
    days_pass()
    assert len(list(vault.audit_log())) == 3
    with reopen() as again:
        assert again.audit.retention_days == 7
        assert again.maintenance.check().clean


def test_an_event_is_kept_to_the_end_of_its_time(vault, client, clock, days_pass) -> None:
    client.create_secret(Name="a")
    vault.audit.set_retention(7)
    clock.forward(days=7)
    days_pass()
    assert len(list(vault.audit_log(operation="CreateSecret"))) == 1

    days_pass()

    assert list(vault.audit_log(operation="CreateSecret")) == []


def test_the_trail_is_kept_for_ever_unless_told(vault, client, clock) -> None:
    assert vault.audit.retention_days is None
    client.create_secret(Name="a")
    clock.forward(days=36500)
    client.list_secrets()
    assert len(list(vault.audit_log())) == 2
    vault.audit.set_retention(1)
    vault.audit.set_retention(None)

    assert vault.audit.retention_days is None
    clock.forward(days=10)
    client.list_secrets()
    assert len(list(vault.audit_log(operation="SetTrailRetention"))) == 2


def test_the_retention_is_itself_in_the_trail(vault) -> None:
    vault.audit.set_retention(30)

    event = next(vault.audit_log())
    assert (event["eventSource"], event["eventName"]) == ("smtui", "SetTrailRetention")
    assert event["requestParameters"] == {"days": 30}
    with pytest.raises(smtui.ClientError):
        vault.audit.set_retention(36501)


def test_a_long_trail_is_shortened_call_by_call(vault, client, clock, reopen) -> None:
    """Each call drops a limited number of events."""
    with vault.transaction():
        for _ in range(1100):
            client.get_random_password()
    vault.audit.set_retention(1)
    clock.forward(days=2)
    client.get_random_password()
    clock.forward(days=1)

    left = []
    with reopen() as again:
        for _ in range(4):
            again.client().get_random_password()
            left.append(len(list(again.audit_log())))
        assert again.maintenance.check().clean

    assert left == [604, 106, 7, 8]


def clients_of(vault):
    return {"client": vault.client(), "keys": vault.keys(), "rotations": vault.rotations(), "access": vault.access()}


METHODS = [
    (kind, method) for kind, operations in (
        ("client", LocalClient.operations), ("keys", LocalKeyClient.operations),
        ("rotations", LocalRotationClient.operations), ("access", LocalAccessClient.operations),
    ) for method in operations
]
RIGHT = {
    "get_secret_value": {"SecretId": "a"}, "describe_secret": {"SecretId": "a"}, "list_secrets": {},
    "batch_get_secret_value": {"SecretIdList": ["a"]}, "get_random_password": {},
    "list_secret_version_ids": {"SecretId": "a"}, "create_secret": {"Name": "b", "SecretString": "1"},
    "put_secret_value": {"SecretId": "a", "SecretString": "2"}, "list_keys": {},
    "delete_secret": {"SecretId": "a", "ForceDeleteWithoutRecovery": True}, "create_key": {},
}


def everything(vault):
    database = vault._state.database
    tables = database.fetch_rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {name: database.fetch_rows(f"SELECT * FROM {name}") for (name,) in tables if name != "words"}


@pytest.mark.parametrize(("kind", "method"), METHODS)
def test_no_trail_entry_no_operation(vault, client, kind, method) -> None:
    """If the event cannot be written, the call changes and returns nothing, also for reads and invalid requests."""
    client.create_secret(Name="a", SecretString="1")
    vault._state.database.run("CREATE TRIGGER no BEFORE INSERT ON audit_events BEGIN SELECT raise(ABORT, 'no'); END")
    before = everything(vault)

    with pytest.raises(smtui.VaultError):
        getattr(clients_of(vault)[kind], method)(**RIGHT.get(method, {}))
    assert everything(vault) == before
    vault._state.database.run("DROP TRIGGER no")


def test_callers(vault) -> None:
    """The event contains the caller. A caller without identity-based permissions is refused."""
    alice = smtui.Caller("arn:aws:iam::000000000000:user/alice", context={"aws:SourceIp": "203.0.113.7"})
    arn = vault.client(caller=alice).create_secret(Name="a")["ARN"]
    event = next(vault.audit_log())
    assert (event["userIdentity"]["arn"], event["sourceIPAddress"]) == (alice.arn, "203.0.113.7")

    for caller in (smtui.Caller(alice.arn, identity="none"), smtui.Caller("arn:aws:iam::111111111111:user/eve")):
        with pytest.raises(smtui.ClientError, match="is not authorized to perform: secretsmanager:DescribeSecret"):
            vault.client(caller=caller).describe_secret(SecretId=arn)


def test_changes_are_without_the_steps_of_rotations(vault, client) -> None:
    """What a rotation changes has events of its own, and its end is an event of the service."""
    client.create_secret(Name="a", SecretString="1")
    function = vault.rotations().create_function(FunctionName="made", Password={})
    client.rotate_secret(SecretId="a", RotationLambdaARN=function["FunctionArn"])
    vault.scheduler.run_due()
    names = [event["eventName"] for event in vault.audit_log(changes_only=True)]

    assert {"RotateSecret", "RotationStarted", "PutSecretValue", "RotationSucceeded"} <= set(names)
    assert not {"ClaimRotation", "ReportRotation", "ReleaseRotation"} & set(names)
    assert "ReportRotation" in {event["eventName"] for event in vault.audit_log()}


def test_only_changes(vault, client) -> None:
    """What only reads is left out; what is refused or damaged may be a change."""
    client.create_secret(Name="a", SecretString="1")
    client.get_secret_value(SecretId="a")
    client.list_secrets()
    with pytest.raises(smtui.ClientError):
        client.create_secret(Name="a", SecretString="2")
    events = list(vault.audit_log(changes_only=True))

    assert [event["eventName"] for event in events if event["eventName"] == "CreateSecret"] == ["CreateSecret"] * 2
    assert not any(event["readOnly"] for event in events)
    assert {"GetSecretValue", "ListSecrets"} <= {event["eventName"] for event in vault.audit_log()}
    with vault.transaction():
        vault._state.database.run("UPDATE audit_events SET event = 'x' WHERE operation = 'GetSecretValue'")
    assert [event.get("errorCode") for event in vault.audit_log(changes_only=True)].count("UnreadableEvent") == 1
