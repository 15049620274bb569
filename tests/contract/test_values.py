"""Tests of PutSecretValue, GetSecretValue and BatchGetSecretValue."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

TOKEN = "0f0e0d0c-0b0a-4990-8877-665544332211"


@pytest.fixture
def secret(client) -> str:
    client.create_secret(Name="a", SecretString="1")
    return "a"


def stages(client, secret: str) -> dict[str, list[str]]:
    versions = client.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]
    return {version["VersionId"]: version.get("VersionStages", []) for version in versions}


def test_put_moves_current_and_previous(client, secret) -> None:
    first = client.get_secret_value(SecretId=secret)["VersionId"]
    second = client.put_secret_value(SecretId=secret, SecretString="2")
    third = client.put_secret_value(SecretId=secret, SecretString="3")

    assert second["VersionStages"] == ["AWSCURRENT"]
    assert stages(client, secret) == {
        first: [], second["VersionId"]: ["AWSPREVIOUS"], third["VersionId"]: ["AWSCURRENT"]
    }
    assert client.get_secret_value(SecretId=secret, VersionStage="AWSPREVIOUS")["SecretString"] == "2"


def test_put_with_labels_leaves_current_alone(client, secret) -> None:
    pending = client.put_secret_value(SecretId=secret, SecretString="2", VersionStages=["blue", "AWSPENDING"])

    assert pending["VersionStages"] == ["AWSPENDING", "blue"]
    assert client.get_secret_value(SecretId=secret)["SecretString"] == "1"
    assert client.get_secret_value(SecretId=secret, VersionStage="blue")["SecretString"] == "2"


def test_the_first_version_is_current_whatever_it_is_called(client) -> None:
    client.create_secret(Name="e")

    answer = client.put_secret_value(SecretId="e", SecretString="1", VersionStages=["mine"])

    assert answer["VersionStages"] == ["AWSCURRENT", "mine"]


def test_put_again_with_the_same_token_and_value_changes_nothing(client, secret) -> None:
    client.put_secret_value(SecretId=secret, SecretString="2", ClientRequestToken=TOKEN)
    client.put_secret_value(SecretId=secret, SecretString="3")
    before = stages(client, secret)

    answer = client.put_secret_value(SecretId=secret, SecretString="2", ClientRequestToken=TOKEN)

    assert answer["VersionStages"] == ["AWSPREVIOUS"]
    assert stages(client, secret) == before


@pytest.mark.parametrize("value", [{"SecretString": "other"}, {"SecretBinary": b"2"}])
def test_put_never_changes_a_version(client, secret, refused, value) -> None:
    client.put_secret_value(SecretId=secret, SecretString="2", ClientRequestToken=TOKEN)

    refused("ResourceExistsException", client.put_secret_value, SecretId=secret, ClientRequestToken=TOKEN, **value)
    assert client.get_secret_value(SecretId=secret, VersionId=TOKEN)["SecretString"] == "2"


def test_update_again_with_the_same_token_and_value_changes_nothing(client, secret, clock) -> None:
    """Also after others have stored another value and description, which a retry must not undo."""
    params = {"SecretId": secret, "SecretString": "2", "ClientRequestToken": TOKEN}
    first = client.update_secret(**params, Description="mine")
    client.update_secret(SecretId=secret, SecretString="3", Description="theirs")
    before = client.describe_secret(SecretId=secret), stages(client, secret)
    clock.forward(hours=1)

    again = client.update_secret(**params, Description="mine")

    assert (again["VersionId"], again["ARN"]) == (TOKEN, first["ARN"])
    after = client.describe_secret(SecretId=secret), stages(client, secret)
    assert [each.pop("ResponseMetadata") for each in (before[0], after[0])]
    assert after == before


@pytest.mark.parametrize("store", ["create_secret", "put_secret_value", "update_secret"])
def test_a_token_that_another_value_has(client, secret, refused, store) -> None:
    arn = client.put_secret_value(SecretId=secret, SecretString="2", ClientRequestToken=TOKEN)["ARN"]
    name = {"Name" if store == "create_secret" else "SecretId": secret}

    message = refused("ResourceExistsException", getattr(client, store), **name, SecretString="other",
                      ClientRequestToken=TOKEN)

    assert message == (f"You can't use ClientRequestToken {TOKEN} because that value is already in use for a version "
                       f"of secret {arn}.")


def test_a_name_that_is_taken(client, secret, refused) -> None:
    message = refused("ResourceExistsException", client.create_secret, Name=secret, SecretString="1")

    assert message == "The operation failed because the secret a already exists."


ASK = "You must provide a ClientRequestToken value. We recommend a UUID-type value."


@pytest.mark.parametrize("name", ["a", "missing"])
@pytest.mark.parametrize(("operation", "params"), [
    ("PutSecretValue", {"SecretString": "2"}), ("PutSecretValue", {}), ("UpdateSecret", {"SecretBinary": b"2"}),
    ("RotateSecret", {}), ("CreateSecret", {"SecretString": "2"}),
])
def test_a_request_without_a_token_is_asked_for_it_before_the_secret_is_looked_up(
    vault, secret, refused, operation, params, name
) -> None:
    """boto3 adds the token, so only a raw request lacks it."""
    member = "Name" if operation == "CreateSecret" else "SecretId"
    message = refused("InvalidRequestException", vault._state.engine.call, operation=operation,
                      params={member: name, **params}, region="us-east-1", caller=vault.owner())

    assert message == ASK


def test_a_missing_value_is_told_before_a_missing_secret(client, refused) -> None:
    refused("InvalidRequestException", client.put_secret_value, SecretId="missing")


def test_put_needs_exactly_one_value(client, secret, refused) -> None:
    """Both refusals have the words and the codes that AWS is known for."""
    assert refused("InvalidRequestException", client.put_secret_value, SecretId=secret) == (
        "You must provide either SecretString or SecretBinary.")
    message = refused("InvalidParameterException", client.put_secret_value, SecretId=secret, SecretString="1",
                      SecretBinary=b"1")
    assert message == ("You can\u2019t specify both a binary secret value and a string secret value in the same "
                       "secret.")


def test_the_largest_value(client, secret, refused) -> None:
    for size in (1, 65536):
        client.put_secret_value(SecretId=secret, SecretString="x" * size)
        assert len(client.get_secret_value(SecretId=secret)["SecretString"]) == size
        client.put_secret_value(SecretId=secret, SecretBinary=b"x" * size)
    for value in ({"SecretString": "x" * 65537}, {"SecretString": "é" * 32769}, {"SecretBinary": b"x" * 65537},
                  {"SecretString": ""}, {"SecretBinary": b""}):
        refused("ValidationException", client.put_secret_value, SecretId=secret, **value)


def test_lone_surrogates_are_no_text(client, secret, refused) -> None:
    refused("ValidationException", client.put_secret_value, SecretId=secret, SecretString="a\ud800b")


@settings(max_examples=60)
@given(st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda s: {"SecretString": s}),
    st.binary(min_size=1).map(lambda b: {"SecretBinary": b}),
))
def test_whatever_goes_in_comes_out(client, value) -> None:
    name = "roundtrip"
    client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    client.create_secret(Name=name, **value)

    got = client.get_secret_value(SecretId=name)

    assert {key: got[key] for key in got if key.startswith("Secret")} == value


def test_get_by_version_and_label_must_agree(client, secret, refused) -> None:
    first = client.get_secret_value(SecretId=secret)["VersionId"]
    second = client.put_secret_value(SecretId=secret, SecretString="2")["VersionId"]

    assert client.get_secret_value(SecretId=secret, VersionId=first)["VersionStages"] == ["AWSPREVIOUS"]
    assert client.get_secret_value(SecretId=secret, VersionId=second, VersionStage="AWSCURRENT")["SecretString"] == "2"
    refused("InvalidRequestException", client.get_secret_value, SecretId=secret, VersionId=first,
            VersionStage="AWSCURRENT")
    refused("ResourceNotFoundException", client.get_secret_value, SecretId=secret, VersionId=TOKEN)
    message = refused("ResourceNotFoundException", client.get_secret_value, SecretId=secret, VersionStage="none")
    assert message == "Secrets Manager can't find the specified secret value for staging label: none"


def test_a_deprecated_version_can_still_be_read_by_its_id(client, secret) -> None:
    first = client.get_secret_value(SecretId=secret)["VersionId"]
    client.put_secret_value(SecretId=secret, SecretString="2")
    client.put_secret_value(SecretId=secret, SecretString="3")

    got = client.get_secret_value(SecretId=secret, VersionId=first)

    assert got["SecretString"] == "1"
    assert "VersionStages" not in got


def test_last_accessed_is_a_date_and_noted_once_a_day(client, secret, clock) -> None:
    assert "LastAccessedDate" not in client.describe_secret(SecretId=secret)
    client.get_secret_value(SecretId=secret)
    assert client.describe_secret(SecretId=secret)["LastAccessedDate"] == datetime(2026, 3, 2, tzinfo=UTC)
    clock.forward(days=1)
    assert client.describe_secret(SecretId=secret)["LastAccessedDate"] == datetime(2026, 3, 2, tzinfo=UTC)

    client.get_secret_value(SecretId=secret)

    assert client.describe_secret(SecretId=secret)["LastAccessedDate"] == datetime(2026, 3, 3, tzinfo=UTC)
    [version] = client.list_secret_version_ids(SecretId=secret)["Versions"]
    assert version["LastAccessedDate"] == datetime(2026, 3, 3, tzinfo=UTC)
    assert client.describe_secret(SecretId=secret)["LastChangedDate"] == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_outdated_versions_go_over_100_but_not_in_their_first_day(client, secret, clock, refused) -> None:
    """With 100 versions in one day the next is refused, whichever operation makes it, until the first is a day old."""
    for number in range(60):
        client.put_secret_value(SecretId=secret, SecretString=f"v{number}")
    clock.forward(hours=12)
    for number in range(39):
        client.put_secret_value(SecretId=secret, SecretString=f"w{number}")
    clock.forward(hours=11)
    for store in (client.put_secret_value, client.update_secret):
        message = refused("LimitExceededException", store, SecretId=secret, SecretString="x")
        assert message.startswith("The request failed because it would exceed one of the Secrets Manager quotas")
    client.put_secret_value(SecretId=secret, SecretString="w38", ClientRequestToken=_all(client, secret)[-1])
    assert len(_all(client, secret)) == 100
    oldest = _all(client, secret)[0]

    clock.forward(hours=1)
    for number in range(2):
        client.put_secret_value(SecretId=secret, SecretString=f"x{number}")

    kept = _all(client, secret)
    assert len(kept) == 100
    assert oldest not in kept


def test_a_labelled_version_is_never_outdated(client, secret, clock) -> None:
    first = client.get_secret_value(SecretId=secret)["VersionId"]
    client.update_secret_version_stage(SecretId=secret, VersionStage="keep", MoveToVersionId=first)
    for number in range(110):
        client.put_secret_value(SecretId=secret, SecretString=f"v{number}")
        clock.forward(days=1)

    assert client.get_secret_value(SecretId=secret, VersionStage="keep")["SecretString"] == "1"
    assert len(_all(client, secret)) == 100


def _all(client, secret) -> list[str]:
    pages = client.get_paginator("list_secret_version_ids").paginate(SecretId=secret, IncludeDeprecated=True)
    return [version["VersionId"] for page in pages for version in page["Versions"]]


def test_at_most_20_labels_on_a_version(client, secret, refused) -> None:
    labels = [f"label-{number}" for number in range(20)]
    answer = client.put_secret_value(SecretId=secret, SecretString="2", VersionStages=labels)
    assert answer["VersionStages"] == sorted(labels)

    refused("LimitExceededException", client.update_secret_version_stage, SecretId=secret, VersionStage="one-more",
            MoveToVersionId=answer["VersionId"])
    refused("ValidationException", client.put_secret_value, SecretId=secret, SecretString="3",
            VersionStages=[*labels, "one-more"])


def test_batch_brings_values_and_errors(client) -> None:
    client.create_secret(Name="a", SecretString="1")
    client.create_secret(Name="empty")
    client.create_secret(Name="gone", SecretString="1")
    client.delete_secret(SecretId="gone")

    answer = client.batch_get_secret_value(SecretIdList=["a", "missing", "empty", "gone", "bad name"])

    assert [(entry["Name"], entry["SecretString"]) for entry in answer["SecretValues"]] == [("a", "1")]
    assert [(e["SecretId"], e["ErrorCode"]) for e in answer["Errors"]] == [
        ("missing", "ResourceNotFoundException"), ("empty", "ResourceNotFoundException"),
        ("gone", "InvalidRequestException"), ("bad name", "ValidationException"),
    ]


def test_batch_by_filters_is_paged(client) -> None:
    for number in range(5):
        client.create_secret(Name=f"prod/{number}", SecretString=str(number))
    client.create_secret(Name="test/0", SecretString="x")

    pages = list(client.get_paginator("batch_get_secret_value").paginate(
        Filters=[{"Key": "name", "Values": ["prod/"]}], MaxResults=2))

    assert [[entry["SecretString"] for entry in page["SecretValues"]] for page in pages] == [
        ["0", "1"], ["2", "3"], ["4"]
    ]


@pytest.mark.parametrize("params", [
    {}, {"SecretIdList": ["a"], "MaxResults": 2},
    {"SecretIdList": ["a"], "Filters": [{"Key": "name", "Values": ["a"]}]},
])
def test_batch_takes_ids_or_filters(client, refused, params) -> None:
    refused("InvalidParameterException", client.batch_get_secret_value, **params)


def test_batch_takes_at_most_20(client, refused) -> None:
    assert len(client.batch_get_secret_value(SecretIdList=[f"s{n}" for n in range(20)])["Errors"]) == 20
    refused("ValidationException", client.batch_get_secret_value, SecretIdList=[f"s{n}" for n in range(21)])
