"""The endpoint: answers HTTP requests with the operations of a vault, or refuses them in the words of AWS.

The order of the checks is fixed: Host, web pages and proxies, then for POST the signature, the operation, the JSON, its
members; for GET the token. Nothing but the caller is looked up in the vault before the caller is known.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from smtui.api.boto_client import format_method_name
from smtui.api.errors import (
    ClientError,
    InternalServiceError,
    SmtuiError,
    VaultBusyError,
    VaultLockedError,
    VaultReadOnlyError,
)
from smtui.backends.local import Caller
from smtui.server import aws_agent_interface, aws_json, shared_vault, stored_callers
from smtui.server.credentials import CallerRegistry, EndpointCaller, KeyPair
from smtui.server.messages import (
    PLAIN_TEXT,
    HttpRequest,
    HttpResponse,
    RefusedRequestError,
    make_error_response,
)
from smtui.server.request_log import find_secret
from smtui.server.restrictions import Restrictions
from smtui.server.shared_vault import SharedVault
from smtui.server.sigv4 import verify_signature

MAX_USER_AGENT = 256
PAGE_HEADERS = ("origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user")
INTERNAL = "An error occurred on the server side."
LOCKED = f"{shared_vault.LOCKED} {shared_vault.UNLOCK_HINT}"
BUSY = "The vault is busy. Try again."


class Endpoint:
    """Answers requests; safe to use from several threads.

    Args:
        shared: the vault.
        callers: who may call, with their keys.
        restrictions: what is refused to all of them.
        hosts: the values of the Host header that are accepted, such as `127.0.0.1:2773`.
    """

    def __init__(
        self, shared: SharedVault, callers: CallerRegistry, restrictions: Restrictions, hosts: Collection[str]
    ) -> None:
        self._shared = shared
        self._callers = callers
        self._restrictions = restrictions
        self._hosts = frozenset(hosts)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The response to a request. Raises nothing."""
        request_id = self._shared.ambient.create_uuid()
        try:
            self._refuse_pages_and_proxies(request)
            if request.method == "GET":
                return self._answer_agent_interface(request, request_id)
            if request.method != "POST":
                raise RefusedRequestError("UnknownOperationException", "Only GET and POST are served here.", 405)
            return self._answer_aws_json(request, request_id)
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

    # AWS JSON 1.1

    def _answer_aws_json(self, request: HttpRequest, request_id: str) -> HttpResponse:
        now = self._shared.ambient.now().timestamp()
        found: list[EndpointCaller] = []

        def find_keys(access_key_id: str) -> KeyPair | None:
            caller = self._callers.find_by_key(access_key_id) or stored_callers.find_by_key(
                self._shared, access_key_id)
            found.extend([caller] if caller else [])
            return caller.keys if caller else None

        try:
            signature = verify_signature(request, find_keys, now)
        except RefusedRequestError:
            raise
        except SmtuiError as error:
            return _refuse(error, request_id, "-", "-", "")
        caller = found[0]
        label: str = "-"
        secret: object = ""
        try:
            if request.path != "/":
                raise RefusedRequestError("UnknownOperationException", "", 404)
            label = aws_json.read_operation(request)
            params = aws_json.read_parameters(request.body)
            secret = find_secret(params)
            response = self._call(label, params, signature.region, caller, request)
        except RefusedRequestError as error:
            return make_error_response(error.code, str(error), error.status, request_id=request_id, label=label,
                                       caller=caller.arn)
        except SmtuiError as error:
            return _refuse(error, request_id, label, caller.arn, secret)
        request_id = response.get("ResponseMetadata", {}).get("RequestId", request_id)
        return HttpResponse(200, aws_json.format_response(label, response), request_id=request_id, label=label,
                            caller=caller.arn, secret=secret)

    def _call(
        self, operation: str, params: dict[str, Any], region: str, caller: EndpointCaller, request: HttpRequest
    ) -> dict[str, Any]:
        """Runs an operation. Raises SmtuiError."""
        self._restrictions.check(operation, params)
        with self._shared.use() as vault:
            client = vault.client(region_name=region, caller=_identify(caller, request), raw=True)
            response: dict[str, Any] = getattr(client, format_method_name(operation))(**params)
        return self._restrictions.trim(operation, response)

    # The interface of AWS's agent

    def _answer_agent_interface(self, request: HttpRequest, request_id: str) -> HttpResponse:
        if request.path == aws_agent_interface.PING:
            return HttpResponse(200, b"healthy", PLAIN_TEXT, label="ping", request_id=request_id)
        if request.path == aws_agent_interface.READY:
            locked = self._shared.is_locked
            return HttpResponse(503 if locked else 200, b"locked" if locked else b"ready", PLAIN_TEXT, label="ready",
                                request_id=request_id)
        try:
            caller, params = aws_agent_interface.read_request(request, self._callers)
        except RefusedRequestError as error:
            return HttpResponse(error.status, str(error).encode(), PLAIN_TEXT, request_id=request_id)
        try:
            response = self._call("GetSecretValue", params, self._shared.region_name, caller, request)
        except SmtuiError as error:
            refusal = _refuse(error, request_id, "GetSecretValue", caller.arn, find_secret(params))
            return aws_agent_interface.convert_error(refusal)
        request_id = response["ResponseMetadata"]["RequestId"]
        return HttpResponse(200, aws_agent_interface.format_value(response), aws_agent_interface.JSON,
                            label="GetSecretValue", caller=caller.arn, request_id=request_id,
                            secret=find_secret(params))


def _identify(caller: EndpointCaller, request: HttpRequest) -> Caller:
    """The caller of a request, with what the request shows about the client."""
    agent = request.find_header("user-agent")[:MAX_USER_AGENT]
    return Caller(caller.arn, caller.identity, {
        "aws:SourceIp": request.source, "aws:SecureTransport": "false", **({"aws:UserAgent": agent} if agent else {}),
    })


def _refuse(error: SmtuiError, request_id: str, label: str, caller: str, secret: object) -> HttpResponse:
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
