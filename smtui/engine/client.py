"""Clients with boto3's calling shape over the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from smtui.api.boto_client import BotoClient, ClientExceptions, format_method_name
from smtui.api.errors import KEY_ERRORS, ClientError, InvalidRegionError, ValidationException
from smtui.api.extensions import ACCESS_OPERATIONS, ROTATION_OPERATIONS
from smtui.api.kms import KEY_OPERATIONS
from smtui.api.limits import REGION_PATTERN
from smtui.api.raw_request import drop_ignored
from smtui.engine.call import Caller
from smtui.engine.declaration import CONTRACT
from smtui.engine.pipeline import Engine

__all__ = [
    "LocalAccessClient", "LocalClient", "LocalKeyClient", "LocalRotationClient", "RawClient", "format_method_name",
]  # fmt: skip

OnSuccess = Callable[[str, dict[str, Any], str], None]
"""Called after each successful operation with its name, the response and the Region."""


class LocalClient(BotoClient):
    """A client for one caller in one Region of a local vault, with the methods of `smtui.api.types.Client`.

    Without `record_reads`, reads of metadata leave no audit event, see `Engine.call`. No request can ask for that.
    """

    is_raw: ClassVar[bool] = False

    def __init__(
        self, engine: Callable[[], Engine], region: str, caller: Caller, new_token: Callable[[], str],
        on_success: OnSuccess = lambda *_: None, *, endpoint_url: str = "", record_reads: bool = True,
    ) -> None:
        super().__init__(region, endpoint_url)
        self._engine = engine
        self._caller = caller
        self._new_token = new_token
        self._on_success = on_success
        self._record_reads = record_reads

    def __repr__(self) -> str:
        return f"<smtui client for {self.meta.region_name}>"

    @staticmethod
    def make_region_error(region_name: str) -> Exception:
        """The error of a client for a Region that is none."""
        return InvalidRegionError(region_name)

    def call_many(self, operation: str, many: Sequence[dict[str, Any]]) -> list[ClientError | None]:
        """Runs an operation for each request; returns, in their order, None or the error of one that was refused.

        If none is refused they run together, which takes a fraction of the time; otherwise one by one.
        """
        requests = [self._prepare(operation, params) for params in many]
        try:
            self._engine().call_many(operation, requests, region=self.meta.region_name, caller=self._caller)
        except ClientError:
            return [self._try_call(operation, request) for request in requests]
        return [None] * len(requests)

    def _try_call(self, operation: str, request: dict[str, Any]) -> ClientError | None:
        try:
            self._call(operation, request)
        except ClientError as refusal:
            return refusal
        return None

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        request = self._prepare(operation, params)
        response = self._engine().call(operation, request, region=self.meta.region_name, caller=self._caller,
                                       record_reads=self._record_reads, raw=self.is_raw)
        self._on_success(operation, response, self.meta.region_name)
        return response

    def _prepare(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Adds an idempotency token if the request has none, as boto3 does."""
        token = CONTRACT[operation].request.idempotency_token
        return {**params, token: self._new_token()} if token and params.get(token) is None else params


class RawClient(LocalClient):
    """A client for servers, whose requests come over the wire and have been through no client of AWS.

    It adds no idempotency token, ignores members that are null or unknown, takes a blob as base64 text too, and refuses
    in the words of the service, never in those of Python.
    """

    is_raw = True

    @staticmethod
    def make_region_error(region_name: str) -> Exception:
        return ValidationException("1 validation error detected: Value at 'region' failed to satisfy constraint: "
                                   f"Member must satisfy regular expression pattern: {REGION_PATTERN}")

    def _prepare(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Drops what the service ignores."""
        request: dict[str, Any] = drop_ignored(CONTRACT[operation].request, params)
        return request


class LocalKeyClient(LocalClient):
    """A client for the KMS keys of a Region, with the methods of `smtui.api.kms_types.KeyClient`."""

    exceptions = ClientExceptions(KEY_ERRORS)
    service = ("kms", "KMS", "2014-11-01")
    operations: ClassVar[dict[str, str]] = {
        format_method_name(operation.name): key for key, operation in KEY_OPERATIONS.items()
    }


class LocalRotationClient(LocalClient):
    """A client for rotation runs, with the methods of `smtui.api.extension_types.RotationClient`."""

    service = ("smtui", "smtui", "2017-10-17")
    operations: ClassVar[dict[str, str]] = {
        format_method_name(operation): operation for operation in ROTATION_OPERATIONS
    }


class LocalAccessClient(LocalClient):
    """A client for questions about access, with the methods of `smtui.api.extension_types.AccessClient`."""

    service = ("smtui", "smtui", "2017-10-17")
    operations: ClassVar[dict[str, str]] = {format_method_name(operation): operation for operation in ACCESS_OPERATIONS}
