"""Tests of what a rotation function may call, and of the answers that it gets."""

from __future__ import annotations

import sys

import pytest

import smtui
from smtui.rotation import rpc_codec
from smtui.rotation.function import Task
from smtui.rotation.rpc_server import RpcServer, _hide, _list_spellings
from tests.rotation.conftest import TOKEN, Rotate

UNIX = pytest.mark.skipif(sys.platform == "win32", reason="command functions need Unix sockets")


@UNIX
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("get_secret_value(SecretId='other')", "AccessDeniedException"),
        ("delete_secret(SecretId=event['SecretId'])", "AccessDeniedException"),
        ("list_secrets()", "AccessDeniedException"),
        ("get_secret_value(SecretId=event['SecretId'], VersionStage='none')", "ResourceNotFoundException"),
    ],
)
def test_it_reaches_its_own_secret_alone(
    rotate: Rotate, vault: smtui.Vault, call: str, expected: str
) -> None:
    """Other secrets, other operations and mistakes are refused with the service's errors."""
    vault.client().create_secret(Name="other", SecretString="not yours")
    run = rotate(f"""
import json, sys, smtui
event = json.load(sys.stdin)
client = smtui.rotation_client()
try:
    client.{call}
except client.exceptions.{expected} as error:
    print("refused:", error.response["Error"]["Code"])
sys.exit(1)
""")

    assert f"refused: {expected}" in run["Message"]


@pytest.mark.parametrize("error", [smtui.VaultBusyError("It is busy."), smtui.VaultFullError("The disk is full.")])
def test_a_vault_that_cannot_answer_now_is_an_answer(error: smtui.SmtuiError) -> None:
    """The function may try again; its run is not left unreported."""
    class Client:
        def get_random_password(self) -> None:
            raise error

    task = Task("arn", "db", "rotation", "createSecret", TOKEN, TOKEN, {}, lambda: True)
    line = b'{"operation": "GetRandomPassword"}'
    answer = rpc_codec.decode(RpcServer(task, Client()).answer(line))  # type: ignore[arg-type]

    assert answer == {"error": {"Code": "InternalServiceError", "Message": str(error)}}


def test_values_are_hidden_the_longest_first() -> None:
    """Also those in JSON that is not quite JSON, as they are spelled and as what they say."""
    json_value = '{"a": "gr\\u00fcn-1234", "a": "other", "n": NaN, "s": "secret"}'
    values = {"abc", "other-longer", *_list_spellings(json_value)}

    assert _hide(values, "grün-1234 gr\\u00fcn-1234 other other-longer abc secret.") == (
        "<secret> <secret> <secret> <secret> abc <secret>."
    )
