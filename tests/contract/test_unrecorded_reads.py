"""Tests of clients with `record_reads=False`: only reads of metadata leave no audit event."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

import smtui
from smtui.api.errors import ParamValidationError
from smtui.api.shapes import List, Shape, Structure, Text
from smtui.engine.declaration import OPERATIONS

UNRECORDED = sorted(name for name, declared in OPERATIONS.items() if declared.reads_metadata)
# Neither is the value of a secret: the failure message of a rotation function, which is for display, and the value of
# an environment variable of a function, which the user reads before allowing it.
MESSAGES = {"Message", "RotationToken", "Value"}


def members(shape: Shape) -> Iterator[tuple[str, Shape]]:
    if isinstance(shape, Structure):
        for name, member in shape.members.items():
            yield name, member
            yield from members(member)
    elif isinstance(shape, List):
        yield from members(shape.item)


@pytest.mark.parametrize("name", UNRECORDED)
def test_what_may_be_unrecorded_changes_nothing_and_answers_no_value(name: str) -> None:
    declared = OPERATIONS[name]

    assert not declared.changes
    assert not {each for each, shape in members(declared.contract.response)
                if getattr(shape, "sensitive", False) and isinstance(shape, Text)} - MESSAGES


def test_every_operation_that_answers_a_value_is_recorded() -> None:
    assert not {"GetSecretValue", "BatchGetSecretValue", "GetRandomPassword"} & set(UNRECORDED)


@pytest.fixture
def quiet(vault: smtui.Vault, client: Any) -> Any:
    client.create_secret(Name="a", SecretString="1")
    return vault.client(record_reads=False)


def events(vault: smtui.Vault) -> list[str]:
    return [event["eventName"] for event in vault.audit_log()]


def test_metadata_is_read_without_an_event_also_where_it_is_refused(vault: smtui.Vault, quiet: Any) -> None:
    before = events(vault)

    quiet.list_secrets()
    quiet.describe_secret(SecretId="a")
    list(quiet.get_paginator("list_secret_version_ids").paginate(SecretId="a"))
    quiet.get_resource_policy(SecretId="a")
    with pytest.raises(smtui.ClientError):
        quiet.describe_secret(SecretId="missing")
    vault.keys(record_reads=False).list_keys()
    vault.rotations(record_reads=False).list_functions()
    vault.access(record_reads=False).list_access(SecretId="a", Action="GetSecretValue")

    assert events(vault) == before


def test_a_value_and_a_change_have_their_events_all_the_same(vault: smtui.Vault, quiet: Any) -> None:
    before = len(events(vault))

    quiet.get_secret_value(SecretId="a")
    quiet.batch_get_secret_value(SecretIdList=["a"])
    quiet.put_secret_value(SecretId="a", SecretString="2")
    with contextlib.suppress(smtui.ClientError):
        quiet.get_secret_value(SecretId="missing")
    with contextlib.suppress(smtui.ClientError):
        quiet.delete_secret(SecretId="a", RecoveryWindowInDays=1)

    new = events(vault)[: len(events(vault)) - before]
    assert sorted(new) == ["BatchGetSecretValue", "DeleteSecret", "GetSecretValue", "GetSecretValue",
                           "GetSecretValue", "PutSecretValue"]


@pytest.mark.parametrize("name", ["RecordReads", "record_reads"])
def test_no_request_can_ask_for_it(client: Any, name: str) -> None:
    with pytest.raises(ParamValidationError, match="Unknown parameter"):
        client.list_secrets(**{name: False})
