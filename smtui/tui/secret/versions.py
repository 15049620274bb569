"""Reads the versions of a secret for the list of versions, with the names of their KMS keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from smtui.rules.labels import sort_labels
from smtui.tui.kms import picker
from smtui.tui.secret.version_list import Version

if TYPE_CHECKING:
    from smtui.api.types import ListSecretVersionIdsRequest, SecretVersionsListEntry
    from smtui.tui.reader import Reader


def list_versions(reader: Reader, secret_id: str, *, deprecated: bool) -> list[SecretVersionsListEntry]:
    """Lists the versions of a secret, newest first.

    Args:
        secret_id: the ARN or name of the secret.
        deprecated: whether to list versions without labels too.

    Raises:
        ClientError: the service refused it.
    """
    request: ListSecretVersionIdsRequest = {"SecretId": secret_id, "IncludeDeprecated": deprecated}
    answer = reader.list_secret_version_ids(**request)
    versions = list(answer["Versions"])
    while token := answer.get("NextToken"):
        request["NextToken"] = token
        answer = reader.list_secret_version_ids(**request)
        versions += answer["Versions"]
    return versions[::-1]


def read_key_names(reader: Reader, versions: Iterable[SecretVersionsListEntry]) -> Mapping[str, str]:
    """Returns the aliases of KMS keys by key id; empty if no version has a key of its own.

    Raises:
        ClientError: the service refused it.
    """
    return picker.read_aliases(reader) if any(map(_has_own_key, versions)) else {}


def build_version(version: SecretVersionsListEntry, key_names: Mapping[str, str]) -> Version:
    """Builds the row of a version."""
    stages = tuple(sort_labels(version.get("VersionStages", ())))
    key = picker.format_keys(version.get("KmsKeyIds", ()), key_names)
    return Version(version["VersionId"], stages, version.get("CreatedDate"), version.get("LastAccessedDate"), key)


def _has_own_key(version: SecretVersionsListEntry) -> bool:
    return version.get("KmsKeyIds", [picker.LISTED_DEFAULT]) != [picker.LISTED_DEFAULT]
