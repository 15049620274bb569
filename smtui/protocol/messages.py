"""HTTP requests and responses without sockets, and the error that refuses a request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from smtui.api.errors import SmtuiError

AWS_JSON = "application/x-amz-json-1.1"
PLAIN_TEXT = "text/plain"
ERROR_TYPE = "x-amzn-errortype"
"""The header with the code of an error."""
FORWARDED = ("x-forwarded-for", "forwarded")
"""Headers that a proxy adds."""


@dataclass(frozen=True)
class HttpRequest:
    """A complete request.

    Args:
        method: such as `POST`.
        path: the path as it was sent, still percent-encoded.
        query: what follows `?`, as it was sent; empty if there is none.
        headers: the headers in their order, with names in lower case.
        body: the bytes of the body.
        source: the IP address of the client.
    """

    method: str
    path: str
    query: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""
    source: str = "127.0.0.1"

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        """The values by name."""
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name, []).append(value)
        return found

    @property
    def is_forwarded(self) -> bool:
        """Whether a proxy has passed the request on."""
        return any(map(self.find_headers, FORWARDED))

    def find_headers(self, name: str) -> Sequence[str]:
        """The values of all headers of this name (lower case)."""
        return self._values.get(name, ())

    def find_header(self, name: str) -> str:
        """The value of the first header of this name (lower case), or an empty text."""
        return self._values.get(name, ("",))[0]


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response. `label` names the operation for the log; `caller` is the ARN of an authenticated caller.

    `secret` is what the request named, which is shown only to whoever asks for names.
    """

    status: int
    body: bytes = b""
    content_type: str = AWS_JSON
    headers: Sequence[tuple[str, str]] = field(default=())
    label: str = "-"
    caller: str = "-"
    request_id: str = "-"
    secret: object = ""

    @property
    def error_code(self) -> str:
        """The code of an error, or its status if it has none; empty for a success."""
        if self.status == 200:
            return ""
        return next((value for name, value in self.headers if name == ERROR_TYPE), str(self.status))


class RefusedRequestError(SmtuiError):
    """A request that is refused before it reaches an operation, or because the service cannot answer it.

    Args:
        code: the error code, such as `UnrecognizedClientException`.
        message: the sentence of the response; empty if AWS sends none.
        status: the HTTP status.
    """

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        self.code = code
        self.status = status
        super().__init__(message)


def format_error(code: str, message: str = "", *, is_modeled: bool = False) -> bytes:
    """The body of an error in AWS JSON 1.1.

    Errors in the service model spell the member `Message`; all others spell it `message`, as AWS does.
    """
    members = {"__type": code}
    if message:
        members["Message" if is_modeled else "message"] = message
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def make_error_response(
    code: str, message: str = "", status: int = 400, *, is_modeled: bool = False, request_id: str = "-",
    label: str = "-", caller: str = "-", secret: object = "",
) -> HttpResponse:
    """The response of an error in AWS JSON 1.1."""
    return HttpResponse(
        status, format_error(code, message, is_modeled=is_modeled), headers=[(ERROR_TYPE, code)],
        request_id=request_id, label=label, caller=caller, secret=secret,
    )
