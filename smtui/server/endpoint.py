"""The endpoint: answers HTTP requests with the operations of a vault, or refuses them in the words of AWS.

A POST is a request of an AWS SDK, which `AwsJsonService` checks; a GET is one of the interface of AWS's agent, which
needs its token. Nothing but the caller is looked up in the vault before the caller is known.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from smtui.api.boto_client import format_method_name
from smtui.api.errors import SmtuiError
from smtui.backends.local import Caller
from smtui.protocol.aws_json import find_secret
from smtui.protocol.aws_json_service import AwsJsonService, refuse
from smtui.protocol.messages import PLAIN_TEXT, HttpRequest, HttpResponse, RefusedRequestError
from smtui.server import aws_agent_interface, stored_callers
from smtui.server.credentials import CallerRegistry, EndpointCaller
from smtui.server.restrictions import Restrictions
from smtui.server.shared_vault import SharedVault

MAX_USER_AGENT = 256


class Endpoint(AwsJsonService[EndpointCaller]):
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
        super().__init__(hosts, shared.ambient)
        self._shared = shared
        self._callers = callers
        self._restrictions = restrictions

    def find_caller(self, access_key_id: str) -> EndpointCaller | None:
        """The owner, a caller of this start or one that the vault stores. Raises SmtuiError."""
        return self._callers.find_by_key(access_key_id) or stored_callers.find_by_key(self._shared, access_key_id)

    def call(
        self, operation: str, params: dict[str, Any], region: str, caller: EndpointCaller, request: HttpRequest
    ) -> dict[str, Any]:
        """Runs an operation. Raises SmtuiError."""
        self._restrictions.check(operation, params)
        with self._shared.use() as vault:
            client = vault.client(region_name=region, caller=_identify(caller, request), raw=True)
            response: dict[str, Any] = getattr(client, format_method_name(operation))(**params)
        return self._restrictions.trim(operation, response)

    def answer_get(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Answers as AWS's agent does."""
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
            response = self.call("GetSecretValue", params, self._shared.region_name, caller, request)
        except SmtuiError as error:
            refusal = refuse(error, request_id, label="GetSecretValue", caller=caller.arn, secret=find_secret(params))
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
