"""Tests of CreateSecret, UpdateSecret, DescribeSecret, DeleteSecret and RestoreSecret."""

import re
import uuid
from datetime import timedelta

import pytest

TOKEN = "0f0e0d0c-0b0a-4990-8877-665544332211"
OTHER = "11111111-2222-4333-8444-555555555555"


def test_create_answers_with_an_arn_of_six_random_characters(client) -> None:
    answer = client.create_secret(Name="prod/db", SecretString="s")

    assert re.fullmatch(r"arn:aws:secretsmanager:us-east-1:000000000000:secret:prod/db-[A-Za-z0-9]{6}", answer["ARN"])
    assert answer["Name"] == "prod/db"
    assert client.get_secret_value(SecretId="prod/db")["VersionId"] == answer["VersionId"]


def test_create_without_a_value_makes_no_version(client, refused) -> None:
    answer = client.create_secret(Name="empty")

    assert "VersionId" not in answer
    assert "VersionIdsToStages" not in client.describe_secret(SecretId="empty")
    message = refused("ResourceNotFoundException", client.get_secret_value, SecretId="empty")
    assert message == "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"


@pytest.mark.parametrize("name", ["with space", "hash#", "umlaut-ü", "back\\slash", "new\nline", "a:b"])
def test_names_have_letters_digits_and_few_signs(client, refused, name) -> None:
    for call, params in ((client.create_secret, {"Name": name}), (client.describe_secret, {"SecretId": name})):
        message = refused("ValidationException", call, **params)
        assert message.startswith("Invalid name. Must be a valid name containing alphanumeric characters")


def test_the_longest_name(client, refused) -> None:
    client.create_secret(Name="n" * 512)

    refused("ValidationException", client.create_secret, Name="n" * 513)


def test_the_longest_description(client, refused) -> None:
    client.create_secret(Name="a", Description="d" * 2048)

    refused("ValidationException", client.create_secret, Name="b", Description="d" * 2049)


def test_a_living_name_is_taken(client, refused) -> None:
    client.create_secret(Name="a", SecretString="1")

    message = refused("ResourceExistsException", client.create_secret, Name="a", SecretString="1")
    assert message == "The operation failed because the secret a already exists."


def test_the_same_create_again_is_ignored(client) -> None:
    first = client.create_secret(Name="a", SecretString="1", ClientRequestToken=TOKEN)
    again = client.create_secret(Name="a", SecretString="1", ClientRequestToken=TOKEN)

    assert {**again, "ResponseMetadata": None} == {**first, "ResponseMetadata": None}
    assert len(client.list_secret_version_ids(SecretId="a")["Versions"]) == 1


@pytest.mark.parametrize("value", [{"SecretString": "2"}, {"SecretBinary": b"1"}, {}])
def test_the_same_token_with_another_value_is_refused(client, refused, value) -> None:
    client.create_secret(Name="a", SecretString="1", ClientRequestToken=TOKEN)

    refused("ResourceExistsException", client.create_secret, Name="a", ClientRequestToken=TOKEN, **value)
    assert client.get_secret_value(SecretId="a")["SecretString"] == "1"


def test_a_raw_request_must_bring_its_token(vault, refused) -> None:
    """The client generates ClientRequestToken; a raw request without one is refused."""
    def raw(**params):
        caller = vault.client()._caller
        return vault._state.engine.call("CreateSecret", params, region="us-east-1", caller=caller)

    message = refused("InvalidRequestException", raw, Name="a", SecretString="x")
    assert message == "You must provide a ClientRequestToken value. We recommend a UUID-type value."
    raw(Name="without-a-value")


def test_both_forms_at_once_are_refused(client, refused) -> None:
    refused("InvalidParameterException", client.create_secret, Name="a", SecretString="1", SecretBinary=b"1")


def test_a_vault_has_no_primaries_in_other_accounts(client, refused) -> None:
    refused("InvalidParameterException", client.create_secret, Name="a", SecretString="1",
            CrossAccountPrimaryARN="arn:aws:secretsmanager:us-east-1:111111111111:secret:a-AbCdEf")


def test_describe_has_what_has_a_value(client, clock) -> None:
    created = client.create_secret(Name="a", SecretString="1", Description="d", Tags=[{"Key": "k", "Value": "v"}])

    described = client.describe_secret(SecretId="a")

    described.pop("ResponseMetadata")
    assert described == {
        "ARN": created["ARN"], "Name": "a", "Description": "d", "Tags": [{"Key": "k", "Value": "v"}],
        "CreatedDate": clock(), "LastChangedDate": clock(),
        "VersionIdsToStages": {created["VersionId"]: ["AWSCURRENT"]},
    }


def test_found_by_name_arn_and_partial_arn(client) -> None:
    arn = client.create_secret(Name="prod/db")["ARN"]

    for secret_id in ("prod/db", arn, arn[:-7]):
        assert client.describe_secret(SecretId=secret_id)["ARN"] == arn


def test_not_found_by_another_suffix_region_or_account(client, refused) -> None:
    arn = client.create_secret(Name="a")["ARN"]
    other = arn[:-6] + ("AAAAAA" if not arn.endswith("AAAAAA") else "BBBBBB")

    for secret_id in (other, arn.replace("us-east-1", "eu-west-1"), arn.replace("000000000000", "1" * 12), "b"):
        message = refused("ResourceNotFoundException", client.describe_secret, SecretId=secret_id)
        assert message == "Secrets Manager can't find the specified secret."


def test_a_region_sees_its_own_secrets_only(vault, client) -> None:
    client.create_secret(Name="a")
    elsewhere = vault.client(region_name="eu-west-1")

    assert elsewhere.list_secrets()["SecretList"] == []
    elsewhere.create_secret(Name="a", SecretString="2")
    assert elsewhere.get_secret_value(SecretId="a")["ARN"].split(":")[3] == "eu-west-1"


def test_update_of_the_description_makes_no_version(client, clock) -> None:
    client.create_secret(Name="a", SecretString="1", Description="old")
    clock.forward(hours=1)

    answer = client.update_secret(SecretId="a", Description="new")

    assert "VersionId" not in answer
    described = client.describe_secret(SecretId="a")
    assert (described["Description"], described["LastChangedDate"]) == ("new", clock())
    client.update_secret(SecretId="a", Description="")
    assert "Description" not in client.describe_secret(SecretId="a")


def test_update_of_the_value_moves_awscurrent(client) -> None:
    first = client.create_secret(Name="a", SecretString="1", Description="kept")["VersionId"]

    second = client.update_secret(SecretId="a", SecretBinary=b"2")["VersionId"]

    described = client.describe_secret(SecretId="a")
    assert described["VersionIdsToStages"] == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}
    assert described["Description"] == "kept"
    assert client.get_secret_value(SecretId="a")["SecretBinary"] == b"2"


def test_deletion_waits_30_days_by_default(client, clock) -> None:
    client.create_secret(Name="a", SecretString="1")

    answer = client.delete_secret(SecretId="a")

    assert answer["DeletionDate"] == clock() + timedelta(days=30)
    assert client.describe_secret(SecretId="a")["DeletedDate"] == clock() + timedelta(days=30)


@pytest.mark.parametrize("days", [6, 31, 0, -1, 10**12])
def test_the_window_is_7_to_30_days(client, refused, days) -> None:
    client.create_secret(Name="a")

    refused("InvalidParameterException", client.delete_secret, SecretId="a", RecoveryWindowInDays=days)
    assert "DeletedDate" not in client.describe_secret(SecretId="a")


def test_window_and_force_exclude_each_other(client, refused) -> None:
    client.create_secret(Name="a")

    refused("InvalidParameterException", client.delete_secret, SecretId="a", RecoveryWindowInDays=7,
            ForceDeleteWithoutRecovery=True)


def test_a_scheduled_secret_is_out_of_use(client, refused) -> None:
    version = client.create_secret(Name="a", SecretString="1")["VersionId"]
    client.delete_secret(SecretId="a", RecoveryWindowInDays=7)

    for call, params in (
        (client.get_secret_value, {}), (client.put_secret_value, {"SecretString": "2"}),
        (client.update_secret, {"Description": "d"}), (client.tag_resource, {"Tags": [{"Key": "k", "Value": "v"}]}),
        (client.untag_resource, {"TagKeys": ["k"]}), (client.delete_secret, {}),
        (client.update_secret_version_stage, {"VersionStage": "x", "MoveToVersionId": version}),
    ):
        message = refused("InvalidRequestException", call, SecretId="a", **params)
        assert message == "You can't perform this operation on the secret because it was marked for deletion."
    message = refused("InvalidRequestException", client.create_secret, Name="a")
    assert message == (
        "You can't create this secret because a secret with this name is already scheduled for deletion."
    )
    assert client.list_secret_version_ids(SecretId="a")["Versions"]


def test_restore_brings_everything_back(client) -> None:
    client.create_secret(Name="a", SecretString="1")
    client.delete_secret(SecretId="a", RecoveryWindowInDays=7)

    client.restore_secret(SecretId="a")

    assert client.get_secret_value(SecretId="a")["SecretString"] == "1"
    assert "DeletedDate" not in client.describe_secret(SecretId="a")
    client.restore_secret(SecretId="a")


def test_a_secret_goes_when_its_window_has_passed_and_not_before(client, clock, refused, days_pass) -> None:
    """Until the deletion, which happens some time after the window, the secret can be described and restored."""
    client.create_secret(Name="a", SecretString="1")
    client.delete_secret(SecretId="a", RecoveryWindowInDays=7)
    clock.forward(days=7, seconds=-1)
    assert client.describe_secret(SecretId="a")

    clock.forward(seconds=1)
    assert client.describe_secret(SecretId="a")
    refused("InvalidRequestException", client.get_secret_value, SecretId="a")

    days_pass()

    refused("ResourceNotFoundException", client.describe_secret, SecretId="a")
    assert client.list_secrets(IncludePlannedDeletion=True)["SecretList"] == []
    client.create_secret(Name="a", SecretString="2")


def test_nothing_is_purged_while_the_clock_is_behind(vault, client, clock) -> None:
    client.create_secret(Name="a", SecretString="1")
    client.delete_secret(SecretId="a", RecoveryWindowInDays=7)
    clock.forward(days=400)
    with vault.transaction():
        pass
    clock.forward(days=-800)

    assert client.describe_secret(SecretId="a")["DeletedDate"]


def test_force_deletes_at_once(client, clock, refused) -> None:
    first = client.create_secret(Name="a", SecretString="1")["ARN"]

    answer = client.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True)

    assert (answer["ARN"], answer["DeletionDate"]) == (first, clock())
    refused("ResourceNotFoundException", client.restore_secret, SecretId="a")
    assert client.create_secret(Name="a")["ARN"] != first


def test_force_also_deletes_the_scheduled_and_forgives_the_missing(client) -> None:
    client.create_secret(Name="a")
    client.delete_secret(SecretId="a")

    client.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True)

    assert client.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True)["Name"] == "a"


def test_delete_of_a_missing_secret_is_refused(client, refused) -> None:
    refused("ResourceNotFoundException", client.delete_secret, SecretId="missing")


def test_ids_are_uuids_unless_given(client) -> None:
    assert uuid.UUID(client.create_secret(Name="a", SecretString="1")["VersionId"])
    assert client.put_secret_value(SecretId="a", SecretString="2", ClientRequestToken=OTHER)["VersionId"] == OTHER
