"""Names and ARNs of secrets, and the forms of a SecretId."""

from __future__ import annotations

from smtui.api.arn import SUFFIX_LENGTH, is_secret_name, parse_secret_arn
from smtui.api.errors import ValidationException
from smtui.api.record import record
from smtui.system.ambient import Ambient

SUFFIX_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@record
class SecretId:
    """A parsed SecretId. A name has no Region and account; a name or a partial ARN has no suffix."""

    name: str
    suffix: str | None = None
    region: str | None = None
    account: str | None = None


def validate_name(name: str) -> str:
    """Returns the name itself. Raises ValidationException if it contains a character that no name may have."""
    if not is_secret_name(name):
        raise ValidationException(
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
        )
    return name


def parse_secret_id(secret_id: str) -> SecretId:
    """Parses a name or an ARN. Raises ValidationException for any other text.

    An ARN that ends in a hyphen and six letters or digits counts as complete, as in the service.
    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    """
    arn = parse_secret_arn(secret_id)
    if arn is None:
        return SecretId(validate_name(secret_id))
    return SecretId(validate_name(arn.name), arn.suffix, arn.region, arn.account)


def generate_suffix(ambient: Ambient) -> str:
    """Six random letters or digits, uniformly distributed."""
    drawn, letters = ambient.randbelow(len(SUFFIX_LETTERS) ** SUFFIX_LENGTH), ""
    for _ in range(SUFFIX_LENGTH):
        drawn, letter = divmod(drawn, len(SUFFIX_LETTERS))
        letters += SUFFIX_LETTERS[letter]
    return letters
