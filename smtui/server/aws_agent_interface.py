"""The HTTP interface of AWS's Secrets Manager Agent and of its Lambda extension: reading one value with a token.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/secrets-manager-agent.html and
https://github.com/aws/aws-workload-credentials-provider
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from smtui.protocol.aws_json import format_body
from smtui.protocol.messages import HttpRequest, HttpResponse, RefusedRequestError
from smtui.server.credentials import CallerRegistry, EndpointCaller

PING = "/ping"
READY = "/ready"
GET = "/secretsmanager/get"
PATH_PREFIX = "/v1/"
TOKEN_HEADERS = ("x-aws-parameters-secrets-token", "x-vault-token")
JSON = "application/json"
PARAMETERS = {"versionId": "VersionId", "versionStage": "VersionStage"}
MAX_PARAMETERS = 20
IGNORED = ("refreshNow", "roleArn")
REFRESH_VALUES = frozenset({"true", "1", "false", "0"})


def read_request(request: HttpRequest, callers: CallerRegistry) -> tuple[EndpointCaller, dict[str, Any]]:
    """The caller of a request, and the parameters of GetSecretValue that it asks for.

    Values are never cached, so `refreshNow` has no effect. Raises RefusedRequestError, in the words of AWS's agent.
    """
    if request.is_forwarded:
        raise RefusedRequestError("", "Forwarded")
    tokens = next(filter(None, map(request.find_headers, TOKEN_HEADERS)), ())
    caller = callers.find_by_token(tokens)
    if caller is None:
        raise RefusedRequestError("", "Bad Token", 403)
    if request.path != GET and not request.path.startswith(PATH_PREFIX):
        raise RefusedRequestError("", "Not found", 404)
    return caller, _read_parameters(request)


def _read_parameters(request: HttpRequest) -> dict[str, Any]:
    given: dict[str, str] = {}
    allowed = {*PARAMETERS, *IGNORED}
    if request.path == GET:
        allowed.add("secretId")
    for name, value in _parse_query(request.query):
        if name not in allowed:
            raise RefusedRequestError("", f"unknown parameter: {name}")
        given[name] = value
    secret_id = given.get("secretId") if request.path == GET else unquote(request.path.removeprefix(PATH_PREFIX))
    if not secret_id:
        raise RefusedRequestError("", "missing parameter secretId" if request.path == GET else "missing secret ID")
    if given.get("refreshNow", "true").lower() not in REFRESH_VALUES:
        raise RefusedRequestError("", "invalid refreshNow value")
    return {"SecretId": secret_id, **{member: given[name] for name, member in PARAMETERS.items() if name in given}}


def _parse_query(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise RefusedRequestError("", "too many parameters") from None


def format_value(response: Mapping[str, Any]) -> bytes:
    """The body of a successful response. CreatedDate is a text with seconds since 1970."""
    names = ("ARN", "Name", "VersionId", "SecretString", "SecretBinary", "VersionStages")
    found = {name: response[name] for name in names if name in response}
    return format_body({**found, "CreatedDate": repr(round(response["CreatedDate"].timestamp(), 3))})


def convert_error(refusal: HttpResponse) -> HttpResponse:
    """An error in AWS JSON as AWS's agent passes it on: plain JSON, `message` in lower case."""
    members = {name.lower() if name == "Message" else name: value for name, value in json.loads(refusal.body).items()}
    return replace(refusal, body=format_body(members), content_type=JSON)
