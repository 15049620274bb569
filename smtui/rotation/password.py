"""The built-in function: a new random password, in one key of a JSON value or instead of the whole value.

For secrets of which the vault is the only keeper: nothing outside learns of the new password by itself.
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

from smtui.api.errors import ResourceNotFoundException
from smtui.api.types import Client
from smtui.compare_and_swap import OWN_LABEL, read_labels
from smtui.labels import AWSCURRENT
from smtui.rotation.function import Output, StepFailedError, Task
from smtui.text.json_object import read_object

MADE_FROM = f"{OWN_LABEL}from-"
"""How the label begins that a pending version carries until it is current; the rest is the version it was made from."""
CHANGED = ("AWSCURRENT moved to version {current} while this rotation was under way. That value is not overwritten: "
           "remove AWSPENDING from version {pending}, then rotate again.")


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
        _put_pending(task, client, value, f"{MADE_FROM}{current['VersionId']}")


def _put_pending(task: Task, client: Client, value: str, mark: str) -> None:
    """A secret that has as many labels as it may have goes without the mark."""
    for stages in (["AWSPENDING", mark], ["AWSPENDING"]):
        with suppress(client.exceptions.LimitExceededException) if mark in stages else nullcontext():
            client.put_secret_value(SecretId=task.arn, ClientRequestToken=task.token, SecretString=value,
                                    VersionStages=stages)
            return


def _with(value: str | None, key: str, made: str) -> str:
    """The value with one key changed, and every other byte as it was. Raises StepFailedError."""
    held = read_object(value or "")
    if held is None:
        raise StepFailedError(f"The value is no JSON object, so it has no key {key}.")
    if held.find(key) is None:
        raise StepFailedError(f"The value has no key {key}.")
    return held.set_text(key, made)


def finish(task: Task, client: Client) -> None:
    """AWSCURRENT goes to the new version, from the version that the new value was made from and from no other.

    Raises StepFailedError where somebody stored another value meanwhile, which would be overwritten unseen.
    """
    now = read_labels(client, task.arn)
    marks = [label for label, version in now.items() if label.startswith(MADE_FROM) and version == task.token]
    if now[AWSCURRENT] != task.token:
        base = marks[0].removeprefix(MADE_FROM) if marks else now[AWSCURRENT]
        try:
            client.update_secret_version_stage(SecretId=task.arn, VersionStage=AWSCURRENT, MoveToVersionId=task.token,
                                               RemoveFromVersionId=base)
        except client.exceptions.InvalidParameterException:
            raise StepFailedError(CHANGED.format(current=now[AWSCURRENT][:8], pending=task.token[:8])) from None
    for label in marks:
        client.update_secret_version_stage(SecretId=task.arn, VersionStage=label, RemoveFromVersionId=task.token)
