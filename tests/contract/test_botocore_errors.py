"""Tests that scripts written for boto3 catch smtui's errors as they catch botocore's, whichever is loaded first."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.exceptions
import botocore.session
import pytest
from botocore.stub import Stubber

import smtui
from smtui.api import errors

REQUEST = {"SecretId": "nobody"}
ORDERS = {
    "botocore first": ("import botocore.exceptions", "", ""),
    "smtui first": ("", "import botocore.exceptions", ""),
    "after the error was raised": ("", "", "import botocore.exceptions"),
}
SCRIPT = """
{first}
import inspect
import smtui
kept = smtui.ClientError
with smtui.open_vault({path!r}, key=bytes.fromhex({key!r})) as vault:
    client = vault.client()
    kept_not_found = client.exceptions.ResourceNotFoundException
    {second}
    try:
        client.get_secret_value(SecretId="nobody")
    except Exception as raised:
        error = raised
    try:
        client.get_secret_value()
    except Exception as raised:
        invalid = raised
    {third}
    import botocore.exceptions
    for method, request, expected in (
        (client.get_secret_value, {{"SecretId": "nobody"}}, botocore.exceptions.ClientError),
        (client.get_secret_value, {{"SecretId": "nobody"}}, client.exceptions.ResourceNotFoundException),
        (client.get_secret_value, {{}}, botocore.exceptions.ParamValidationError),
        (vault.keys().describe_key, {{"KeyId": "nobody"}}, botocore.exceptions.ClientError),
        (vault.keys().describe_key, {{"KeyId": "nobody"}}, kept),
    ):
        try:
            method(**request)
        except expected:
            continue
        raise SystemExit("nothing was raised")
for each in (botocore.exceptions.ClientError, smtui.ClientError, kept, kept_not_found):
    assert isinstance(error, each), each
for each in (botocore.exceptions.ParamValidationError, botocore.exceptions.BotoCoreError, smtui.ClientError, kept):
    assert isinstance(invalid, each), each
assert not isinstance(invalid, botocore.exceptions.ClientError)
assert botocore.exceptions.__loader__ is botocore.exceptions.__spec__.loader
assert "class ClientError" in inspect.getsource(botocore.exceptions)
"""


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path.cwd(), check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("order", ORDERS)
def test_except_clauses_of_scripts_catch_whatever_is_loaded_first(vault: smtui.Vault, order: str) -> None:
    first, second, third = ORDERS[order]
    run(SCRIPT.format(first=first, second=second, third=third, path=str(vault.path), key=vault.unlock_key().hex()))


def test_smtui_does_not_load_botocore(vault: smtui.Vault) -> None:
    run(f"""
import sys, smtui
with smtui.open_vault({str(vault.path)!r}, key=bytes.fromhex({vault.unlock_key().hex()!r})) as vault:
    try:
        vault.client().get_secret_value(SecretId="nobody")
    except smtui.ClientError as error:
        assert error.operation_name == "GetSecretValue"
assert not [name for name in sys.modules if name.partition(".")[0] in ("boto3", "botocore")]
""")


def test_a_module_of_that_name_that_is_not_botocore_does_no_harm(vault: smtui.Vault) -> None:
    """Programs replace `sys.modules` in their own tests."""
    run("""
import sys, types
from unittest.mock import MagicMock
sys.modules["botocore"] = sys.modules["botocore.exceptions"] = MagicMock()
from smtui.api.errors import ResourceNotFoundException
assert str(ResourceNotFoundException("x")) == "x"
partial = sys.modules["botocore.exceptions"] = types.ModuleType("botocore.exceptions")
partial.ClientError = type("ClientError", (Exception,), {})
assert isinstance(ResourceNotFoundException("x"), partial.ClientError)
from smtui.api import errors
for unfit in (errors.ClientError, ResourceNotFoundException, OSError, type("ClientError", (errors.ClientError,), {})):
    sys.modules["botocore.exceptions"] = other = types.ModuleType("botocore.exceptions")
    other.ClientError = unfit
    assert str(ResourceNotFoundException("x")) == "x", unfit
del sys.modules["botocore"], sys.modules["botocore.exceptions"]
import botocore.exceptions
assert isinstance(ResourceNotFoundException("x"), botocore.exceptions.ClientError)
import importlib
importlib.reload(botocore.exceptions)
assert isinstance(ResourceNotFoundException("x"), botocore.exceptions.ClientError)
""")


def raise_from(call: Callable[[], Any]) -> Any:
    with pytest.raises(Exception) as caught:
        call()
    return caught.value


def stub_error(code: str, message: str, metadata: dict[str, Any] | None = None) -> Any:
    """The error that a client of botocore raises for an answer of the service."""
    real = botocore.session.get_session().create_client(
        "secretsmanager", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s",
    )
    with Stubber(real) as stub:
        stub.add_client_error("get_secret_value", code, message, 400, response_meta=metadata)
        return raise_from(lambda: real.get_secret_value(**REQUEST))


def test_an_error_is_as_botocores(client: Any) -> None:
    error = raise_from(lambda: client.get_secret_value(**REQUEST))
    real = stub_error("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")

    assert type(error).__name__ == type(real).__name__
    assert str(error) == str(real)
    assert error.args == real.args
    assert repr(error) == repr(real)
    assert error.operation_name == real.operation_name
    assert error.MSG_TEMPLATE == real.MSG_TEMPLATE
    assert error.response["Error"] == real.response["Error"]
    assert {"HTTPStatusCode", "RequestId", "RetryAttempts"} <= error.response["ResponseMetadata"].keys()


def test_an_invalid_request_is_as_botocores(client: Any) -> None:
    error = raise_from(client.get_secret_value)
    real = raise_from(lambda: botocore.session.get_session().create_client(
        "secretsmanager", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s",
    ).get_secret_value())

    assert (str(error), error.args, error.kwargs, error.fmt) == (str(real), real.args, real.kwargs, real.fmt)


def test_the_example_of_the_boto3_guide(client: Any) -> None:
    """Page "Error handling" of the boto3 guide: ClientError first, then ParamValidationError."""
    def describe(**request: Any) -> str:
        try:
            return str(client.describe_secret(**request)["Name"])
        except botocore.exceptions.ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return "missing"
            raise
        except botocore.exceptions.ParamValidationError as error:
            return f"The parameters you provided are incorrect: {error}"

    client.create_secret(Name="a")
    assert describe(SecretId="a") == "a"
    assert describe(SecretId="b") == "missing"
    assert describe(Name="a").startswith("The parameters you provided are incorrect: Parameter validation failed:\n")


@pytest.mark.parametrize("error", sorted({*errors.CLIENT_ERRORS.values(), *errors.KEY_ERRORS.values()}, key=str))
def test_every_class_is_one_of_botocores(error: type[errors.ClientError]) -> None:
    is_invalid = issubclass(error, errors.ParamValidationError)
    assert issubclass(error, botocore.exceptions.ClientError) is not is_invalid
    assert issubclass(error, botocore.exceptions.ParamValidationError) is is_invalid
    assert issubclass(error, smtui.ClientError)


COPIES: list[Callable[[Any], Any]] = [
    copy.copy, copy.deepcopy, *(lambda error, how=how: pickle.loads(pickle.dumps(error, how)) for how in range(6)),
]


@pytest.mark.parametrize("make_copy", COPIES)
@pytest.mark.parametrize("request_", [REQUEST, {}])
def test_a_copy_is_the_same(client: Any, request_: Any, make_copy: Callable[[Any], Any]) -> None:
    """Errors cross the borders of processes, for example in concurrent.futures."""
    error = raise_from(lambda: client.get_secret_value(**request_))
    error.hint = "a hint"

    twin = make_copy(error)

    assert type(twin) is type(error)
    assert vars(twin) == vars(error)
    assert (str(twin), twin.args) == (str(error), error.args)


@pytest.mark.parametrize("error", [
    smtui.VaultLockedError("x", hint="y"), errors.ChangedMeanwhileError({"a": 1}), smtui.SmtuiError("x"),
])
def test_other_errors_can_be_copied(error: Any) -> None:
    twin = pickle.loads(pickle.dumps(error))
    assert (type(twin), vars(twin), str(twin)) == (type(error), vars(error), str(error))


def test_tests_of_programs_make_errors_as_boto3s(client: Any) -> None:
    """As `side_effect` of a mock: with a response and an operation, by position or by name."""
    response = {"Error": {"Code": "ThrottlingException", "Message": "Slow down."},
                "ResponseMetadata": {"MaxAttemptsReached": True, "RetryAttempts": 4}}
    for kind in (smtui.ClientError, client.exceptions.ResourceNotFoundException):
        for error in (kind(response, "GetSecretValue"),
                      kind(error_response=response, operation_name="GetSecretValue")):
            real = botocore.exceptions.ClientError(response, "GetSecretValue")
            assert (str(error), error.args, error.response) == (str(real), real.args, real.response)
            assert error.code == "ThrottlingException"
    assert str(smtui.ClientError({}, "X")) == str(botocore.exceptions.ClientError({}, "X"))
    invalid = client.exceptions.ParamValidationError(report="no")
    assert str(invalid) == str(botocore.exceptions.ParamValidationError(report="no"))


def test_an_unknown_code_is_kept() -> None:
    error = errors.make_error("ThrottlingException", "Slow down.")
    assert error.response["Error"] == {"Code": "ThrottlingException", "Message": "Slow down."}
    assert error.code == "ThrottlingException"
    assert isinstance(error, botocore.exceptions.ClientError)
