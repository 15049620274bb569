"""Tests of one-time codes: the vectors of RFC 6238, the forms of a seed, and texts that are none."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from smtui.rules.one_time_code import CodeSeed, InvalidSeedError, is_code_uri, parse_seed

SEEDS = {"SHA1": b"12345678901234567890", "SHA256": b"12345678901234567890123456789012",
         "SHA512": b"1234567890123456789012345678901234567890123456789012345678901234"}
"""RFC 6238, appendix B, with the seeds of its erratum 2866."""
VECTORS = (
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
)


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), VECTORS)
def test_vectors_of_the_standard(seconds: int, sha1: str, sha256: str, sha512: str) -> None:
    for algorithm, code in (("SHA1", sha1), ("SHA256", sha256), ("SHA512", sha512)):
        assert CodeSeed(SEEDS[algorithm], algorithm, 8).compute_code(at(seconds)).code == code


@pytest.mark.parametrize(("seconds", "left"), [(0, 30), (1, 29), (29, 1), (29.9, 1), (30, 30), (59, 1)])
def test_seconds_left(seconds: float, left: int) -> None:
    assert CodeSeed(b"x").compute_code(at(seconds)).seconds_left == left


@pytest.mark.parametrize("text", [
    "JBSWY3DPEHPK3PXP", "jbsw y3dp ehpk 3pxp", "JBSW-Y3DP-EHPK-3PXP", " JBSWY3DPEHPK3PXP\n",
    "otpauth://totp/Example:a@b.c?secret=JBSWY3DPEHPK3PXP&issuer=Example",
    "OTPAUTH://TOTP/x?secret=jbswy3dpehpk3pxp&digits=6&period=30&algorithm=sha1",
    "otpauth://totp/x?issuer=a%20b&secret=JBSWY3DPEHPK3PXP#frag",
])
def test_forms_of_a_seed(text: str) -> None:
    assert parse_seed(text) == CodeSeed(base64.b32decode("JBSWY3DPEHPK3PXP"))


def test_options_of_a_uri() -> None:
    seed = parse_seed("otpauth://totp/x?secret=MFRGG&algorithm=SHA512&digits=8&period=60")
    assert seed == CodeSeed(b"abc", "SHA512", 8, 60)


@pytest.mark.parametrize("text", [
    "", "not base 32!", "text", "password", "1890", "=", "otpauth://totp/x", "otpauth://totp/x?secret=", "otpauth://totp/x?secret=189",
    "otpauth://hotp/x?secret=MFRGG&counter=1", "otpauth://steam/x?secret=MFRGG", "otpauth://totp/x?secret=MFRGG&digits=5",
    "otpauth://totp/x?secret=MFRGG&digits=9", "otpauth://totp/x?secret=MFRGG&digits=٦",
    "otpauth://totp/x?secret=MFRGG&period=0", "otpauth://totp/x?secret=MFRGG&period=-30",
    "otpauth://totp/x?secret=MFRGG&period=1e3", "otpauth://totp/x?secret=MFRGG&algorithm=MD5", "A" * 5000,
    "\ud800", "é" * 8,
])
def test_what_is_no_seed_is_refused_without_its_text(text: str) -> None:
    with pytest.raises(InvalidSeedError) as error:
        parse_seed(text)
    assert "MFRGG" not in str(error.value) and (len(text) < 4 or text not in str(error.value))


def test_a_seed_shows_nothing() -> None:
    seed = parse_seed("otpauth://totp/x?secret=MFRGG")
    assert "abc" not in repr(seed) and seed.compute_code(at(0)).code not in repr(seed.compute_code(at(0)))
    assert is_code_uri(" otpauth://totp/x") and not is_code_uri("https://x")
