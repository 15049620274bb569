"""The sides of a comparison: a client of boto3's shape, or the entries of an import file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from smtui.api.errors import AccessDeniedException, ClientError
from smtui.api.limits import MAX_BATCH_SIZE, MAX_PAGE_SIZE
from smtui.api.record import make_field, record
from smtui.comparison.state import SecretState, make_state

if TYPE_CHECKING:
    from smtui.api.types import Client
    from smtui.transfer.entry import Entry

MAX_FILTER_VALUES = 10
"""Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html"""

NEGATION = "!"
"""Begins the value of a filter that secrets must not match."""


@record(repr=False)
class SideValue:
    """A value that is compared, and its version ID; without a value, `problem` says why, as a sentence."""

    value: str | bytes | None
    version: str | None = None
    problem: str = ""


class Side(Protocol):
    """One side of a comparison."""

    @property
    def has_versions(self) -> bool:
        """Whether its secrets have version IDs."""

    def list_states(self, prefixes: Sequence[str]) -> Iterator[SecretState]:
        """The secrets whose names begin with one of the prefixes; without prefixes, all. Raises ClientError."""

    def read_values(self, states: Sequence[SecretState]) -> Mapping[str, SideValue]:
        """The current values of at most `MAX_BATCH_SIZE` secrets, by name. Raises ClientError."""

    def read_policy(self, state: SecretState) -> str:
        """The resource policy of a secret, or empty. Raises ClientError."""


class ClientSide:
    """A Region of a context.

    Args:
        client: a boto3-compatible client.
    """

    has_versions = True

    def __init__(self, client: Client) -> None:
        self.client = client

    def list_states(self, prefixes: Sequence[str]) -> Iterator[SecretState]:
        region = self.client.meta.region_name
        request: Any = {"MaxResults": MAX_PAGE_SIZE, "IncludePlannedDeletion": True}
        if 0 < len(prefixes) <= MAX_FILTER_VALUES and not any(each.startswith(NEGATION) for each in prefixes):
            request["Filters"] = [{"Key": "name", "Values": list(prefixes)}]
        for page in self.client.get_paginator("list_secrets").paginate(**request):
            for entry in page["SecretList"]:
                if not prefixes or entry["Name"].startswith(tuple(prefixes)):
                    yield make_state(entry, region)

    def read_values(self, states: Sequence[SecretState]) -> Mapping[str, SideValue]:
        assert len(states) <= MAX_BATCH_SIZE
        names = {state.secret_id: state.name for state in states}
        try:
            answer: Any = self.client.batch_get_secret_value(SecretIdList=list(names))
        except AccessDeniedException:
            return {state.name: self._read_value(state) for state in states}
        values = {names[each["ARN"]]: _make_value(each) for each in answer["SecretValues"]}
        problems = {names[each["SecretId"]]: SideValue(None, problem=each["Message"])
                    for each in answer.get("Errors", ()) if each.get("SecretId") in names}
        missing = {name: SideValue(None, problem="No value was returned.") for name in names.values()}
        return {**missing, **problems, **values}

    def _read_value(self, state: SecretState) -> SideValue:
        """One value, for callers without permission for BatchGetSecretValue."""
        try:
            return _make_value(self.client.get_secret_value(SecretId=state.secret_id))
        except ClientError as error:
            return SideValue(None, problem=error.sentence)

    def read_policy(self, state: SecretState) -> str:
        return self.client.get_resource_policy(SecretId=state.secret_id).get("ResourcePolicy", "")


def _make_value(answer: Mapping[str, Any]) -> SideValue:
    return SideValue(answer.get("SecretString", answer.get("SecretBinary")), answer.get("VersionId"))


@record(repr=False)
class EntriesSide:
    """The entries of an import file, which have no version IDs."""

    entries: Sequence[Entry] = make_field(repr=False)

    @property
    def has_versions(self) -> bool:
        return False

    def list_states(self, prefixes: Sequence[str]) -> Iterator[SecretState]:
        for entry in self.entries:
            if not prefixes or entry.name.startswith(tuple(prefixes)):
                tags = {tag["Key"]: tag["Value"] for tag in entry.metadata.get("Tags", ())}
                yield SecretState(entry.name, entry.name, has_value=bool(entry.value), owner=entry.owner or "",
                                  description=entry.metadata.get("Description") or "", tags=tags)

    def read_values(self, states: Sequence[SecretState]) -> Mapping[str, SideValue]:
        names = {state.name for state in states}
        return {entry.name: SideValue(entry.value) for entry in self.entries if entry.name in names}

    def read_policy(self, state: SecretState) -> str:
        return ""
