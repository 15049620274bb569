"""Selects secrets for an export and reads their values, with at most `BATCHES_TOGETHER` batches in memory.

Each value is read by the usual operations, so the audit log records each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from smtui.api.errors import ClientError, ResourceNotFoundException, make_error
from smtui.api.limits import MAX_BATCH_SIZE, MAX_PAGE_SIZE
from smtui.rules.version_spec import VersionSpec
from smtui.system.ambient import read_monotonic_clock
from smtui.transfer.errors import InvalidSelectionError

if TYPE_CHECKING:
    from smtui.api.types import Client, Filter

Answer = Mapping[str, Any]
ReadTogether = Callable[[], AbstractContextManager[None]]
"""`Context.reading`: the reads inside the block that it makes share one commit."""
Announce = Callable[[int], None]
"""Is told how many calls will be made."""
CALLS_PER_NAME = 2
"""DescribeSecret and GetSecretValue."""
BATCHES_TOGETHER = 25
"""How many batches of BatchGetSecretValue share one commit."""
SECONDS_TOGETHER = 0.1
"""After this time a commit is due, because other writers of the vault wait for it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Secrets by name or ARN, each with or without a version (`VersionSpec`), in plain words such as `prod/db~1`.

    Without names: those with the prefix that match every filter of ListSecrets.
    """

    names: Sequence[str] = ()
    prefix: str = ""
    filters: Sequence[Filter] = ()

    def read_secrets(
        self, client: Client, together: ReadTogether = nullcontext, announce: Announce | None = None
    ) -> Iterator[Answer]:
        """Each secret's metadata together with its value, if it has one; in the given order of names, else by name.

        `together` is `reading` of the client's context. `announce` is called before the first value is read, with the
        number of calls that follow: the list is then read to its end first.

        Raises:
            InvalidSelectionError: if the prefix cannot be searched for, or two versions of one secret are selected.
            InvalidVersionSpecError: if a name is not one.
            VersionNotFoundError: if a secret has no such version.
            ClientError: if a secret cannot be read.
        """
        if self.names:
            if announce is not None:
                announce(len(self.names) * CALLS_PER_NAME)
            return _read_named(client, self.names)
        return _read_matching(client, self._list_filters(), together, announce)

    def _list_filters(self) -> Sequence[Filter]:
        if self.prefix.startswith("!"):
            raise InvalidSelectionError("A prefix cannot start with !: filters interpret that as 'not'.")
        by_name: list[Filter] = [{"Key": "name", "Values": [self.prefix]}] if self.prefix else []
        return [*self.filters, *by_name]


def get_value(answer: Answer) -> str | bytes | None:
    """The value in an answer, None if it has none."""
    found: str | bytes | None = answer.get("SecretString", answer.get("SecretBinary"))
    return found


def get_tags(answer: Answer) -> dict[str, str]:
    """The values of the tags in an answer, by key."""
    return {tag["Key"]: tag.get("Value", "") for tag in answer.get("Tags", ())}


def _read_named(client: Client, names: Sequence[str]) -> Iterator[Answer]:
    versions: dict[str, str] = {}
    for name in names:
        answer = _read_version(client, VersionSpec.parse(name))
        if versions.setdefault(answer["ARN"], answer.get("VersionId", "")) != answer.get("VersionId", ""):
            raise InvalidSelectionError(f"Two versions of {answer['Name']} are selected; "
                                        "an export can hold only one version of each secret.")
        yield answer


def _read_version(client: Client, version: VersionSpec) -> Answer:
    about: Answer = {"Name": version.secret_id}
    try:
        about = client.describe_secret(SecretId=version.secret_id)
        request: Any = version.build_request(client)
        return {**about, **client.get_secret_value(**request)}
    except ClientError as error:
        if isinstance(error, ResourceNotFoundException) and version.is_current and "ARN" in about:
            return {**about}
        error.hint = error.hint or f"Affected: {about['Name']}."
        raise


def _read_matching(
    client: Client, filters: Sequence[Filter], together: ReadTogether, announce: Announce | None
) -> Iterator[Answer]:
    request: dict[str, Any] = {"SortBy": "name", "SortOrder": "asc", "MaxResults": MAX_PAGE_SIZE}
    if filters:
        request["Filters"] = filters
    pages = client.get_paginator("list_secrets").paginate(**request)
    batches: Iterator[Sequence[Answer]] = (batch for page in pages for batch in _split(page["SecretList"]))
    if announce is not None:
        read_batches = list(batches)
        announce(len(read_batches))
        batches = iter(read_batches)
    while True:
        with together():
            read = _read_batches(client, batches)
        if not read:
            return
        for batch, answer in read:
            yield from _add_values(batch, answer)


def _read_batches(client: Client, batches: Iterator[Sequence[Answer]]) -> list[tuple[Sequence[Answer], Any]]:
    """The next batches with their answers, as many as fit into one commit."""
    begun = read_monotonic_clock()
    read: list[tuple[Sequence[Answer], Any]] = []
    for batch in islice(batches, BATCHES_TOGETHER):
        read.append((batch, client.batch_get_secret_value(SecretIdList=[entry["ARN"] for entry in batch])))
        if read_monotonic_clock() - begun > SECONDS_TOGETHER:
            break
    return read


def _split(entries: Sequence[Answer]) -> Iterator[Sequence[Answer]]:
    """Entries in batches that BatchGetSecretValue accepts."""
    for start in range(0, len(entries), MAX_BATCH_SIZE):
        yield entries[start : start + MAX_BATCH_SIZE]


def _add_values(entries: Sequence[Answer], answer: Any) -> Iterator[Answer]:
    values = {each["ARN"]: each for each in answer["SecretValues"]}
    errors = {each["SecretId"]: each for each in answer["Errors"]}
    for entry in entries:
        error = errors.get(entry["ARN"])
        if error is not None and error["ErrorCode"] != ResourceNotFoundException.code:
            raise _make_error(entry["Name"], error)
        yield {**entry, **values.get(entry["ARN"], {})}


def _make_error(name: str, error: Mapping[str, str]) -> ClientError:
    """The error of one secret in a batch, as GetSecretValue would raise it."""
    refusal = make_error(error["ErrorCode"], error["Message"], hint=f"Affected: {name}.")
    refusal.add_response_metadata("GetSecretValue", {})
    return refusal
