"""What a key of a secret's value is for, judged by its name: password, user name, URL, or the seed of one-time codes.

Front ends use it to offer the right key first. Nothing depends on it: a key that is not recognised can still be chosen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

PASSWORD = (
    "password", "passphrase", "passwd", "pass", "pwd", "pw", "secret", "secretkey", "secretaccesskey", "clientsecret",
    "apikey", "apitoken", "accesstoken", "authtoken", "token", "privatekey", "key", "pin",
)  # fmt: skip
"""The most likely name first, without capitals and separators."""
USER_NAME = ("username", "user", "login", "loginname", "account", "accesskeyid", "clientid", "email", "uid", "userid")
URL = ("url", "uri", "website", "loginurl", "link", "endpoint", "site")
CODE_SEED = ("otpauth", "totp", "otp", "totpseed", "otpseed", "totpsecret", "otpsecret", "totpuri", "otpuri", "totpurl",
             "2fa", "mfa")
_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^a-zA-Z0-9]+")


def find_key(keys: Sequence[str], names: Sequence[str]) -> int | None:
    """Returns the index of the key that fits `names` best; None if none fits.

    A key that is one of the names comes before a key that ends with one, such as `db_password` or `adminUser`. Among
    equals, the earlier name and then the earlier key comes first.

    Args:
        keys: the keys of a value.
        names: one of the constants of this module.
    """
    words = [_split_words(key) for key in keys]
    exact = [(names.index(joined), at) for at, each in enumerate(words) if (joined := "".join(each)) in names]
    if exact:
        return min(exact)[1]
    ends = [(rank, at) for at, each in enumerate(words) for rank in _list_end_ranks(each, names)]
    return min(ends)[1] if ends else None


def _split_words(key: str) -> list[str]:
    return [word.lower() for word in _WORD_BREAK.split(key) if word]


def _list_end_ranks(words: Sequence[str], names: Sequence[str]) -> list[int]:
    """Returns the ranks of the names that are the last words of a key."""
    ends = {"".join(words[start:]) for start in range(1, len(words))}
    return [rank for rank, name in enumerate(names) if name in ends]
