"""Amazon Resource Names: the one place that takes them apart and puts them together.

An ARN is `arn:partition:service:region:account:resource`; the resource may hold colons itself. The vault stands for
one account of the partition `aws`; ARNs of other partitions are read where they only have to be shown.
Source: "Amazon Resource Names (ARNs)" of the AWS General Reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

PREFIX = "arn:"
SECRETS_MANAGER, KMS, LAMBDA = "secretsmanager", "kms", "lambda"
SUFFIX_LENGTH = 6
"""The letters and digits that end a secret's ARN."""
_ACCOUNT = r"\d{12}"
_IS_ACCOUNT = re.compile(_ACCOUNT)
_SUFFIX = rf"[A-Za-z0-9]{{{SUFFIX_LENGTH}}}"
_PARTITION = "(?:aws|aws-cn|aws-us-gov)"
_LOCATION = rf"(?P<region>[a-z0-9-]+):(?P<account>{_ACCOUNT})"
_SECRET = re.compile(rf"arn:aws:{SECRETS_MANAGER}:{_LOCATION}:secret:(?P<rest>.+)")
_KEY = re.compile(rf"arn:aws:{KMS}:{_LOCATION}:(?P<resource>(?:key|alias)/.+)")
_COMPLETE = re.compile(rf"(?P<name>.+)-(?P<suffix>{_SUFFIX})")
_ROOT = re.compile(rf"arn:{_PARTITION}:iam::(?P<account>{_ACCOUNT}):root")
_PRINCIPAL = re.compile(
    rf"arn:{_PARTITION}:(iam::{_ACCOUNT}:(root|(user|role)/[^*?:]+)"
    rf"|sts::{_ACCOUNT}:(assumed-role/[^*?/:]+/[^*?/:]+|federated-user/[^*?:]+))"
)
_SESSION = re.compile(r"arn:(?P<partition>[^:]*):sts:[^:]*:(?P<account>[^:]*):assumed-role/(?P<role>[^/]*)")
_ANY_SECRET = re.compile(rf"arn:[^:]*:{SECRETS_MANAGER}:[^:]*:[^:]*:secret:(?P<name>.+)-{_SUFFIX}")
_BEFORE_KEY = re.compile(rf"arn:[^:]*:{KMS}:[^:]*:[^:]*:")


@dataclass(frozen=True, slots=True)
class Arn:
    """An ARN by its five fields and its resource."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"{PREFIX}{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


@dataclass(frozen=True, slots=True)
class SecretArn:
    """The ARN of a secret. Without its suffix it is a partial ARN, which names a secret as well."""

    region: str
    account: str
    name: str
    suffix: str | None


@dataclass(frozen=True, slots=True)
class KeyArn:
    """The ARN of a KMS key or of an alias; `resource` is `key/ID` or `alias/NAME`."""

    region: str
    account: str
    resource: str


# Any ARN.


def is_arn(text: str) -> bool:
    """Whether a text is meant as an ARN, and not as a name or an id."""
    return text.startswith(PREFIX)


def parse_arn(text: str) -> Arn | None:
    """An ARN of any service; None for a text with fewer than six fields."""
    prefix, *fields = text.split(":", 5)
    return Arn(*fields) if f"{prefix}:" == PREFIX and len(fields) == 5 else None


def get_account(text: str) -> str:
    """The account in an ARN; empty where the text is none."""
    return text.split(":", 5)[4] if text.count(":") >= 5 else ""


def get_region(text: str) -> str:
    """The Region in an ARN; empty where the text is none, or the service has no Regions."""
    return text.split(":", 5)[3] if text.count(":") >= 5 else ""


def get_last_field(text: str) -> str:
    """What stands behind the last colon: a function's name, or `user/alice` of a caller."""
    return text.rpartition(":")[2]


def is_account(text: str) -> bool:
    """Whether a text is the id of an account: twelve digits."""
    return _IS_ACCOUNT.fullmatch(text) is not None


# Secrets.


def format_secret_arn(region: str, account: str, name: str, suffix: str | None = None) -> str:
    """The ARN of a secret; without its suffix a partial one."""
    return f"arn:aws:{SECRETS_MANAGER}:{region}:{account}:secret:{name}{f'-{suffix}' if suffix else ''}"


def parse_secret_arn(text: str) -> SecretArn | None:
    """A secret's ARN; None for any other text.

    An ARN that ends in a hyphen and six letters or digits is complete, as the service reads it.
    """
    found = _SECRET.fullmatch(text)
    if found is None:
        return None
    complete = _COMPLETE.fullmatch(found["rest"])
    name, suffix = (complete["name"], complete["suffix"]) if complete else (found["rest"], None)
    return SecretArn(found["region"], found["account"], name, suffix)


def move_to_region(text: str, region: str) -> str:
    """The ARN of the same resource in another Region, as a replica has it. Raises ValueError for any other text."""
    arn = parse_arn(text)
    if arn is None:
        raise ValueError(f"{text} is not an ARN")
    return str(replace(arn, region=region))


def replace_secret_arns(text: str) -> str:
    """A text with the names of secrets in place of their complete ARNs, of any partition."""
    return _ANY_SECRET.sub(lambda found: found["name"], text)


# Keys.


def format_kms_arn(region: str, account: str, resource: str) -> str:
    """The ARN of a KMS key or alias; `resource` is `key/ID` or `alias/NAME`."""
    return f"arn:aws:{KMS}:{region}:{account}:{resource}"


def parse_key_arn(text: str) -> KeyArn | None:
    """The ARN of a KMS key or alias; None for any other text."""
    found = _KEY.fullmatch(text)
    return KeyArn(found["region"], found["account"], found["resource"]) if found else None


def replace_key_arns(text: str) -> str:
    """A text with `key/ID` and `alias/NAME` in place of the ARNs of KMS, of any partition."""
    return _BEFORE_KEY.sub("", text)


# Functions.


def format_function_arn(region: str, account: str, name: str) -> str:
    """The ARN of a rotation function, as AWS Lambda has it."""
    return f"arn:aws:{LAMBDA}:{region}:{account}:function:{name}"


def get_function_name(text: str) -> str:
    """The name in a function's ARN; the whole text where it is none."""
    return text.rpartition("function:")[2]


# Principals.


def format_principal_arn(account: str, resource: str = "root") -> str:
    """The ARN of an identity of IAM; `resource` is like `root`, `user/alice` or `role/checkout`."""
    return f"arn:aws:iam::{account}:{resource}"


def get_role_arn(text: str) -> str:
    """The ARN of the role in the ARN of a session; empty for any other text. A session's ARN lacks the role's path."""
    found = _SESSION.match(text)
    return f"{PREFIX}{found['partition']}:iam::{found['account']}:role/{found['role']}" if found else ""


def parse_root_account(text: str) -> str | None:
    """The account that the ARN of a root user stands for; None for any other text."""
    found = _ROOT.fullmatch(text)
    return found["account"] if found else None


def is_principal_arn(text: str) -> bool:
    """Whether a policy may name this ARN: a root user, a user, a role, or a session of either.

    Source: "AWS JSON policy elements: Principal".
    """
    return _PRINCIPAL.fullmatch(text) is not None
