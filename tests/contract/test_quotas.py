"""Tests of every limit of requests, at the last allowed and the first refused value, and of other quotas.

Tags, values, versions, labels of one version, names and recovery windows are tested with their operations.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from smtui.api.errors import InvalidParameterException, ParamValidationError, ValidationException
from smtui.api.model import OPERATIONS
from smtui.api.shapes import Blob, Integer, List, Shape, Structure, Text
from smtui.engine import quotas
from smtui.engine.request import validate

FAR = "eu-west-1"
# For some patterns, a function that returns a matching text of any length.
FITTING = {
    "^([a-z]+-)+\\d+$": lambda length: ("a" * length)[:-2] + "-1"[:length],
    "[0-9]+h": lambda length: ("1" * length)[:-1] + "h"[:length],
}


def make_value(shape: Shape, size: int) -> Any:
    """Returns an otherwise valid value of this shape and size."""
    match shape:
        case Text():
            return FITTING.get(shape.pattern or "", lambda length: "a" * length)(size)
        case Blob():
            return b"a" * size
        case List():
            return [sample(shape.item)] * size
    return size


def sample(shape: Shape) -> Any:
    match shape:
        case Structure():
            return {name: sample(shape.members[name]) for name in shape.required}
        case Text(enum=(first, *_)):
            return first
        case Text() | Blob() | List() | Integer():
            return make_value(shape, max(shape.min or 0, 4))
    return True


def limits(shape: Structure, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Shape]]:
    """Yields the path and shape of each member that may have limits; `[]` in a path stands for a list item."""
    for name, member in shape.members.items():
        way = (*at, name)
        while True:
            if not isinstance(member, Text) or not member.enum:
                yield way, member
            if not isinstance(member, List):
                break
            way, member = (*way, "[]"), member.item
        if isinstance(member, Structure):
            yield from limits(member, way)


def placed(shape: Shape, way: tuple[str, ...], value: Any) -> Any:
    """Returns a valid request, except that the member at path `way` has this value."""
    if not way:
        return value
    if isinstance(shape, List):
        return [placed(shape.item, way[1:], value)]
    assert isinstance(shape, Structure)
    return {**sample(shape), way[0]: placed(shape.members[way[0]], way[1:], value)}


EDGES = [
    pytest.param(operation.request, way, member, id=f"{operation.name}.{'.'.join(way)}")
    for operation in OPERATIONS.values() for way, member in limits(operation.request)
    if getattr(member, "max", None) is not None or getattr(member, "min", None) is not None
]


@pytest.mark.parametrize(("request_shape", "way", "member"), EDGES)
def test_a_request_at_its_limits(request_shape: Structure, way: tuple[str, ...], member: Any) -> None:
    """The service refuses values above the maximum, the client values below the minimum, each with its own message."""
    if member.max is not None:
        validate(request_shape, placed(request_shape, way, make_value(member, member.max)))
        refusal = InvalidParameterException if way == ("ResourcePolicy",) else ValidationException
        with pytest.raises(refusal, match=f"less than or equal to {member.max}") as refused:
            validate(request_shape, placed(request_shape, way, make_value(member, member.max + 1)))
        assert not isinstance(refused.value, ParamValidationError)
    if member.min:
        if getattr(member, "pattern", None) not in FITTING:  # no text of that length matches these patterns
            validate(request_shape, placed(request_shape, way, make_value(member, member.min)))
        with pytest.raises(ParamValidationError, match=f"valid min (length|value): {member.min}"):
            validate(request_shape, placed(request_shape, way, make_value(member, member.min - 1)))


def test_there_are_limits_to_test() -> None:
    """The parameters include each kind of limit, and those that the quotas page names."""
    names = {param.id for param in EDGES}

    assert len(names) > 80
    assert {"PutSecretValue.SecretString", "PutSecretValue.VersionStages", "PutSecretValue.VersionStages.[]",
            "PutResourcePolicy.ResourcePolicy", "TagResource.Tags.[].Key", "CreateSecret.Tags.[].Value",
            "ListSecrets.MaxResults", "ListSecrets.Filters", "ListSecrets.Filters.[].Values", "ListSecrets.NextToken",
            "BatchGetSecretValue.MaxResults", "BatchGetSecretValue.SecretIdList", "UpdateSecret.Description",
            "RotateSecret.ClientRequestToken", "GetRandomPassword.PasswordLength"} <= names


def test_the_last_secret_of_a_region(vault, client, refused, monkeypatch) -> None:
    """Secrets that are scheduled for deletion count. Each Region has its own quota."""
    assert quotas.MOST_SECRETS == 500_000
    monkeypatch.setattr(quotas, "MOST_SECRETS", 3)
    for name in "abc":
        client.create_secret(Name=name, SecretString="1")
    client.delete_secret(SecretId="a")

    message = refused("LimitExceededException", client.create_secret, Name="d", SecretString="1")

    assert message == "The request failed because it would exceed one of the Secrets Manager quotas."
    refused("ResourceExistsException", client.create_secret, Name="b")
    vault.client(region_name=FAR).create_secret(Name="d")
    client.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True)
    client.create_secret(Name="d", SecretString="1")


def test_a_full_region_takes_no_replica(vault, client, monkeypatch) -> None:
    vault.client(region_name=FAR).create_secret(Name="b")
    monkeypatch.setattr(quotas, "MOST_SECRETS", 1)

    client.create_secret(Name="a", SecretString="1", AddReplicaRegions=[{"Region": FAR}])

    [entry] = client.describe_secret(SecretId="a")["ReplicationStatus"]
    assert entry["Status"] == "Failed"
    assert "quotas" in entry["StatusMessage"]


def test_at_most_20_labels_of_ones_own_on_a_secret(client, refused) -> None:
    """The quota counts the labels of all versions, without AWS's labels. Existing labels can still be moved."""
    first = client.create_secret(Name="a", SecretString="1")["VersionId"]
    second = client.put_secret_value(SecretId="a", SecretString="2")["VersionId"]
    for number in range(20):
        client.update_secret_version_stage(
            SecretId="a", VersionStage=f"l{number}", MoveToVersionId=(first, second)[number % 2])

    message = refused("LimitExceededException", client.update_secret_version_stage, SecretId="a",
                      VersionStage="one-more", MoveToVersionId=first)

    assert message == "You exceeded the maximum number of staging labels allowed on a secret."
    refused("LimitExceededException", client.put_secret_value, SecretId="a", SecretString="3",
            VersionStages=["one-more"])
    third = client.put_secret_value(SecretId="a", SecretString="3", VersionStages=["AWSPENDING", "l0"])["VersionId"]
    client.update_secret_version_stage(SecretId="a", VersionStage="l2", RemoveFromVersionId=first,
                                       MoveToVersionId=third)
    client.update_secret_version_stage(SecretId="a", VersionStage="l1", RemoveFromVersionId=second)
    client.update_secret_version_stage(SecretId="a", VersionStage="one-more", MoveToVersionId=first)
