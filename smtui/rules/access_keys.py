"""The form of AWS access keys: the ID of a key, and its secret.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

from __future__ import annotations

from collections.abc import Callable

KEY_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
KEY_ID_CHARACTERS = 16
"""Behind the prefix."""
SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"  # noqa: S105
SECRET_CHARACTERS = 40
LONG_TERM, TEMPORARY = "AKIA", "ASIA"
"""The prefixes of key IDs: of a key that stays, and of one that belongs to a session token."""
PickCharacters = Callable[[str, int], str]
"""Draws that many characters of an alphabet, as `Ambient.pick_characters` does."""


def generate_key_id(prefix: str, pick: PickCharacters) -> str:
    return prefix + pick(KEY_ID_ALPHABET, KEY_ID_CHARACTERS)


def generate_secret_key(pick: PickCharacters) -> str:
    return pick(SECRET_ALPHABET, SECRET_CHARACTERS)
