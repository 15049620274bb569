"""Which secrets are meant, and their values: never more than one page of them is in memory.

Each value is read as any caller reads it, so that each stands in the trail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtui.api.errors import CLIENT_ERRORS, ClientError, ResourceNotFoundException
from smtui.api.limits import MAX_BATCH_SIZE, MAX_PAGE_SIZE
from smtui.transfer.errors import InvalidSelectionError

if TYPE_CHECKING:
    from smtui.api.types import Client, Filter

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The secrets of these names or ARNs; or else those that begin with the prefix and that every filter finds."""

    names: Sequence[str] = ()
    prefix: str = ""
    filters: Sequence[Filter] = ()

    def answers(self, client: Client) -> Iterator[Answer]:
        """What is known of each, with its value, if it has one; those that are named in their order, others by name."""
        return _named(client, self.names) if self.names else _found(client, self._all_filters())

    def _all_filters(self) -> Sequence[Filter]:
        if self.prefix.startswith("!"):
            raise InvalidSelectionError("A prefix that begins with ! cannot be asked for: filters read that as 'not'.")
        by_name: list[Filter] = [{"Key": "name", "Values": [self.prefix]}] if self.prefix else []
        return [*self.filters, *by_name]


def value_of(answer: Answer) -> str | bytes | None:
    found: str | bytes | None = answer.get("SecretString", answer.get("SecretBinary"))
    return found


def _named(client: Client, names: Sequence[str]) -> Iterator[Answer]:
    for name in names:
        about = client.describe_secret(SecretId=name)
        try:
            yield {**about, **client.get_secret_value(SecretId=name)}
        except ResourceNotFoundException:
            yield {**about}


def _found(client: Client, filters: Sequence[Filter]) -> Iterator[Answer]:
    asked: dict[str, Any] = {"SortBy": "name", "SortOrder": "asc", "MaxResults": MAX_PAGE_SIZE}
    if filters:
        asked["Filters"] = filters
    for page in client.get_paginator("list_secrets").paginate(**asked):
        entries = page["SecretList"]
        for start in range(0, len(entries), MAX_BATCH_SIZE):
            yield from _with_values(client, entries[start : start + MAX_BATCH_SIZE])


def _with_values(client: Client, entries: Sequence[Answer]) -> Iterator[Answer]:
    answer: Any = client.batch_get_secret_value(SecretIdList=[entry["ARN"] for entry in entries])
    values = {each["ARN"]: each for each in answer["SecretValues"]}
    errors = {each["SecretId"]: each for each in answer["Errors"]}
    for entry in entries:
        error = errors.get(entry["ARN"])
        if error is not None and error["ErrorCode"] != ResourceNotFoundException.code:
            raise _refusal(entry["Name"], error)
        yield {**entry, **values.get(entry["ARN"], {})}


def _refusal(name: str, error: Mapping[str, str]) -> ClientError:
    """What was said of one of a batch, as the error it would have been alone."""
    refusal = CLIENT_ERRORS.get(error["ErrorCode"], ClientError)(error["Message"], hint=f"That was {name}.")
    refusal.answer("GetSecretValue", {})
    return refusal
