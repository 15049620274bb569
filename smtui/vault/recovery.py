"""The recovery code: master key and salt of a vault as text for paper, with a checksum against typing errors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math

from smtui.api.errors import WrongPassphraseError
from smtui.vault.kdf import KEY_BYTES, SALT_BYTES

CHECKSUM_BYTES = 4
GROUP = 6
LENGTH = math.ceil((KEY_BYTES + SALT_BYTES + CHECKSUM_BYTES) * 8 / 5)
"""The number of letters and digits of a code: each stands for five bits."""
# Digits that base32 does not have, and the letters they are misread from.
_MISREAD = str.maketrans("018", "OIB")
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def encode(key: bytes) -> str:
    """Formats the 48 bytes of `FileKeys.unlock_key` in groups of capital letters and digits."""
    text = base64.b32encode(key + _compute_checksum(key)).decode().rstrip("=")
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def decode(code: str) -> bytes:
    """Restores the 48 bytes, whatever the case, spaces and dashes.

    Raises:
        WrongPassphraseError: the code is mistyped. The message says where, as far as that can be known: a code has one
            checksum for the whole.
    """
    text = "".join(character for character in code.upper() if character.isalnum()).translate(_MISREAD)
    if problem := _find_problem(text):
        raise WrongPassphraseError(problem)
    raw = base64.b32decode(text + "=" * (-len(text) % 8))
    key, checksum = raw[:-CHECKSUM_BYTES], raw[-CHECKSUM_BYTES:]
    if not hmac.compare_digest(checksum, _compute_checksum(key)):
        raise WrongPassphraseError("The recovery code is mistyped: a letter or digit of it is wrong.",
                                   hint="Compare it with what you noted, group by group.")
    return key


def _find_problem(text: str) -> str:
    """Why letters and digits cannot be a code; empty if they can."""
    wrong = next((place for place, character in enumerate(text) if character not in _ALPHABET), None)
    if wrong is not None:
        return f"Group {wrong // GROUP + 1} of the recovery code is mistyped: no code has a {text[wrong]}."
    if len(text) != LENGTH:
        return f"The recovery code is mistyped or incomplete: {len(text)} of {LENGTH} letters and digits."
    return ""


def _compute_checksum(key: bytes) -> bytes:
    return hashlib.blake2s(key, digest_size=CHECKSUM_BYTES, person=b"smtui rc").digest()
