"""The built-in password function: generates a random password for one key of a JSON value, or as the entire value.

It is for secrets that are stored only in this vault: no other system learns the new password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from smtui.api.errors import InvalidRequestException, ResourceNotFoundException
from smtui.rotation.base_version import BaseGuard
from smtui.rotation.function import Output, StepFailedError, Task
from smtui.rules.labels import AWSCURRENT
from smtui.text.json_object import read_object

if TYPE_CHECKING:
    from smtui.api.types import Client


def rotate_password(task: Task, step: str, client: Client) -> Output:
    """Runs one step of the password function. Raises StepFailedError, ClientError."""
    guard = BaseGuard(task, client)
    if step == "createSecret":
        _create(task, cast("Client", guard), dict(task.function["Password"]))
    elif step == "testSecret":
        client.get_secret_value(SecretId=task.arn, VersionId=task.token, VersionStage="AWSPENDING")
    elif step == "finishSecret":
        _finish(task, guard)
    return Output()


def _create(task: Task, client: Client, options: dict[str, Any]) -> None:
    """Stores the pending value, unless an earlier attempt has stored it."""
    key = options.pop("Key", None)
    try:
        client.get_secret_value(SecretId=task.arn, VersionId=task.token, VersionStage="AWSPENDING")
    except ResourceNotFoundException:
        current = _read_current(task, client)
        password = client.get_random_password(**options)["RandomPassword"]
        value = password if key is None else _replace_key(current, key, password)
        client.put_secret_value(SecretId=task.arn, ClientRequestToken=task.token, SecretString=value,
                                VersionStages=["AWSPENDING"])


def _read_current(task: Task, client: Client) -> str | None:
    """The text of the current value; None if it is binary, or if the secret has no value yet."""
    try:
        return client.get_secret_value(SecretId=task.arn, VersionStage="AWSCURRENT").get("SecretString")
    except ResourceNotFoundException:
        return None


def _replace_key(value: str | None, key: str, password: str) -> str:
    """The value with one key set and every other byte unchanged. Raises StepFailedError."""
    held = read_object(value or "")
    if held is None:
        raise StepFailedError(f"The value is not a JSON object, so it has no key {key}.")
    if held.find(key) is None:
        raise StepFailedError(f"The value has no key {key}.")
    return held.set_text(key, password)


def _finish(task: Task, guard: BaseGuard) -> None:
    """Moves AWSCURRENT. Raises StepFailedError if another value was stored meanwhile, which must not be overwritten."""
    described = guard.describe_secret(SecretId=task.arn)["VersionIdsToStages"]
    source = [{"RemoveFromVersionId": version} for version, labels in described.items() if AWSCURRENT in labels]
    try:
        guard.update_secret_version_stage(SecretId=task.arn, VersionStage=AWSCURRENT, MoveToVersionId=task.token,
                                          **(source[0] if source else {}))
    except InvalidRequestException:
        if guard.problem:
            raise StepFailedError(guard.problem) from None
        raise
    guard.forget_base()
