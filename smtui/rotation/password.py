"""The built-in function: a new random password, in one key of a JSON value or instead of the whole value.

For secrets of which the vault is the only keeper: nothing outside learns of the new password by itself.
"""

from __future__ import annotations

from typing import Any

from smtui.api.errors import ResourceNotFoundException
from smtui.api.types import Client
from smtui.rotation.function import Output, StepFailed, Task
from smtui.text.json_object import read_object


def password(task: Task, step: str, client: Client) -> Output:
    if step == "createSecret":
        _create(task, client, dict(task.function["Password"]))
    elif step == "testSecret":
        client.get_secret_value(SecretId=task.arn, VersionId=task.token, VersionStage="AWSPENDING")
    elif step == "finishSecret":
        finish(task, client)
    return Output()


def _create(task: Task, client: Client, options: dict[str, Any]) -> None:
    """Stores the pending value, unless an earlier try has."""
    key = options.pop("Key", None)
    try:
        client.get_secret_value(SecretId=task.arn, VersionId=task.token, VersionStage="AWSPENDING")
    except ResourceNotFoundException:
        current = client.get_secret_value(SecretId=task.arn, VersionStage="AWSCURRENT")
        made = client.get_random_password(**options)["RandomPassword"]
        value = made if key is None else _with(current.get("SecretString"), key, made)
        client.put_secret_value(SecretId=task.arn, ClientRequestToken=task.token, SecretString=value,
                                VersionStages=["AWSPENDING"])


def _with(value: str | None, key: str, made: str) -> str:
    """The value with one key changed, and every other byte as it was. Raises StepFailed."""
    held = read_object(value or "")
    if held is None:
        raise StepFailed(f"The value is no JSON object, so it has no key {key}.")
    if held.find(key) is None:
        raise StepFailed(f"The value has no key {key}.")
    return held.set_text(key, made)


def finish(task: Task, client: Client) -> None:
    """AWSCURRENT goes to the new version, unless it is there."""
    versions = client.describe_secret(SecretId=task.arn)["VersionIdsToStages"]
    [current] = [version for version, stages in versions.items() if "AWSCURRENT" in stages]
    if current != task.token:
        client.update_secret_version_stage(SecretId=task.arn, VersionStage="AWSCURRENT", MoveToVersionId=task.token,
                                           RemoveFromVersionId=current)
