"""Errors of boto3 as those of smtui: a sentence and a hint for a person, without credentials or values.

What the service refuses stays a ClientError with AWS's code and message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from smtui.api.context import SIGN_IN_CODES
from smtui.api.errors import (
    CLIENT_ERRORS,
    KEY_ERRORS,
    UNKNOWN,
    ClientError,
    ContextError,
    ContextMissingError,
    ContextUnreachableError,
    ParamValidationError,
    SignInError,
    SmtuiError,
)

THROTTLING_CODES = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"})
HINT_DENIED = "The IAM policies of this role or user, or the policy of the secret, do not allow it."
HINT_THROTTLED = "AWS limits the calls of an account. Try again in a few seconds."
HINT_NETWORK = "Check the network, the proxy and the endpoint_url of the profile."
_SSO = frozenset({"SSOError", "SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError",
                  "PendingAuthorizationExpiredError", "NoAuthTokenError"})
_LOGIN = frozenset({"LoginError", "LoginRefreshRequired", "LoginInsufficientPermissions", "LoginTokenLoadError"})


@contextmanager
def translate_errors(title: str, profile: str) -> Iterator[None]:
    """Raises the errors of boto3 in the block as those of smtui."""
    try:
        yield
    except SmtuiError:
        raise
    except Exception as error:
        found = _translate(error, title, profile)
        if found is None:
            raise
        raise found from None


def _translate(error: Exception, title: str, profile: str) -> SmtuiError | None:
    from botocore import exceptions as botocore_errors
    from botocore.parsers import ResponseParserError

    if isinstance(error, botocore_errors.ParamValidationError):
        return ParamValidationError(report="The request does not match its shape.")
    if isinstance(error, botocore_errors.ClientError):
        return translate_refusal(error.response, error.operation_name, title, profile)
    if isinstance(error, botocore_errors.ProfileNotFound):
        return ContextMissingError(f"{title}: there is no profile {profile} in ~/.aws/config.",
                                   hint="aws configure list-profiles shows all profiles.")
    if isinstance(error, botocore_errors.HTTPClientError | botocore_errors.ConnectionError):
        return ContextUnreachableError(f"{title}: {_describe_connection(type(error).__name__)}.", hint=HINT_NETWORK)
    if isinstance(error, ResponseParserError):
        return make_foreign_error({}, title)
    if isinstance(error, botocore_errors.BotoCoreError):
        return _translate_other(type(error).__name__, title, profile)
    return None


def _describe_connection(kind: str) -> str:
    return {
        "ConnectTimeoutError": "AWS does not answer", "ReadTimeoutError": "AWS does not answer in time",
        "ProxyConnectionError": "the proxy cannot be reached",
        "SSLError": "the certificate of the endpoint is not accepted",
        "ConnectionClosedError": "the connection was closed before the answer was complete",
        "ResponseStreamingError": "the connection was closed before the answer was complete",
        "IncompleteReadError": "the connection was closed before the answer was complete",
    }.get(kind, "no connection to AWS")


def _translate_other(kind: str, title: str, profile: str) -> SmtuiError:
    """The error of botocore with this class name. Its text is left out, because it may quote a program's output."""
    if kind in _SSO:
        return SignInError(f"{title}: the SSO session of profile {profile} has expired or does not exist.",
                           command=("aws", "sso", "login", "--profile", profile))
    if kind in _LOGIN:
        return SignInError(f"{title}: the sign-in of profile {profile} has expired.",
                           command=("aws", "login", "--profile", profile))
    if kind == "CredentialRetrievalError":
        return SignInError(f"{title}: the credential_process of profile {profile} failed.",
                           hint=f"To see why: aws sts get-caller-identity --profile {profile}")
    if kind == "NoRegionError":
        return ContextError(f"{title}: no Region is set.", hint=f"Use --context {title}@REGION, or set regions.")
    if "Credential" in kind or kind in ("InfiniteLoopConfigError", "InvalidConfigError", "ConfigParseError",
                                        "RefreshWithMFAUnsupportedError"):
        return SignInError(f"{title}: profile {profile} has no usable credentials.",
                           hint=f"To see why: aws sts get-caller-identity --profile {profile}")
    return ContextUnreachableError(f"{title}: the call could not be made ({kind}).", hint=HINT_NETWORK)


def translate_refusal(response: Mapping[str, Any], operation: str, title: str, profile: str) -> SmtuiError:
    """The error for an error response of botocore."""
    error, metadata = response.get("Error", {}), dict(response.get("ResponseMetadata", {}))
    code, message = str(error.get("Code", "")), str(error.get("Message", ""))
    if code.isdecimal() or any(tag in message.lower() for tag in ("<html", "<!doctype")):
        return make_foreign_error(metadata, title)
    kind = CLIENT_ERRORS.get(code) or KEY_ERRORS.get(code) or ClientError
    refusal = kind({"Error": {**error, "Code": code or UNKNOWN, "Message": message}, "Message": message})
    refusal.add_response_metadata(operation, metadata)
    refusal.hint = _find_hint(code, profile)
    return refusal


def is_web_page(response: Mapping[str, Any]) -> bool:
    """Whether the response to a read is a web page, such as that of a proxy or a sign-in page.

    botocore finds no member in it. The type alone does not tell, because emulators send JSON under the same type.
    """
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return set(response) <= {"ResponseMetadata"} and "text/html" in str(headers.get("content-type", "")).lower()


def make_foreign_error(metadata: Mapping[str, Any], title: str) -> ContextUnreachableError:
    status = f" (HTTP {metadata['HTTPStatusCode']})" if "HTTPStatusCode" in metadata else ""
    return ContextUnreachableError(
        f"{title}: the answer is not from AWS{status}. A proxy or a gateway may be in between.",
        hint=HINT_NETWORK)


def _find_hint(code: str, profile: str) -> str:
    if code in SIGN_IN_CODES:
        return f"The credentials of profile {profile} are not valid now. Sign in again, such as with: " \
               f"aws sso login --profile {profile}"
    if code in THROTTLING_CODES:
        return HINT_THROTTLED
    return HINT_DENIED if code in ("AccessDeniedException", "AccessDenied") else ""
