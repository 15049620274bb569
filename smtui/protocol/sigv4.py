"""AWS Signature Version 4, as it stands in the Authorization header: verifies and computes it.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from smtui.api.arn import is_region
from smtui.protocol.key_pair import KeyPair
from smtui.protocol.messages import HttpRequest, RefusedRequestError

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "secretsmanager"
TERMINATOR = "aws4_request"
MAX_SKEW = 5 * 60
"""Seconds by which the time of a signature may differ from the clock."""
TIME_FORMAT = "%Y%m%dT%H%M%SZ"
PARTS = ("Credential", "Signature", "SignedHeaders")
UNKNOWN_KEY = "The security token included in the request is invalid."
MISMATCH = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.")
_TIME = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_HEADER_NAME = re.compile(r"[a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """The content of an Authorization header."""

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    value: str

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"


def verify_signature(
    request: HttpRequest, find_keys: Callable[[str], KeyPair | None], now: float
) -> Signature:
    """Verifies that a request is signed with the secret key of a known access key.

    Args:
        request: the complete request.
        find_keys: finds the key pair of an access key ID.
        now: the time in seconds since 1970.

    Returns:
        The signature, with the access key ID and the Region that the client chose.

    Raises:
        RefusedRequestError: with the code and the message of AWS.
    """
    signature = _parse_authorization(request)
    keys = find_keys(signature.access_key_id)
    if keys is None or not all(map(keys.accepts_token, request.find_headers("x-amz-security-token"))):
        raise RefusedRequestError("UnrecognizedClientException", UNKNOWN_KEY)
    stamp = _read_time(request, signature)
    _check_scope(signature)
    _check_signed_headers(request, signature)
    payload = _hash_payload(request)
    if not hmac.compare_digest(compute_signature(request, signature, keys.secret_access_key, payload), signature.value):
        raise _refuse(MISMATCH)
    _check_time(stamp, now)
    return signature


def compute_signature(request: HttpRequest, signature: Signature, secret_key: str, payload: str) -> str:
    """The signature (hexadecimal) that the request should have. `payload` is the SHA-256 of the body."""
    canonical = "\n".join([
        request.method, quote(request.path, safe="/~", encoding="latin-1"), _canonicalize_query(request.query),
        *(f"{name}:{_canonicalize_value(request.find_header(name))}" for name in signature.signed_headers), "",
        ";".join(signature.signed_headers), payload,
    ])
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    to_sign = f"{ALGORITHM}\n{request.find_header('x-amz-date')}\n{signature.scope}\n{digest}"
    key = _derive_key(secret_key, signature.date, signature.region, signature.service)
    return hmac.digest(key, to_sign.encode("latin-1"), "sha256").hex()


def format_authorization(signature: Signature, value: str) -> str:
    """The Authorization header of a request that has this signature."""
    return (f"{ALGORITHM} Credential={signature.access_key_id}/{signature.scope}, "
            f"SignedHeaders={';'.join(signature.signed_headers)}, Signature={value}")


@lru_cache(64)
def _derive_key(secret_key: str, date: str, region: str, service: str) -> bytes:
    key = b"AWS4" + secret_key.encode()
    for part in (date, region, service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def forget_keys() -> None:
    """Removes the derived signing keys from memory."""
    _derive_key.cache_clear()


def _parse_authorization(request: HttpRequest) -> Signature:
    """Parses the Authorization header. Raises RefusedRequestError."""
    headers = request.find_headers("authorization")
    if not headers:
        raise RefusedRequestError("MissingAuthenticationTokenException", "Missing Authentication Token")
    if len(headers) > 1:
        raise _refuse_incomplete("Authorization header occurs more than once.")
    algorithm, _, rest = headers[0].strip().partition(" ")
    if algorithm != ALGORITHM:
        raise _refuse_incomplete(f"Authorization header requires the algorithm '{ALGORITHM}'.")
    fields = rest.split(",")
    parts = dict(field.strip().partition("=")[::2] for field in fields)
    missing = [f"Authorization header requires '{name}' parameter." for name in PARTS if not parts.get(name)]
    if missing or len(fields) != len(PARTS):
        raise _refuse_incomplete(" ".join(missing) or "Authorization header has an unknown or repeated parameter.")
    scope = parts["Credential"].split("/")
    if len(scope) != 5 or not all(scope):
        raise _refuse_incomplete("Credential must have exactly 5 slash-delimited elements, e.g. "
                                 "keyid/date/region/service/term.")
    if not _SIGNATURE.fullmatch(parts["Signature"]):
        raise _refuse_incomplete("The signature is not 64 lower-case hexadecimal digits.")
    key_id, date, region, service, terminator = scope
    return Signature(key_id, date, region, service, terminator, tuple(parts["SignedHeaders"].split(";")),
                     parts["Signature"])


def _read_time(request: HttpRequest, signature: Signature) -> int:
    """The time of the signature in seconds since 1970. Raises RefusedRequestError."""
    headers = request.find_headers("x-amz-date")
    if len(headers) != 1 or not _TIME.fullmatch(headers[0]):
        raise _refuse_incomplete("Authorization header requires existence of a single, valid 'X-Amz-Date' header.")
    if headers[0][:8] != signature.date:
        raise _refuse("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
    try:
        return _parse_time(headers[0])
    except ValueError:
        raise _refuse_incomplete("Date must be in ISO-8601 'basic format'.") from None


@lru_cache(4)
def _parse_time(stamp: str) -> int:
    """Seconds since 1970. Raises ValueError."""
    return calendar.timegm(time.strptime(stamp, TIME_FORMAT))


def _check_scope(signature: Signature) -> None:
    if not is_region(signature.region):
        raise _refuse("Credential should be scoped to a valid region.")
    if signature.service != SERVICE:
        raise _refuse(f"Credential should be scoped to correct service: '{SERVICE}'.")
    if signature.terminator != TERMINATOR:
        raise _refuse(f"Credential should be scoped with a valid terminator: '{TERMINATOR}'.")


def _check_signed_headers(request: HttpRequest, signature: Signature) -> None:
    """Checks that nothing that decides about the request can be added or changed. Raises RefusedRequestError."""
    names: Sequence[str] = signature.signed_headers
    if list(names) != sorted(set(names)) or not all(map(_HEADER_NAME.fullmatch, names)):
        raise _refuse("SignedHeaders must be sorted, unique header names in lower case.")
    if "host" not in names:
        raise _refuse("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    present = {name for name, _ in request.headers if name.startswith("x-amz-")}
    if unsigned := sorted(present - set(names)):
        raise _refuse("There were headers present in the request which were not signed: "
                      f"{', '.join(filter(_HEADER_NAME.fullmatch, unsigned))}")
    if any(len(request.find_headers(name)) > 1 for name in names):
        raise _refuse("A signed header occurs more than once.")


def _hash_payload(request: HttpRequest) -> str:
    """The SHA-256 of the body (hexadecimal). Raises RefusedRequestError if the client states another one."""
    digest = hashlib.sha256(request.body).hexdigest()
    if any(value != digest for value in request.find_headers("x-amz-content-sha256")):
        raise _refuse("The provided 'x-amz-content-sha256' header does not match what was computed.")
    return digest


def _check_time(stamp: int, now: float) -> None:
    at, oldest, newest = _format_time(stamp), now - MAX_SKEW, now + MAX_SKEW
    if stamp < oldest:
        raise _refuse(f"Signature expired: {at} is now earlier than {_format_time(oldest)} "
                      f"({_format_time(now)} - 5 min.)")
    if stamp > newest:
        raise _refuse(f"Signature not yet current: {at} is still later than {_format_time(newest)} "
                      f"({_format_time(now)} + 5 min.)")


def _format_time(seconds: float) -> str:
    return time.strftime(TIME_FORMAT, time.gmtime(seconds))


def _canonicalize_query(query: str) -> str:
    if not query:
        return ""
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&"))
    return "&".join(f"{name}={value}" for name, value in pairs)


def _canonicalize_value(value: str) -> str:
    return " ".join(value.split())


def _refuse(message: str) -> RefusedRequestError:
    return RefusedRequestError("InvalidSignatureException", message)


def _refuse_incomplete(message: str) -> RefusedRequestError:
    return RefusedRequestError("IncompleteSignatureException", message)
