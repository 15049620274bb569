"""Records the base version of a rotation, so that the rotation does not overwrite a value that was stored meanwhile.

The rotation templates of AWS look up the version with AWSCURRENT only in finishSecret. Therefore their
RemoveFromVersionId can be a version that was stored during the rotation. `BaseGuard` records the base version when the
pending value is stored, as a label of the pending version. The label survives crashes and retries, and is removed when
the pending version becomes current.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from smtui.api.errors import InvalidParameterException, InvalidRequestException, LimitExceededException
from smtui.rules.compare_and_swap import read_labels
from smtui.rules.labels import AWSCURRENT, AWSPENDING, OWN_LABEL

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.rotation.function import Task

BASE_LABEL = f"{OWN_LABEL}from-"
"""The prefix of the label of a pending version, before the VersionId of its base version."""
MOVED = ("AWSCURRENT moved to version {current} during this rotation. That value is not overwritten: "
         "remove AWSPENDING from version {pending}, then rotate again; or move AWSCURRENT to version {pending} to use "
         "the value of this rotation.")


class BaseGuard:
    """A boto3-compatible client for one step of a rotation, which records and checks the base version.

    Responses do not contain the base labels. Other operations go to the wrapped client unchanged.

    Args:
        task: the step, with the ARN of the secret and the token of the rotation.
        client: the client to wrap.

    Attributes:
        problem: why the move of AWSCURRENT was refused; empty if it was not.
    """

    def __init__(self, task: Task, client: Client) -> None:
        self._task = task
        self._client: Any = client
        self._last_read: str | None = None
        self.problem = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_secret_value(self, /, **request: Any) -> dict[str, Any]:
        """GetSecretValue, which also records the version if it is the current one of the secret that is rotated."""
        answer: dict[str, Any] = self._client.get_secret_value(**request)
        if answer["ARN"] == self._task.arn and AWSCURRENT in answer["VersionStages"]:
            self._last_read = answer["VersionId"]
        return answer | {"VersionStages": _remove_base_labels(answer["VersionStages"])}

    def describe_secret(self, /, **request: Any) -> dict[str, Any]:
        """DescribeSecret without base labels."""
        answer: dict[str, Any] = self._client.describe_secret(**request)
        if "VersionIdsToStages" in answer:
            stages = answer["VersionIdsToStages"].items()
            answer |= {"VersionIdsToStages": {
                version: without for version, labels in stages if (without := _remove_base_labels(labels))}}
        return answer

    def list_secret_version_ids(self, /, **request: Any) -> dict[str, Any]:
        """ListSecretVersionIds without base labels."""
        answer: dict[str, Any] = self._client.list_secret_version_ids(**request)
        for version in answer["Versions"]:
            if "VersionStages" in version:
                version["VersionStages"] = _remove_base_labels(version["VersionStages"])
        return answer

    def put_secret_value(self, /, **request: Any) -> dict[str, Any]:
        """PutSecretValue, which also attaches the base label to the pending version.

        The base version is the current version that was read last, or the one with AWSCURRENT now. The label does not
        count towards the limit of labels of a vault; a service that counts it stores the value without it.
        """
        stages = request.get("VersionStages")
        is_pending = request.get("ClientRequestToken") == self._task.token and isinstance(stages, list) and (
            AWSPENDING in stages)
        base = (self._last_read or self._read_labels().get(AWSCURRENT)) if is_pending else None
        if base is not None:
            assert isinstance(stages, list), "it holds AWSPENDING"
            with suppress(LimitExceededException):
                marked = {**request, "VersionStages": [*stages, f"{BASE_LABEL}{base}"]}
                return self._put(marked)
        return self._put(request)

    def _put(self, request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.put_secret_value(**request)
        return answer | {"VersionStages": _remove_base_labels(answer["VersionStages"])}

    def update_secret_version_stage(self, /, **request: Any) -> dict[str, Any]:
        """UpdateSecretVersionStage, which moves AWSCURRENT to the pending version only from the recorded base version.

        Raises:
            InvalidRequestException: if AWSCURRENT moved to another version during the rotation.
        """
        if request.get("VersionStage") != AWSCURRENT or request.get("MoveToVersionId") != self._task.token:
            return self._send_move(request)
        self._refuse_if_moved()
        try:
            answer = self._send_move(request)
        except InvalidParameterException:
            self._refuse_if_moved()
            raise
        self.problem = ""
        return answer

    def _send_move(self, request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.update_secret_version_stage(**request)
        return answer

    def _refuse_if_moved(self) -> None:
        labels = self._read_labels()
        bases = [label.removeprefix(BASE_LABEL) for label, version in labels.items()
                 if label.startswith(BASE_LABEL) and version == self._task.token]
        if bases and labels[AWSCURRENT] not in (*bases, self._task.token):
            self.problem = MOVED.format(current=labels[AWSCURRENT][:8], pending=self._task.token[:8])
            raise InvalidRequestException(self.problem)

    def _read_labels(self) -> dict[str, str]:
        return read_labels(self._client, self._task.arn)

    def forget_base(self) -> None:
        """Removes all base labels of the secret once the pending version is current, also those of old rotations."""
        labels = self._read_labels()
        if labels.get(AWSCURRENT) == self._task.token:
            for label, version in labels.items():
                if label.startswith(BASE_LABEL):
                    self._client.update_secret_version_stage(SecretId=self._task.arn, VersionStage=label,
                                                             RemoveFromVersionId=version)


def _remove_base_labels(labels: list[str]) -> list[str]:
    return [label for label in labels if not label.startswith(BASE_LABEL)]
