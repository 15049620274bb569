"""Copies a secret under another name: a plan that can be shown, and the calls that carry it out.

A copy has the description, tags, KMS key, policy and every version with a staging label, each with its own value and
labels. It has neither rotation nor replicas, nor a version or label of a rotation in progress. The plan contains no
value: values are read when the copy is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ChangedMeanwhileError
from smtui.rules.compare_and_swap import read_labels
from smtui.rules.labels import AWSCURRENT, AWSPENDING, sort_labels
from smtui.rules.version_spec import VersionSpec, list_versions

if TYPE_CHECKING:
    from smtui.api.types import Client

SERVICE_TAGS = "aws:"
"""The prefix of tags that only AWS services may add."""
SHORT_LENGTH = 8


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a copy will contain.

    Args:
        arn: the ARN of the secret to copy.
        name: its name.
        target: the name of the copy.
        metadata: the description, tags and KMS key, as CreateSecret takes them.
        policy: the resource policy, or None.
        versions: each VersionId with its labels, in the order of creation.
        omitted: what the copy will not have, in words.
    """

    arn: str
    name: str
    target: str
    metadata: Mapping[str, Any]
    policy: str | None
    versions: Mapping[str, tuple[str, ...]]
    omitted: tuple[str, ...]

    def describe(self) -> Iterator[tuple[str, str]]:
        """Yields the parts of the copy as pairs of a noun and a short text."""
        for version, labels in self.versions.items():
            yield "value", f"version {version[:SHORT_LENGTH]} ({', '.join(labels)})"
        if not self.versions:
            yield "value", "none"
        if description := self.metadata.get("Description"):
            yield "description", description
        if tags := self.metadata.get("Tags"):
            yield "tags", ", ".join(f"{tag['Key']}={tag['Value']}" for tag in tags)
        if key := self.metadata.get("KmsKeyId"):
            yield "KMS key", key
        if self.policy is not None:
            names_itself = " that names the ARN of the original" if self.arn in self.policy else ""
            yield "policy", f"{len(self.policy):,} characters{names_itself}"
        if self.omitted:
            yield "not copied", ", ".join(self.omitted)


def plan_copy(client: Client, version: VersionSpec, target: str) -> CopyPlan:
    """Plans a copy of a secret; of one version only, which becomes the current one, if `version` names it.

    Raises:
        ClientError: if the secret cannot be read.
        VersionNotFoundError: if there is no such version.
    """
    secret: Any = client.describe_secret(SecretId=version.secret_id)
    labels = {label: each for each, attached in secret.get("VersionIdsToStages", {}).items() for label in attached}
    tags = [tag for tag in secret.get("Tags", ()) if not tag["Key"].startswith(SERVICE_TAGS)]
    metadata = {"Description": secret.get("Description"), "KmsKeyId": secret.get("KmsKeyId"), "Tags": tags}
    if version.is_current:
        ids = [each["VersionId"] for each in list_versions(client, secret["ARN"])]
        versions = {each: found for each in ids if (found := _list_labels(labels, each))}
    else:
        versions = {version.find_version_id(client, labels): (AWSCURRENT,)}
    policy = client.get_resource_policy(SecretId=secret["ARN"]).get("ResourcePolicy")
    return CopyPlan(
        secret["ARN"], secret["Name"], target, {name: value for name, value in metadata.items() if value}, policy,
        versions, tuple(_list_omissions(secret, tags, labels, version)),
    )


def _list_labels(labels: Mapping[str, str], version: str) -> tuple[str, ...]:
    return tuple(sort_labels(label for label, each in labels.items() if each == version and label != AWSPENDING))


def _list_omissions(
    secret: Mapping[str, Any], tags: Sequence[Any], labels: Mapping[str, str], version: VersionSpec
) -> Iterator[str]:
    if secret.get("RotationEnabled"):
        yield "rotation"
    if AWSPENDING in labels and version.is_current:
        yield AWSPENDING
    if replicas := [each["Region"] for each in secret.get("ReplicationStatus", ())]:
        yield f"replicas ({', '.join(replicas)})"
    if len(tags) < len(secret.get("Tags", ())):
        yield "tags of AWS services"


def copy_secret(client: Client, plan: CopyPlan, version: VersionSpec) -> str:
    """Makes the copy and returns its ARN. Use it inside a transaction, so that a refused call leaves nothing behind.

    Raises:
        ChangedMeanwhileError: if the secret is no longer as it was planned.
        ClientError: if a call is refused, as for a name that is taken.
    """
    if (present := plan_copy(client, version, plan.target)) != plan:
        raise ChangedMeanwhileError(present, f"{plan.name} has changed. Nothing was copied.")
    first, *others = plan.versions or [""]
    value = _read_value(client, plan.arn, first) if first else {}
    created: Any = client.create_secret(Name=plan.target, **plan.metadata, **value)
    arn, copies = created["ARN"], {first: created.get("VersionId")}
    for each in others:
        labels = [label for label in plan.versions[each] if label != AWSCURRENT] or [AWSCURRENT]
        answer = client.put_secret_value(SecretId=arn, VersionStages=labels, **_read_value(client, plan.arn, each))
        copies[each] = answer["VersionId"]
    _attach_labels(client, arn, {label: copies[each] for each, labels in plan.versions.items() for label in labels})
    if plan.policy is not None:
        client.put_resource_policy(SecretId=arn, ResourcePolicy=plan.policy)
    return str(arn)


def _read_value(client: Client, arn: str, version: str) -> Any:
    answer = client.get_secret_value(SecretId=arn, VersionId=version)
    return {name: answer[name] for name in ("SecretString", "SecretBinary") if name in answer}


def _attach_labels(client: Client, arn: str, wanted: Mapping[str, Any]) -> None:
    """Moves the labels of the copy. AWSCURRENT comes first, because its move also moves AWSPREVIOUS."""
    for label in sorted(wanted, key=lambda label: (label != AWSCURRENT, label)):
        _move_label(client, arn, label, wanted[label])
    for label in set(read_labels(client, arn)) - set(wanted):
        _move_label(client, arn, label, None)


def _move_label(client: Client, arn: str, label: str, version: str | None) -> None:
    holder = read_labels(client, arn).get(label)
    if holder != version:
        ends = {"MoveToVersionId": version, "RemoveFromVersionId": holder}
        request: Any = {name: each for name, each in ends.items() if each}
        client.update_secret_version_stage(SecretId=arn, VersionStage=label, **request)
