"""Tests of the signature check, with botocore as the oracle: what it signs is verified, and any change is refused."""

from __future__ import annotations

import random
import string
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from smtui.protocol.key_pair import KeyPair
from smtui.protocol.messages import HttpRequest, RefusedRequestError
from smtui.protocol.sigv4 import verify_signature
from smtui.system.ambient import Ambient
from tests.conftest import Clock
from tests.server.conftest import Signer

REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2", "us-gov-west-1")
TEXT = string.ascii_letters + string.digits + " -_.~:,;=/äß€"


def verify(request: HttpRequest, keys: KeyPair, clock: Clock) -> str:
    """The Region of the signature. Raises RefusedRequestError."""
    return verify_signature(request, {keys.access_key_id: keys}.get, clock.now.timestamp()).region


def make_request(signer: Signer, keys: KeyPair, chance: random.Random) -> tuple[HttpRequest, str]:
    """A signed request with random content, and its Region."""
    region = chance.choice(REGIONS)
    body = bytes(chance.choices(range(256), k=chance.choice((0, 1, 20, 300))))
    headers = {f"X-Amz-Meta-{number}": f" {''.join(chance.choices(TEXT[:-3], k=12))}  {number} "
               for number in range(chance.randrange(3))}
    values = ("", "1", "%2F", "b")
    pairs = "&".join(f"{chance.choice('abc')}={chance.choice(values)}" for _ in range(chance.randrange(3)))
    request = signer.sign(keys, body, target="secretsmanager.GetSecretValue", region=region, headers=headers,
                          path="/" + (f"?{pairs}" if pairs else ""))
    return request, region


def change_byte(request: HttpRequest, chance: random.Random) -> HttpRequest:
    """The same request with one byte replaced, in the body, a signed header, the query or the signature."""
    places = ["authorization", "x-amz-date", "x-amz-target", "content-type", "host", "method", "path"]
    places += ["body"] * (5 if request.body else 0) + ["query"] * (1 if request.query else 0)
    place = chance.choice(places)
    if place == "body":
        at = chance.randrange(len(request.body))
        changed = bytes([request.body[at] ^ (1 << chance.randrange(8))])
        return replace(request, body=request.body[:at] + changed + request.body[at + 1 :])
    if place in ("method", "path", "query"):
        return replace(request, **{place: change_text(getattr(request, place), chance)})  # type: ignore[arg-type]
    headers = [(name, change_text(value, chance) if name == place else value) for name, value in request.headers]
    return replace(request, headers=headers)


def change_text(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice([each for each in "abcXYZ019" if each != text[at]]) + text[at + 1 :]


def run_many(count: int, signer: Signer, clock: Clock, ambient: Ambient) -> None:
    chance = random.Random(20260302)
    for number in range(count):
        keys = KeyPair.generate(ambient)
        request, region = make_request(signer, keys, chance)
        assert verify(request, keys, clock) == region, number
        with pytest.raises(RefusedRequestError):
            verify(change_byte(request, chance), keys, clock)
            pytest.fail(f"a changed byte was accepted in round {number}")


def test_what_botocore_signs_is_verified_and_a_changed_byte_is_not(
    signer: Signer, clock: Clock, ambient: Ambient
) -> None:
    run_many(150, signer, clock, ambient)


@pytest.mark.long
def test_a_thousand_signed_requests_and_a_thousand_changes(signer: Signer, clock: Clock, ambient: Ambient) -> None:
    run_many(1000, signer, clock, ambient)


@pytest.fixture
def keys(ambient: Ambient) -> KeyPair:
    return KeyPair.generate(ambient)


def refuse(request: HttpRequest, keys: KeyPair, clock: Clock) -> tuple[str, str]:
    with pytest.raises(RefusedRequestError) as caught:
        verify(request, keys, clock)
    assert caught.value.status == 400
    return caught.value.code, str(caught.value)


@pytest.fixture
def request_(signer: Signer, keys: KeyPair) -> HttpRequest:
    return signer.sign(keys, b"{}", target="secretsmanager.ListSecrets")


def change_header(request: HttpRequest, name: str, value: str | None) -> HttpRequest:
    """The request with another value of a header, or without the header."""
    kept = [each for each in request.headers if each[0] != name]
    return replace(request, headers=kept if value is None else [*kept, (name, value)])


@pytest.mark.parametrize(("seconds", "code", "words"), [
    (299, None, ""), (-299, None, ""),
    (301, "InvalidSignatureException", "Signature expired: 20260302T120000Z is now earlier than 20260302T120001Z "
                                       "(20260302T120501Z - 5 min.)"),
    (-301, "InvalidSignatureException", "Signature not yet current: 20260302T120000Z is still later than "
                                        "20260302T115959Z (20260302T115459Z + 5 min.)"),
])
def test_the_clock_may_differ_by_five_minutes(
    request_: HttpRequest, keys: KeyPair, clock: Clock, seconds: int, code: str | None, words: str
) -> None:
    clock.now += timedelta(seconds=seconds)
    if code is None:
        verify(request_, keys, clock)
    else:
        assert refuse(request_, keys, clock) == (code, words)


def test_the_date_is_judged_after_the_signature(request_: HttpRequest, keys: KeyPair, clock: Clock) -> None:
    clock.forward(days=2)
    assert "expired" not in refuse(replace(request_, body=b"{ }"), keys, clock)[1]


AUTHORIZATION = "AWS4-HMAC-SHA256 Credential={}/20260302/us-east-1/secretsmanager/aws4_request, SignedHeaders={}, {}"


@pytest.mark.parametrize(("value", "code"), [
    (None, "MissingAuthenticationTokenException"),
    ("Bearer abc", "IncompleteSignatureException"),
    ("AWS4-HMAC-SHA256", "IncompleteSignatureException"),
    ("AWS4-HMAC-SHA256 Credential=a/b/c", "IncompleteSignatureException"),
    (AUTHORIZATION.format("AKIA", "host", "Signature=abc"), "IncompleteSignatureException"),
    (AUTHORIZATION.format("AKIA/more", "host", f"Signature={'a' * 64}"), "IncompleteSignatureException"),
    (AUTHORIZATION.format("AKIA", "host", f"Signature={'a' * 64}, Signature={'b' * 64}"),
     "IncompleteSignatureException"),
    (AUTHORIZATION.format("AKIAUNKNOWN", "host", f"Signature={'a' * 64}"), "UnrecognizedClientException"),
])
def test_headers_that_are_no_signature_of_ours(
    request_: HttpRequest, keys: KeyPair, clock: Clock, value: str | None, code: str
) -> None:
    assert refuse(change_header(request_, "authorization", value), keys, clock)[0] == code


def test_the_session_token_is_that_of_the_key_or_left_out(signer: Signer, keys: KeyPair, clock: Clock) -> None:
    own = signer.sign(keys, b"{}", target="secretsmanager.ListSecrets", token=keys.session_token)
    other = signer.sign(keys, b"{}", target="secretsmanager.ListSecrets", token="token")

    assert verify(own, keys, clock) == "us-east-1"
    assert refuse(other, keys, clock)[0] == "UnrecognizedClientException"


@pytest.mark.parametrize(("more", "words"), [
    ({"service": "s3"}, "correct service"), ({"region": "nowhere"}, "valid region"),
    ({"region": "us-east-1\n"}, ""),
])
def test_the_scope(signer: Signer, keys: KeyPair, clock: Clock, more: Any, words: str) -> None:
    request = signer.sign(keys, b"{}", target="secretsmanager.ListSecrets", **more)
    assert words in refuse(request, keys, clock)[1]


@pytest.mark.parametrize(("name", "value"), [
    ("x-amz-target", "secretsmanager.DeleteSecret"), ("x-amz-date", "20260302T120100Z"), ("x-amz-date", "today"),
    ("x-amz-date", None), ("host", "127.0.0.1:9999"), ("x-amz-meta", "added"),
    ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), ("content-type", "text/plain"),
])
def test_a_header_that_is_changed_added_or_removed(
    request_: HttpRequest, keys: KeyPair, clock: Clock, name: str, value: str | None
) -> None:
    assert refuse(change_header(request_, name, value), keys, clock)[0] in (
        "InvalidSignatureException", "IncompleteSignatureException")


def test_a_signed_header_that_occurs_twice(request_: HttpRequest, keys: KeyPair, clock: Clock) -> None:
    doubled = replace(request_, headers=[*request_.headers, ("x-amz-target", "secretsmanager.DeleteSecret")])
    assert "more than once" in refuse(doubled, keys, clock)[1]


def test_headers_that_are_not_signed_may_change(request_: HttpRequest, keys: KeyPair, clock: Clock) -> None:
    assert verify(change_header(request_, "user-agent", "other"), keys, clock) == "us-east-1"


def test_no_message_quotes_a_key(request_: HttpRequest, keys: KeyPair, clock: Clock) -> None:
    for name, _ in request_.headers:
        message = " ".join(refuse(change_header(request_, name, "x"), keys, clock)) if name != "user-agent" else ""
        assert keys.secret_access_key not in message
    assert keys.secret_access_key not in repr(keys)
