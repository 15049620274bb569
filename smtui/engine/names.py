"""Names, ARNs, and what a SecretId may be."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

from smtui.ambient import Ambient
from smtui.api.errors import ValidationException

SUFFIX_LETTERS = string.ascii_letters + string.digits
SUFFIX_LENGTH = 6
_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]+")
_ARN = re.compile(r"arn:aws:secretsmanager:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):secret:(?P<rest>.+)")
_COMPLETE = re.compile(rf"(?P<name>.+)-(?P<suffix>[A-Za-z0-9]{{{SUFFIX_LENGTH}}})")


@dataclass(frozen=True, slots=True)
class SecretId:
    """A SecretId taken apart. Without Region and account it was a name; without suffix a name or a partial ARN."""

    name: str
    suffix: str | None = None
    region: str | None = None
    account: str | None = None


def validate_name(name: str) -> str:
    """The name itself. Raises ValidationException where it has characters that no name has."""
    if not _NAME.fullmatch(name):
        raise ValidationException(
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
        )
    return name


def parse_secret_id(secret_id: str) -> SecretId:
    """Raises ValidationException for what can be neither a name nor an ARN.

    An ARN that ends in a hyphen and six letters or digits is taken to be complete, as the service takes it.
    """
    arn = _ARN.fullmatch(secret_id)
    if arn is None:
        return SecretId(validate_name(secret_id))
    complete = _COMPLETE.fullmatch(arn["rest"])
    name, suffix = (complete["name"], complete["suffix"]) if complete else (arn["rest"], None)
    return SecretId(validate_name(name), suffix, arn["region"], arn["account"])


def format_arn(region: str, account: str, name: str, suffix: str | None = None) -> str:
    """The ARN of a secret; without its suffix a partial one."""
    return f"arn:aws:secretsmanager:{region}:{account}:secret:{name}{f'-{suffix}' if suffix else ''}"


def new_suffix(ambient: Ambient) -> str:
    """Uniform over all there are, in one draw."""
    drawn, letters = ambient.randbelow(len(SUFFIX_LETTERS) ** SUFFIX_LENGTH), ""
    for _ in range(SUFFIX_LENGTH):
        drawn, letter = divmod(drawn, len(SUFFIX_LETTERS))
        letters += SUFFIX_LETTERS[letter]
    return letters
