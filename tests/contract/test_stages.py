"""Tests of UpdateSecretVersionStage and ListSecretVersionIds."""

import pytest

UNKNOWN = "0f0e0d0c-0b0a-4990-8877-665544332211"


@pytest.fixture
def two(client) -> tuple[str, str]:
    """Returns the ids of the previous and the current version of a secret."""
    first = client.create_secret(Name="a", SecretString="1")["VersionId"]
    return first, client.put_secret_value(SecretId="a", SecretString="2")["VersionId"]


def stages(client) -> dict[str, list[str]]:
    return client.describe_secret(SecretId="a").get("VersionIdsToStages", {})


def test_rollback(client, two) -> None:
    first, second = two

    client.update_secret_version_stage(
        SecretId="a", VersionStage="AWSCURRENT", RemoveFromVersionId=second, MoveToVersionId=first)

    assert stages(client) == {first: ["AWSCURRENT"], second: ["AWSPREVIOUS"]}
    assert client.get_secret_value(SecretId="a")["SecretString"] == "1"


def test_a_new_label_is_attached(client, two) -> None:
    client.update_secret_version_stage(SecretId="a", VersionStage="blue", MoveToVersionId=two[0])

    assert stages(client)[two[0]] == ["AWSPREVIOUS", "blue"]
    client.update_secret_version_stage(SecretId="a", VersionStage="blue", MoveToVersionId=two[0])


def test_a_label_elsewhere_must_be_named(client, two, refused) -> None:
    first, second = two
    before = stages(client)

    for params in ({}, {"RemoveFromVersionId": first}):
        message = refused("InvalidParameterException", client.update_secret_version_stage, SecretId="a",
                          VersionStage="AWSCURRENT", MoveToVersionId=first, **params)
        assert second in message or "not attached" in message
    assert stages(client) == before


def test_a_label_is_removed_and_its_version_deprecated(client, two) -> None:
    first, second = two

    client.update_secret_version_stage(SecretId="a", VersionStage="AWSPREVIOUS", RemoveFromVersionId=first)

    assert stages(client) == {second: ["AWSCURRENT"]}
    listed = client.list_secret_version_ids(SecretId="a")["Versions"]
    assert [version["VersionId"] for version in listed] == [second]
    everything = client.list_secret_version_ids(SecretId="a", IncludeDeprecated=True)["Versions"]
    assert ["VersionStages" in version for version in everything] == [False, True]


@pytest.mark.parametrize(("code", "params"), [
    ("InvalidParameterException", {"VersionStage": "AWSCURRENT", "RemoveFromVersionId": "current"}),
    ("InvalidParameterException", {"VersionStage": "AWSPREVIOUS", "RemoveFromVersionId": "current"}),
    ("InvalidParameterException", {"VersionStage": "nowhere", "RemoveFromVersionId": "current"}),
    ("InvalidParameterException", {"VersionStage": "AWSCURRENT"}),
    ("ResourceNotFoundException", {"VersionStage": "blue", "MoveToVersionId": UNKNOWN}),
    ("ValidationException", {"VersionStage": "x" * 257, "MoveToVersionId": "current"}),
    ("ValidationException", {"VersionStage": "", "MoveToVersionId": "current"}),
])
def test_refusals_change_nothing(client, two, refused, code, params) -> None:
    before = stages(client)

    refused(code, client.update_secret_version_stage, SecretId="a",
            **{name: two[1] if value == "current" else value for name, value in params.items()})

    assert stages(client) == before


def test_awscurrent_cannot_be_removed(client, two, refused) -> None:
    message = refused("InvalidParameterException", client.update_secret_version_stage, SecretId="a",
                      VersionStage="AWSCURRENT", RemoveFromVersionId=two[1])

    assert message == ("You can only move staging label AWSCURRENT to a different secret version. "
                       "It can\u2019t be completely removed.")


def test_promotion_of_a_pending_version(client, two) -> None:
    _, second = two
    third = client.put_secret_value(SecretId="a", SecretString="3", VersionStages=["AWSPENDING"])["VersionId"]

    client.update_secret_version_stage(
        SecretId="a", VersionStage="AWSCURRENT", RemoveFromVersionId=second, MoveToVersionId=third)

    assert stages(client) == {second: ["AWSPREVIOUS"], third: ["AWSCURRENT", "AWSPENDING"]}


def test_versions_come_in_pages(client, two) -> None:
    for number in range(3):
        client.put_secret_value(SecretId="a", SecretString=str(number), VersionStages=[f"l{number}"])

    pages = list(client.get_paginator("list_secret_version_ids").paginate(SecretId="a", MaxResults=2))

    assert [len(page["Versions"]) for page in pages] == [2, 2, 1]
    assert pages[0]["Versions"][0]["KmsKeyIds"] == ["DefaultEncryptionKey"]


def test_a_change_of_labels_is_a_change_of_the_secret(client, two, clock) -> None:
    clock.forward(hours=2)

    client.update_secret_version_stage(SecretId="a", VersionStage="blue", MoveToVersionId=two[0])

    assert client.describe_secret(SecretId="a")["LastChangedDate"] == clock()


@pytest.mark.parametrize("store", ["put_secret_value", "update_secret"])
def test_a_new_current_value_takes_awspending_from_the_version_before(client, store) -> None:
    """After a rotation left AWSPENDING on the current version, PutSecretValue removes it, as observed in AWS."""
    client.create_secret(Name="a", SecretString="1")
    rotated = client.put_secret_value(SecretId="a", SecretString="2", VersionStages=["AWSCURRENT", "AWSPENDING"])
    third = getattr(client, store)(SecretId="a", SecretString="3")["VersionId"]

    assert stages(client) == {rotated["VersionId"]: ["AWSPREVIOUS"], third: ["AWSCURRENT"]}
