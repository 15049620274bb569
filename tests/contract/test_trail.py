"""One event per call, refusals too, in the same transaction."""

import pytest

import smtui


def test_one_event_per_call_with_cloudtrails_names(vault, client) -> None:
    before = len(list(vault.trail()))

    answer = client.create_secret(Name="a", SecretString="hunter2", Tags=[{"Key": "k", "Value": "v"}])

    events = list(vault.trail())
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

    event = next(vault.trail())
    assert (event["errorCode"], event["readOnly"]) == ("ResourceNotFoundException", True)
    assert event["eventID"] == caught.value.response["ResponseMetadata"]["RequestId"]


def test_a_batch_has_an_event_for_each_secret(vault, client) -> None:
    client.create_secret(Name="a", SecretString="1")
    before = len(list(vault.trail()))

    client.batch_get_secret_value(SecretIdList=["a", "missing"])

    new = list(vault.trail())[: len(list(vault.trail())) - before]
    assert sorted(e["eventName"] for e in new) == ["BatchGetSecretValue", "GetSecretValue", "GetSecretValue"]
    assert len({e["eventID"] for e in new}) == 3
    assert len({e["requestID"] for e in new}) == 1


def test_the_trail_can_be_asked(vault, client, clock) -> None:
    client.create_secret(Name="a", SecretString="1")
    clock.forward(hours=1)
    client.create_secret(Name="b", SecretString="1")
    client.get_secret_value(SecretId="a")

    assert [e["eventName"] for e in vault.trail(secret_id="a")] == ["GetSecretValue", "CreateSecret"]
    assert len(list(vault.trail(operation="CreateSecret"))) == 2
    assert len(list(vault.trail(since=clock()))) == 2
    assert len(list(vault.trail(until=clock()))) == 1
    assert len(list(vault.trail(limit=1))) == 1


def test_an_altered_or_removed_event_is_found_by_check(vault, client) -> None:
    for number in range(5):
        client.create_secret(Name=f"s{number}", SecretString="1")
    assert vault.check().clean
    database = vault._open_database()

    for change in ("UPDATE trail SET event = replace(event, 's2', 's9') WHERE id = 3",
                   "DELETE FROM trail WHERE id = 3"):
        with pytest.raises(ZeroDivisionError), vault.all_or_nothing():
            database.run(change)
            assert [finding.area for finding in vault.check().findings] == ["trail"]
            raise ZeroDivisionError


def test_no_trail_entry_no_operation(vault, client) -> None:
    """Where the event cannot be written, nothing is done: reads too."""
    client.create_secret(Name="a", SecretString="1")
    database = vault._open_database()
    database.run("CREATE TRIGGER broken BEFORE INSERT ON trail BEGIN SELECT raise(ABORT, 'no'); END")

    for call in (lambda: client.get_secret_value(SecretId="a"), lambda: client.create_secret(Name="b")):
        with pytest.raises(smtui.SmtuiError):
            call()
    database.run("DROP TRIGGER broken")
    assert [entry["Name"] for entry in client.list_secrets()["SecretList"]] == ["a"]


def test_callers(vault) -> None:
    """The caller is in the event; one whose account allows nothing is refused."""
    alice = smtui.Caller("arn:aws:iam::000000000000:user/alice", context={"aws:SourceIp": "203.0.113.7"})
    vault.client(caller=alice).create_secret(Name="a")
    event = next(vault.trail())
    assert (event["userIdentity"]["arn"], event["sourceIPAddress"]) == (alice.arn, "203.0.113.7")

    for caller in (smtui.Caller(alice.arn, identity="none"), smtui.Caller("arn:aws:iam::111111111111:user/eve")):
        with pytest.raises(smtui.ClientError, match="is not authorized to perform: secretsmanager:DescribeSecret"):
            vault.client(caller=caller).describe_secret(SecretId="a")
