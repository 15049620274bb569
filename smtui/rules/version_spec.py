"""Version specifications: a secret and one of its versions in one word, as users write it.

    NAME          the current version
    NAME:LABEL    the version with this staging label, or with this VersionId or the beginning of one
    NAME~N        N versions before the current one; NAME~ is NAME~1

`NAME~1` is the version with AWSPREVIOUS, the one that a rollback returns to, and `NAME~2` the version created before
that one, and so on; a version with AWSPENDING is not counted. Without AWSPREVIOUS, and after `NAME:LABEL~N`, only the
order of creation counts. NAME is a name or an ARN. A word that can be a name is always that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from smtui.api.arn import is_arn, is_secret_name
from smtui.api.errors import SmtuiError
from smtui.api.record import record
from smtui.rules.labels import AWSCURRENT, AWSPENDING, AWSPREVIOUS

if TYPE_CHECKING:
    from smtui.api.types import Client, SecretVersionsListEntry

SHORTEST_ID = 4
"""The minimum length, in characters, of the beginning of a VersionId."""
_VERSION = r"(?::(?P<label>.+?))?(?:~(?P<back>[0-9]{0,4}))?"
_BY_NAME = rf"(?P<secret>[^:~]+){_VERSION}"
_BY_ARN = rf"(?P<secret>arn:(?:[^:]*:){{5}}[^:~]+){_VERSION}"
_ARN_COLONS = 5


class InvalidVersionSpecError(ValueError):
    """The word is neither a secret nor a version specification."""


class VersionNotFoundError(SmtuiError):
    """The secret has no such version, or more than one VersionId begins like this."""

    def __init__(self, message: str, secret_id: str) -> None:
        self.hint = f"smtui history {secret_id} lists the versions."
        super().__init__(message)


@record
class VersionSpec:
    """A parsed specification.

    Args:
        text: the specification as it was written.
        secret_id: the name or ARN of the secret.
        label: a staging label, or a VersionId or its beginning; None for the current version.
        back: how many versions before that one.
    """

    text: str
    secret_id: str
    label: str | None = None
    back: int = 0

    @classmethod
    def parse(cls, word: str) -> VersionSpec:
        """Parses a word. Raises InvalidVersionSpecError."""
        if is_secret_name(word) or not ({":", "~"} & set(word)):
            return cls(word, word)
        by_arn = is_arn(word) and word.count(":") >= _ARN_COLONS
        found = re.fullmatch(_BY_ARN if by_arn else _BY_NAME, word, re.DOTALL)
        if found is None:
            raise InvalidVersionSpecError("Expected NAME, NAME:LABEL or NAME~N.")
        return cls(word, found["secret"], found["label"], 0 if found["back"] is None else int(found["back"] or 1))

    @property
    def is_current(self) -> bool:
        """Whether the word names no version, so that the service selects the current one."""
        return self.label is None and not self.back

    def build_request(self, client: Client) -> dict[str, str]:
        """Builds the members of a request that select the secret and the version. Reads labels only if it must.

        Raises:
            VersionNotFoundError: if there is no such version.
            ClientError: if the versions cannot be read.
        """
        version = None if self.is_current else self.find_version_id(client)
        return {"SecretId": self.secret_id, **({"VersionId": version} if version else {})}

    def find_version_id(self, client: Client, labels: Mapping[str, str] | None = None) -> str:
        """Finds the VersionId. `labels` are the secret's, if they were read already. Raises like `build_request`."""
        if labels is None:
            from smtui.rules.compare_and_swap import read_labels

            labels = read_labels(client, self.secret_id)
        exact = self.text.removeprefix(f"{self.secret_id}:")
        if self.label is not None and exact in labels:
            return labels[exact]
        versions = list_versions(client, self.secret_id)
        return self._go_back([each["VersionId"] for each in versions], labels)

    def _go_back(self, versions: Sequence[str], labels: Mapping[str, str]) -> str:
        """Selects from all versions, oldest first."""
        base, steps = self._find_base(versions, labels), self.back
        current, previous = labels.get(AWSCURRENT), labels.get(AWSPREVIOUS)
        if steps and base == current and previous in versions and previous != base:
            base, steps = str(previous), steps - 1
        left_out = {current, labels.get(AWSPENDING)}
        older = [each for each in versions[: versions.index(base)] if each not in left_out]
        if steps > len(older):
            count = "no version" if self.back == 1 else f"fewer than {self.back:,} versions"
            raise VersionNotFoundError(f"{self.secret_id} has {count} before {self.label or AWSCURRENT}.",
                                       self.secret_id)
        return older[-steps] if steps else base

    def _find_base(self, versions: Sequence[str], labels: Mapping[str, str]) -> str:
        wanted = AWSCURRENT if self.label is None else self.label
        if wanted in labels:
            return labels[wanted]
        long_enough = len(wanted) >= SHORTEST_ID
        near = [each for each in versions if long_enough and each.startswith(wanted)]
        if len(near) > 1 and wanted not in near:
            raise VersionNotFoundError(f"{len(near)} versions of {self.secret_id} begin with {wanted}.", self.secret_id)
        if not near:
            raise VersionNotFoundError(f"{self.secret_id} has no version with the label {wanted}.", self.secret_id)
        return wanted if wanted in near else near[0]


def list_versions(client: Client, secret_id: str) -> list[SecretVersionsListEntry]:
    """Lists all versions of a secret, deprecated ones included, in the order of their creation. Raises ClientError."""
    found: list[SecretVersionsListEntry] = []
    token: Any = {}
    while True:  # a rotation function's client has no paginators
        page = client.list_secret_version_ids(SecretId=secret_id, IncludeDeprecated=True, **token)
        found += page["Versions"]
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}
