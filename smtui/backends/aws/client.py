"""Clients of an account, with the methods, paginators and errors of every other client of smtui."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from smtui.api.boto_client import BotoClient, ClientExceptions, format_method_name
from smtui.api.errors import KEY_ERRORS, VaultLockedError
from smtui.api.kms import KEY_OPERATIONS
from smtui.api.model import OPERATIONS
from smtui.backends.aws.connection import CLOSED, Connection
from smtui.backends.aws.list_index import ListIndex
from smtui.engine.request import validate_form

OnChange = Callable[[str, dict[str, Any], dict[str, Any]], None]
"""Called after each change with the operation, the request and the response."""


class AwsClient(BotoClient):
    """A client for Secrets Manager in one Region of an account.

    Requests are checked here first, as boto3 does: its own message quotes what does not fit, which may be a value.
    """

    service_name: ClassVar[str] = "secretsmanager"

    def __init__(self, connection: Connection, region: str, on_change: OnChange = lambda *_: None) -> None:
        super().__init__(region, connection.get_endpoint(self.service_name, region))
        self._connection = connection
        self._on_change = on_change

    def __repr__(self) -> str:
        return f"<smtui client for {self._connection.title} in {self.meta.region_name}>"

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        request = validate_form(OPERATIONS[operation].request, params)
        response = self._connection.call(self.service_name, self.meta.region_name, operation, request)
        if operation == "ListSecretVersionIds":  # in AWS they have no order; everywhere else the oldest is the first
            response["Versions"].sort(key=lambda version: version["CreatedDate"])
        self._on_change(operation, request, response)
        return response


class IndexedClient(AwsClient):
    """A client for screens: lists come from the index of the Region, everything else from AWS."""

    def __init__(self, connection: Connection, region: str, on_change: OnChange, index: ListIndex) -> None:
        super().__init__(connection, region, on_change)
        self._index = index

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation != "ListSecrets":
            return super()._call(operation, params)
        if self._connection.is_closed:
            raise VaultLockedError(CLOSED)
        return self._index.list_secrets(**validate_form(OPERATIONS[operation].request, params))


class AwsKeyClient(AwsClient):
    """A client for the KMS keys of one Region. Its lists are complete: all pages are fetched."""

    service_name = "kms"
    exceptions = ClientExceptions(KEY_ERRORS)
    service = ("kms", "KMS", "2014-11-01")
    operations: ClassVar[dict[str, str]] = {
        format_method_name(operation.name): key for key, operation in KEY_OPERATIONS.items()
    }
    lists: ClassVar[dict[str, str]] = {"ListKeys": "Keys", "ListAliases": "Aliases", "ListResourceTags": "Tags"}

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        request = validate_form(KEY_OPERATIONS[operation].request, params)
        operation = KEY_OPERATIONS[operation].name
        if operation not in self.lists:
            return self._connection.call(self.service_name, self.meta.region_name, operation, request)
        pages = [*self._fetch_pages(operation, request)]
        member = self.lists[operation]
        return {**pages[-1], member: [item for page in pages for item in page[member]]}

    def _fetch_pages(self, operation: str, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
        position: dict[str, Any] = {}
        while True:
            page = self._connection.call(self.service_name, self.meta.region_name, operation, {**request, **position})
            yield page
            if not page.get("Truncated"):
                return
            position = {"Marker": page["NextMarker"]}
