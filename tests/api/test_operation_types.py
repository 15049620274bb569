"""Tests that the types for our own operations and for KMS agree with the shapes, and with what the engine answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

import pytest

import smtui
from smtui.api.extension_types import (
    AccessClient,
    ClaimedRotation,
    ExplainAccessResponse,
    RotationClient,
    RotationStatus,
)
from smtui.api.extensions import OWN_OPERATIONS, ROTATION
from smtui.api.kms import KEY_OPERATIONS
from smtui.api.kms_types import KeyClient, KeyOperations
from smtui.api.model import OPERATIONS as AWS_OPERATIONS
from smtui.api.shapes import Flag, Integer, List, Shape, Structure, Text, Timestamp

PLAIN = {str: Text, int: Integer, bool: Flag, datetime: Timestamp}
ROTATION_TYPES = (ClaimedRotation, RotationStatus)
OPERATIONS = {**OWN_OPERATIONS, **KEY_OPERATIONS}
WITHOUT_METHOD = {"SetTrailRetention", "AcceptClock", "CreateCaller", "DeleteCaller"}
"""Operations that `Vault` calls itself."""


def list_methods() -> Iterator[tuple[str, Any]]:
    for client in (AccessClient, RotationClient, KeyOperations, KeyClient):
        for name, method in vars(client).items():
            if not name.startswith("_") and callable(method):
                operation = "".join(word.capitalize() for word in name.split("_"))
                yield f"Key{operation}" if operation in AWS_OPERATIONS else operation, method


METHODS = dict(list_methods())


def list_members(typed: Any) -> dict[str, tuple[Any, bool]]:
    """Returns the type of each member, and whether it is required."""
    found = {}
    for name, hint in get_type_hints(typed, include_extras=True).items():
        marked = get_origin(hint) in (NotRequired, Required)
        is_required = get_origin(hint) is Required or (typed.__total__ and get_origin(hint) is not NotRequired)
        found[name] = (get_args(hint)[0] if marked else hint, is_required)
    found.pop("ResponseMetadata", None)
    return found


def compare(hint: Any, shape: Shape, where: str) -> None:
    """Asserts that a type and a shape say the same."""
    if is_typeddict(hint):
        assert isinstance(shape, Structure), where
        members = list_members(hint)
        if hint in ROTATION_TYPES:
            assert set(members) <= set(shape.members), where
        else:
            assert set(members) == set(shape.members), where
        for name, (inner, _) in members.items():
            compare(inner, shape.members[name], f"{where}.{name}")
    elif get_origin(hint) is list:
        assert isinstance(shape, List), where
        compare(get_args(hint)[0], shape.item, f"{where}[]")
    elif isinstance(shape, Text) and shape.enum:
        assert hint is str or get_args(hint) == shape.enum, where
    else:
        assert isinstance(shape, PLAIN[hint]), where


def test_each_operation_has_a_method() -> None:
    assert set(METHODS) == set(OPERATIONS) - WITHOUT_METHOD


@pytest.mark.parametrize("name", METHODS)
def test_types_agree_with_the_shapes(name: str) -> None:
    hints = get_type_hints(METHODS[name], include_extras=True)
    operation = OPERATIONS[name]

    compare(hints["return"], operation.response, name)
    if "kwargs" in hints:
        [request] = get_args(hints["kwargs"])
        compare(request, operation.request, name)
        required = {member for member, (_, is_required) in list_members(request).items() if is_required}
        assert required == set(operation.request.required)
    else:
        assert not operation.request.members


def test_the_two_types_of_a_rotation_have_all_its_members() -> None:
    assert set(list_members(ClaimedRotation)) | set(list_members(RotationStatus)) == set(ROTATION.members)


def check(answer: Any, hint: Any, where: str) -> None:
    """Asserts that an answer has every required member, and no member that the type does not know."""
    if is_typeddict(hint):
        members = list_members(hint)
        assert {name for name, (_, is_required) in members.items() if is_required} <= set(answer), where
        assert set(answer) - {"ResponseMetadata"} <= set(members), where
        for name, value in answer.items():
            if name in members:
                check(value, members[name][0], f"{where}.{name}")
    elif get_origin(hint) is list:
        for value in answer:
            check(value, get_args(hint)[0], f"{where}[]")
    elif get_args(hint):
        assert answer in get_args(hint), where
    else:
        assert isinstance(answer, hint), where


def test_answers_have_the_members_of_their_types(vault: smtui.Vault) -> None:
    """Functions, rotations, access, keys and aliases, with and without their optional members."""
    rotations, keys, access = vault.rotations(), vault.keys(), vault.access()
    tried = set()

    def call(client: Any, name: str, **request: Any) -> Any:
        operation = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", OPERATIONS[name].name).lower()
        answer = getattr(client, operation)(**request)
        check(answer, get_type_hints(METHODS[name], include_extras=True)["return"], name)
        assert "ResponseMetadata" in answer
        tried.add(name)
        return answer

    secret = {"SecretId": vault.client().create_secret(Name="a", SecretString="x")["ARN"]}
    call(rotations, "DescribeRotation", **secret)
    command = {"Arguments": ["false"], "TimeoutInSeconds": 9}
    call(rotations, "CreateFunction", FunctionName="p", Password={"PasswordLength": 9, "Key": "k"})
    made = call(rotations, "CreateFunction", FunctionName="c", Command=command, Allow=False)
    call(rotations, "ListFunctions")
    call(rotations, "AllowFunction", FunctionName="c", Command=command)
    call(rotations, "ClaimRotation", Holder="h")
    vault.client().rotate_secret(**secret, RotationLambdaARN=made["FunctionArn"], RotateImmediately=True,
                                 RotationRules={"AutomaticallyAfterDays": 9})
    call(rotations, "DescribeRotation", **secret)
    task = call(rotations, "ClaimRotation", Holder="h", AtOnce=True)["Rotation"]
    held = {**secret, "ClientRequestToken": task["ClientRequestToken"], "Holder": "h"}
    step = call(rotations, "ReportRotation", **held, Step=task["Step"], Succeeded=True)["Step"]
    call(rotations, "ReportRotation", **held, Step=step, Succeeded=False, Message="no")
    call(rotations, "DescribeRotation", **secret)
    call(rotations, "ClaimRotation", Holder="h", AtOnce=True)
    call(rotations, "ReleaseRotation", **held, Step=step)
    call(rotations, "UpdateFunction", FunctionName="c", Command=command, Allow=False)
    call(rotations, "RevokeFunction", FunctionName="c")
    call(rotations, "DescribeRotation", **secret)
    call(rotations, "DeleteFunction", FunctionName="p")
    call(access, "ListAccess", **secret, Action="GetSecretValue")
    allow = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Resource": "*", ' \
            '"Action": "secretsmanager:GetSecretValue"}]}'
    vault.client().put_resource_policy(**secret, ResourcePolicy=allow)
    call(access, "ListAccess", **secret, Action="GetSecretValue")
    who = "arn:aws:iam::000000000000:user/bob"
    explained: ExplainAccessResponse = call(access, "ExplainAccess", **secret, Action="GetSecretValue", CallerArn=who)
    assert explained["Allowed"]
    key = {"KeyId": call(keys, "CreateKey", Description="d")["KeyMetadata"]["KeyId"]}
    alias = {"AliasName": "alias/a", "TargetKeyId": key["KeyId"]}
    key_policy = '{"Statement": {"Effect": "Allow", "Principal": "*", "Resource": "*", "Action": "kms:*"}}'
    for name, request in (
        ("DescribeKey", key), ("ListKeys", {}), ("DisableKey", key), ("EnableKey", key), ("CreateAlias", alias),
        ("UpdateKeyDescription", {**key, "Description": "e"}), ("ListAliases", {}), ("UpdateAlias", alias),
        ("DeleteAlias", {"AliasName": "alias/a"}), ("GetKeyPolicy", key),
        ("PutKeyPolicy", {**key, "Policy": key_policy}),
        ("KeyTagResource", {**key, "Tags": [{"TagKey": "a", "TagValue": "b"}]}), ("ListResourceTags", key),
        ("KeyUntagResource", {**key, "TagKeys": ["a"]}), ("ScheduleKeyDeletion", key), ("DescribeKey", key),
        ("CancelKeyDeletion", key),
    ):
        call(keys, name, **request)

    assert tried == set(METHODS)
