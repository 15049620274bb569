"""One-time codes that depend on the time (TOTP, RFC 6238), from an `otpauth://totp/` URI or a seed in Base32.

The URI is that of Google Authenticator's "Key Uri Format". pyotp refuses seeds below 112 bits, which many sites issue.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl

from smtui.api.errors import SmtuiError
from smtui.rules.key_roles import CODE_SEED, find_key

SCHEME = "otpauth://"
ALGORITHMS = ("SHA1", "SHA256", "SHA512")
DIGITS = (6, 7, 8)
MAX_PERIOD = 3600
MIN_SEED = 10
"""Bytes of a seed without a URI, so that a short word is not taken for one. Sites issue seeds of 80 bits or more."""
MAX_LENGTH = 4096
"""Characters of a URI or a seed."""


class InvalidSeedError(SmtuiError):
    """A text is no seed of one-time codes. The message never has the text."""


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code, and the whole seconds for which it is still valid."""

    code: str = field(repr=False)
    seconds_left: int


@dataclass(frozen=True, slots=True)
class CodeSeed:
    """What computes the codes.

    Args:
        seed: the shared key.
        algorithm: one of `ALGORITHMS`.
        digits: the length of a code.
        period: the seconds for which a code is valid.
    """

    seed: bytes = field(repr=False)
    algorithm: str = "SHA1"
    digits: int = 6
    period: int = 30

    def compute_code(self, now: datetime) -> OneTimeCode:
        """Computes the code of RFC 6238, section 4, at an aware time."""
        seconds = int(now.timestamp())
        counter = (seconds // self.period).to_bytes(8, "big")
        digest = hmac.digest(self.seed, counter, self.algorithm.lower())
        offset = digest[-1] & 0x0F
        number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
        return OneTimeCode(f"{number % 10**self.digits:0{self.digits}}", self.period - seconds % self.period)


def is_code_uri(text: str) -> bool:
    """Whether a text is an `otpauth://` URI."""
    return text.strip()[: len(SCHEME)].lower() == SCHEME


def parse_seed(text: str) -> CodeSeed:
    """Parses an `otpauth://totp/` URI, or a seed in Base32 with or without spaces, hyphens, capitals and padding.

    Raises:
        InvalidSeedError: the text is neither.
    """
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise InvalidSeedError("This value is too long for a one-time code seed.")
    if not is_code_uri(text):
        seed = _decode_base32(text)
        if len(seed) < MIN_SEED:
            raise InvalidSeedError(f"A one-time code seed has at least {MIN_SEED * 8} bits; this value is shorter.")
        return CodeSeed(seed)
    head, _, query = text.partition("?")
    kind = head[len(SCHEME) :].partition("/")[0].lower()
    if kind != "totp":
        raise InvalidSeedError(
            "This otpauth URI is for counter-based codes (HOTP); only time-based codes (TOTP) are supported."
            if kind == "hotp" else "This otpauth URI is neither for TOTP nor for HOTP.")
    options = {name.lower(): value for name, value in parse_qsl(query.partition("#")[0])}
    if "secret" not in options:
        raise InvalidSeedError("This otpauth URI has no secret.")
    algorithm = options.get("algorithm", "SHA1").upper().replace("-", "")
    if algorithm not in ALGORITHMS:
        raise InvalidSeedError(f"The algorithm of this otpauth URI is not one of {', '.join(ALGORITHMS)}.")
    return CodeSeed(_decode_base32(options["secret"]), algorithm,
                    _read_number(options, "digits", DIGITS[0], range(DIGITS[0], DIGITS[-1] + 1)),
                    _read_number(options, "period", 30, range(1, MAX_PERIOD + 1)))


def _read_number(options: Mapping[str, str], name: str, default: int, allowed: range) -> int:
    word = options.get(name, str(default))
    if not (word.isascii() and word.isdigit() and len(word) < 6 and int(word) in allowed):
        raise InvalidSeedError(f"The {name} of this otpauth URI is not a number from {allowed[0]} to {allowed[-1]}.")
    return int(word)


def _decode_base32(text: str) -> bytes:
    letters = "".join(text.split()).replace("-", "").rstrip("=").upper()
    try:
        seed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except (binascii.Error, ValueError):
        seed = b""
    if not seed:
        raise InvalidSeedError("The one-time code seed is not Base32 (letters A to Z and digits 2 to 7).")
    return seed


def find_seed(members: Sequence[tuple[str, str]]) -> int | None:
    """Returns the index of the member of a JSON object that computes one-time codes; None if there is none.

    Args:
        members: the keys and the texts of their values. An `otpauth://` URI in any key comes before a key named `totp`.
    """
    uri = next((at for at, (_, text) in enumerate(members) if is_code_uri(text)), None)
    return find_key([key for key, _ in members], CODE_SEED) if uri is None else uri
