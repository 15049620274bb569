"""A service that AWS SDKs call: checks a request in a fixed order, and answers it with an operation or a refusal.

The order is: Host, web pages and proxies, method, signature, path, operation, JSON. What may be called and what a call
does is left to subclasses. Refusals are worded as AWS words them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Generic, Protocol, TypeVar

from smtui.api.errors import (
    ClientError,
    InternalServiceError,
    SmtuiError,
    VaultBusyError,
    VaultLockedError,
    VaultReadOnlyError,
)
from smtui.protocol import aws_json
from smtui.protocol.key_pair import KeyPair
from smtui.protocol.messages import HttpRequest, HttpResponse, RefusedRequestError, make_error_response
from smtui.protocol.sigv4 import verify_signature
from smtui.system.ambient import Ambient

PAGE_HEADERS = ("origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user")
INTERNAL = "An error occurred on the server side."
LOCKED = "The vault is locked. smtui unlock unlocks it."
BUSY = "The vault is busy. Try again."


class Caller(Protocol):
    """Whoever signs with a key pair; `arn` is for the log."""

    @property
    def arn(self) -> str: ...

    @property
    def keys(self) -> KeyPair: ...


C = TypeVar("C", bound=Caller)


class AwsJsonService(Generic[C]):
    """Answers requests; safe to use from several threads.

    Args:
        hosts: the values of the Host header that are accepted, such as `127.0.0.1:2773`.
        ambient: the clock, and the source of request IDs.
    """

    def __init__(self, hosts: Collection[str], ambient: Ambient) -> None:
        self._hosts = frozenset(hosts)
        self._ambient = ambient

    # For subclasses

    def find_caller(self, access_key_id: str) -> C | None:
        """The caller with this access key. Raises SmtuiError."""
        raise NotImplementedError

    def call(
        self, operation: str, params: dict[str, Any], region: str, caller: C, request: HttpRequest
    ) -> dict[str, Any]:
        """Runs an operation for a caller, with parameters as they came over the wire. Raises SmtuiError."""
        raise NotImplementedError

    def answer_get(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """The response to a GET request. Raises RefusedRequestError, which is what happens by default."""
        raise RefusedRequestError("UnknownOperationException", "Only POST is served here.", 405)

    # The order of the checks

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The response to a request. Raises nothing."""
        request_id = self._ambient.create_uuid()
        try:
            self._refuse_pages_and_proxies(request)
            if request.method == "GET":
                return self.answer_get(request, request_id)
            if request.method != "POST":
                raise RefusedRequestError("UnknownOperationException", "Only GET and POST are served here.", 405)
            return self._answer_signed(request, request_id)
        except RefusedRequestError as error:
            return make_error_response(error.code, str(error), error.status, request_id=request_id)
        except Exception:  # nothing about a fault of this program may reach a client
            return make_error_response("InternalServiceError", INTERNAL, 500, is_modeled=True, request_id=request_id)

    def _refuse_pages_and_proxies(self, request: HttpRequest) -> None:
        hosts = request.find_headers("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            raise RefusedRequestError("AccessDeniedException", "This Host is not served here.", 403)
        if any(map(request.find_headers, PAGE_HEADERS)):
            raise RefusedRequestError("AccessDeniedException", "Web pages are not served here.", 403)
        if request.is_forwarded and request.method != "GET":  # a GET gets the answer of AWS's agent
            raise RefusedRequestError("AccessDeniedException", "Forwarded requests are not served here.", 403)

    def _answer_signed(self, request: HttpRequest, request_id: str) -> HttpResponse:
        found: list[C] = []

        def find_keys(access_key_id: str) -> KeyPair | None:
            caller = self.find_caller(access_key_id)
            found.extend([] if caller is None else [caller])
            return caller.keys if caller else None

        try:
            signature = verify_signature(request, find_keys, self._ambient.now().timestamp())
        except RefusedRequestError:
            raise
        except SmtuiError as error:
            return refuse(error, request_id)
        caller = found[0]
        label: str = "-"
        secret: object = ""
        try:
            if request.path != "/":
                raise RefusedRequestError("UnknownOperationException", "", 404)
            label = aws_json.read_operation(request)
            params = aws_json.read_parameters(request.body)
            secret = aws_json.find_secret(params)
            response = self.call(label, params, signature.region, caller, request)
        except RefusedRequestError as error:
            return make_error_response(error.code, str(error), error.status, request_id=request_id, label=label,
                                       caller=caller.arn)
        except SmtuiError as error:
            return refuse(error, request_id, label=label, caller=caller.arn, secret=secret)
        request_id = response.get("ResponseMetadata", {}).get("RequestId", request_id)
        return HttpResponse(200, aws_json.format_response(label, response), request_id=request_id, label=label,
                            caller=caller.arn, secret=secret)


def refuse(
    error: SmtuiError, request_id: str, *, label: str = "-", caller: str = "-", secret: object = ""
) -> HttpResponse:
    """The response for an error of an operation. Errors about the file do not show its name."""
    code, message, status, is_modeled = _classify_error(error)
    if isinstance(error, ClientError):
        request_id = error.response.get("ResponseMetadata", {}).get("RequestId", request_id)
    return make_error_response(code, message, status, is_modeled=is_modeled, request_id=request_id, label=label,
                               caller=caller, secret=secret)


def _classify_error(error: SmtuiError) -> tuple[str, str, int, bool]:
    """The code, the message, the status and whether the service model has the error."""
    match error:
        case ClientError():
            return error.code, error.message, error.status, error.is_modeled
        case VaultBusyError():
            return "ServiceUnavailableException", BUSY, 503, False
        case VaultLockedError():
            return "ServiceUnavailableException", LOCKED, 503, False
        case VaultReadOnlyError():
            return "AccessDeniedException", str(error), 400, False
    return InternalServiceError.code, INTERNAL, 500, True
