"""A client with boto3's shape that sends signed requests to a listener of smtui, for interpreters without boto3."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from smtui.api.boto_client import BotoClient
from smtui.api.errors import VaultMissingError, make_error
from smtui.api.model import OPERATIONS
from smtui.api.shapes import Blob, List, Map, Shape, Structure, Timestamp
from smtui.engine.request import validate_form
from smtui.protocol import sigv4
from smtui.protocol.aws_json import TARGET_PREFIX, format_body
from smtui.protocol.key_pair import KeyPair
from smtui.protocol.messages import AWS_JSON, HttpRequest
from smtui.system.ambient import Ambient

NO_ANSWER = "The program that started this rotation function does not answer."
REQUEST_ID = "x-amzn-requestid"


class HttpClient(BotoClient):
    """Calls a listener; each call has a connection of its own.

    Args:
        region_name: the Region.
        endpoint_url: the URL of the listener, such as `http://127.0.0.1:40123`.
        keys: the key pair that it accepts.
    """

    def __init__(self, region_name: str, endpoint_url: str, keys: KeyPair) -> None:
        super().__init__(region_name, endpoint_url)
        self._host = urlsplit(endpoint_url).netloc
        self._keys = keys

    def _call(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        request = validate_form(OPERATIONS[operation].request, params)
        status, request_id, body = self._exchange(operation, format_body(request))
        metadata = {"RequestId": request_id, "HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0}
        if status != 200:
            code, message = body.get("__type", ""), body.get("Message", body.get("message", ""))
            refusal = make_error(code, message)
            refusal.add_response_metadata(operation, metadata)
            raise refusal
        found: dict[str, Any] = _read(OPERATIONS[operation].response, body)
        return {**found, "ResponseMetadata": metadata}

    def _exchange(self, operation: str, body: bytes) -> tuple[int, str, dict[str, Any]]:
        """The status, the request ID and the body of the response. Raises VaultMissingError."""
        connection = http.client.HTTPConnection(self._host)
        try:
            connection.request("POST", "/", body, self._sign(operation, body))
            response = connection.getresponse()
            return response.status, response.getheader(REQUEST_ID, ""), json.loads(response.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            raise VaultMissingError(NO_ANSWER) from None
        finally:
            connection.close()

    def _sign(self, operation: str, body: bytes) -> dict[str, str]:
        """The headers of a request, signed."""
        stamp = Ambient().now().strftime(sigv4.TIME_FORMAT)
        headers = {"content-type": AWS_JSON, "host": self._host, "x-amz-date": stamp,
                   "x-amz-security-token": self._keys.session_token, "x-amz-target": TARGET_PREFIX + operation}
        signature = sigv4.Signature(self._keys.access_key_id, stamp[:8], self.meta.region_name, sigv4.SERVICE,
                                    sigv4.TERMINATOR, tuple(headers), "")
        value = sigv4.compute_signature(HttpRequest("POST", "/", headers=list(headers.items()), body=body), signature,
                                        self._keys.secret_access_key, hashlib.sha256(body).hexdigest())
        return {**headers, "authorization": sigv4.format_authorization(signature, value)}


def _read(shape: Shape, value: Any) -> Any:
    """A response, or a part of it, with times and bytes as boto3 has them."""
    match shape, value:
        case Structure(), Mapping():
            return {name: _read(shape.members[name], member) for name, member in value.items() if name in shape.members}
        case List(), list():
            return [_read(shape.item, item) for item in value]
        case Map(), dict():
            return {name: _read(shape.value, member) for name, member in value.items()}
        case Timestamp(), int() | float():
            return datetime.fromtimestamp(value, UTC)
        case Blob(), str():
            return base64.b64decode(value)
    return value
