"""Parses and formats Amazon Resource Names (ARNs).

An ARN is `arn:partition:service:region:account:resource`, and the resource can contain colons. A vault represents one
account of the partition `aws`, so secrets and keys in other partitions are recognized only for display.
Source: "Amazon Resource Names (ARNs)" in the AWS General Reference.
"""

from __future__ import annotations

import re
from functools import cache

from smtui.api.record import record

PREFIX = "arn:"
PARTITION = "aws"
SECRETS_MANAGER, KMS, LAMBDA = "secretsmanager", "kms", "lambda"
SUFFIX_LENGTH = 6
"""The number of random characters (letters and digits) at the end of a secret's ARN."""
_NAME = r"[A-Za-z0-9/_+=.@!-]+"
_ACCOUNT = "[0-9]{12}"
_IS_ACCOUNT = re.compile(_ACCOUNT)
_IS_REGION = re.compile("([a-z]+-)+[0-9]+")
_SUFFIX = rf"[A-Za-z0-9]{{{SUFFIX_LENGTH}}}"
_PARTITION = "(?:aws|aws-cn|aws-us-gov)"
_LOCATION = rf"(?P<region>[a-z0-9-]+):(?P<account>{_ACCOUNT})"
_SECRET = rf"arn:aws:{SECRETS_MANAGER}:{_LOCATION}:secret:(?P<rest>.+)"
_KEY = rf"arn:aws:{KMS}:{_LOCATION}:(?P<resource>(?:key|alias)/.+)"
_COMPLETE = rf"(?P<name>.+)-(?P<suffix>{_SUFFIX})"
_ROOT = rf"arn:{_PARTITION}:iam::(?P<account>{_ACCOUNT}):root"
_PRINCIPAL = (
    rf"arn:{_PARTITION}:(iam::{_ACCOUNT}:(root|(user|role)/[^*?:]+)"
    rf"|sts::{_ACCOUNT}:(assumed-role/[^*?/:]+/[^*?/:]+|federated-user/[^*?:]+))"
)
_SESSION = r"arn:(?P<partition>[^:]*):sts:[^:]*:(?P<account>[^:]*):assumed-role/(?P<role>[^/]*)"
_ANY_SECRET = rf"arn:[^:]*:{SECRETS_MANAGER}:[^:]*:[^:]*:secret:(?P<name>.+)-{_SUFFIX}"
_BEFORE_KEY = rf"arn:[^:]*:{KMS}:[^:]*:[^:]*:"


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """A pattern, when it is first used: most commands need few of them."""
    return re.compile(pattern)


@record
class Arn:
    """The fields of an ARN."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"{PREFIX}{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


@record
class SecretArn:
    """The ARN of a secret. A partial ARN has no suffix; it identifies a secret too."""

    region: str
    account: str
    name: str
    suffix: str | None


@record
class KeyArn:
    """The ARN of a KMS key or of an alias; `resource` is `key/ID` or `alias/NAME`."""

    region: str
    account: str
    resource: str


# All ARNs.


def is_arn(text: str) -> bool:
    """Returns whether a text begins like an ARN, so that it is not a name or an id."""
    return text.startswith(PREFIX)


def parse_arn(text: str) -> Arn | None:
    """Parses an ARN of any service. Returns None if the text has another prefix or fewer than six fields."""
    prefix, *fields = text.split(":", 5)
    return Arn(*fields) if f"{prefix}:" == PREFIX and len(fields) == 5 else None


def get_account(text: str) -> str:
    """Returns the account of an ARN; empty if the text has fewer than six fields."""
    return text.split(":", 5)[4] if text.count(":") >= 5 else ""


def get_region(text: str) -> str:
    """Returns the Region of an ARN; empty if the ARN has none or the text has fewer than six fields."""
    return text.split(":", 5)[3] if text.count(":") >= 5 else ""


def get_last_field(text: str) -> str:
    """Returns the text after the last colon, such as a function's name or `user/alice`."""
    return text.rpartition(":")[2]


def is_account(text: str) -> bool:
    """Returns whether a text is an account id: twelve digits."""
    return _IS_ACCOUNT.fullmatch(text) is not None


def is_region(text: object) -> bool:
    """Returns whether this is a text with the form of a Region name, such as us-east-1.

    The pattern is `limits.REGION_PATTERN` of the service model, where a digit is an ASCII one.
    """
    return isinstance(text, str) and _IS_REGION.fullmatch(text) is not None


# Secrets.


def is_secret_name(text: str) -> bool:
    """Returns whether a text has only characters that a secret's name may have.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    """
    return _compile(_NAME).fullmatch(text) is not None


def format_secret_arn(region: str, account: str, name: str, suffix: str | None = None) -> str:
    """Returns the ARN of a secret, or a partial ARN without a suffix."""
    return f"{PREFIX}{PARTITION}:{SECRETS_MANAGER}:{region}:{account}:secret:{name}{f'-{suffix}' if suffix else ''}"


def parse_secret_arn(text: str) -> SecretArn | None:
    """Parses the ARN of a secret. Returns None for any other text.

    As in the service, an ARN that ends with a hyphen and six letters or digits is complete; any other is partial.
    """
    found = _compile(_SECRET).fullmatch(text)
    if found is None:
        return None
    complete = _compile(_COMPLETE).fullmatch(found["rest"])
    name, suffix = (complete["name"], complete["suffix"]) if complete else (found["rest"], None)
    return SecretArn(found["region"], found["account"], name, suffix)


def move_to_region(text: str, region: str) -> str:
    """Returns the ARN with another Region, which is the ARN of a replica.

    Raises:
        ValueError: if the text is not an ARN.
    """
    arn = parse_arn(text)
    if arn is None:
        raise ValueError(f"{text} is not an ARN")
    return str(Arn(arn.partition, arn.service, region, arn.account, arn.resource))


def replace_secret_arns(text: str) -> str:
    """Replaces a complete ARN of a secret, of any partition, by the secret's name."""
    return _compile(_ANY_SECRET).sub(lambda found: found["name"], text)


# Keys.


def format_kms_arn(region: str, account: str, resource: str) -> str:
    """Returns the ARN of a KMS key or alias; `resource` is `key/ID` or `alias/NAME`."""
    return f"{PREFIX}{PARTITION}:{KMS}:{region}:{account}:{resource}"


def parse_key_arn(text: str) -> KeyArn | None:
    """Parses the ARN of a KMS key or alias. Returns None for any other text."""
    found = _compile(_KEY).fullmatch(text)
    return KeyArn(found["region"], found["account"], found["resource"]) if found else None


def replace_key_arns(text: str) -> str:
    """Replaces the ARNs of KMS in a text, of any partition, by `key/ID` or `alias/NAME`."""
    return _compile(_BEFORE_KEY).sub("", text)


# Functions.


def format_function_arn(region: str, account: str, name: str) -> str:
    """Returns the ARN of a rotation function, in the format of AWS Lambda."""
    return f"{PREFIX}{PARTITION}:{LAMBDA}:{region}:{account}:function:{name}"


def is_lambda_arn(text: str) -> bool:
    """Whether the text is the ARN of a Lambda function, perhaps with a version or an alias."""
    parts = text.split(":")
    return (len(parts) in (7, 8) and parts[0] == "arn" and parts[2] == LAMBDA and parts[5] == "function"
            and is_region(parts[3]) and is_account(parts[4]) and all(parts[6:]))


def get_function_name(text: str) -> str:
    """Returns the name in the ARN of a function; the whole text if it is not such an ARN."""
    return text.rpartition("function:")[2]


# Principals.


def format_principal_arn(account: str, resource: str = "root") -> str:
    """Returns the ARN of an IAM principal; `resource` is, for example, `root`, `user/alice` or `role/checkout`."""
    return f"{PREFIX}{PARTITION}:iam::{account}:{resource}"


def get_role_arn(text: str) -> str:
    """Returns the ARN of the role of an assumed-role session; empty for any other text.

    The ARN of a session does not contain the path of the role, so the result has no path.
    """
    found = _compile(_SESSION).match(text)
    return f"{PREFIX}{found['partition']}:iam::{found['account']}:role/{found['role']}" if found else ""


def parse_root_account(text: str) -> str | None:
    """Returns the account of a root user's ARN; None for any other text."""
    found = _compile(_ROOT).fullmatch(text)
    return found["account"] if found else None


def is_principal_arn(text: str) -> bool:
    """Returns whether the text is the ARN of a root user, user, role, assumed-role session or federated user.

    Source: page "AWS JSON policy elements: Principal".
    """
    return _compile(_PRINCIPAL).fullmatch(text) is not None
