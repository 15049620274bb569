"""Every limit of the contract, each written once: lengths, counts, days and page sizes.

A limit that the service model carries is read from there. The others come from the page named beside them.
Messages and forms that name a limit format it from here.
"""

from __future__ import annotations

from smtui.api import extensions, kms
from smtui.api.model import OPERATIONS
from smtui.api.shapes import Blob, Integer, List, Shape, Structure, Text


def _find(shape: Shape, *path: str) -> Shape:
    """The member of a request that a path of names leads to; lists are entered without a name."""
    for name in path:
        while isinstance(shape, List):
            shape = shape.item
        assert isinstance(shape, Structure), name
        shape = shape.members[name]
    return shape


def _max(operation: str, *path: str) -> int:
    """The greatest value, length or count that the service model allows for a member of a request."""
    return _max_of(_find(OPERATIONS[operation].request, *path))


def _item(shape: Shape) -> Shape:
    assert isinstance(shape, List)
    return shape.item


def _max_of(shape: Shape) -> int:
    assert isinstance(shape, Blob | Integer | List | Text)
    assert shape.max is not None
    return shape.max


# Secrets. Lengths count characters; the length of a value counts bytes.
MAX_NAME_LENGTH = _max("CreateSecret", "Name")
MAX_DESCRIPTION_LENGTH = _max("CreateSecret", "Description")
MAX_VALUE_BYTES = _max("PutSecretValue", "SecretBinary")
MAX_POLICY_LENGTH = _max("PutResourcePolicy", "ResourcePolicy")
MAX_TAGS_PER_SECRET = 50
"""Page TagResource."""

# DeleteSecret, member RecoveryWindowInDays. The default is the longest.
MIN_RECOVERY_DAYS = 7
MAX_RECOVERY_DAYS = 30

# Versions and staging labels. The counts: page "AWS Secrets Manager quotas".
MAX_LABEL_LENGTH = _max("UpdateSecretVersionStage", "VersionStage")
MAX_LABELS_PER_VERSION = _max("PutSecretValue", "VersionStages")
MAX_LABELS_PER_SECRET = 20
"""On all versions of a secret together; AWSCURRENT, AWSPREVIOUS and AWSPENDING do not count."""
KEPT_VERSIONS = 100
"""A secret keeps this many versions. Versions without a label go first, and none younger than a day."""

# Pages, batches and filters.
MAX_PAGE_SIZE = _max("ListSecrets", "MaxResults")
"""Also the size of a page where the request gives none."""
MAX_BATCH_SIZE = _max("BatchGetSecretValue", "SecretIdList")
"""Secrets whose values one BatchGetSecretValue returns; also where the request gives no number."""
MAX_FILTERS = _max("ListSecrets", "Filters")
MAX_FILTER_VALUES = _max("ListSecrets", "Filters", "Values")

# Rotation. The interval: page "Rotation schedules".
MIN_ROTATION_HOURS = 4
MAX_ROTATION_DAYS = _max("RotateSecret", "RotationRules", "AutomaticallyAfterDays")
MAX_SCHEDULE_LENGTH = _max("RotateSecret", "RotationRules", "ScheduleExpression")
MAX_STEP_SECONDS = 900
"""A step of a rotation may run no longer, as a function of AWS Lambda."""
DEFAULT_STEP_SECONDS = 60
"""Where the function's settings give no time."""
MAX_FUNCTION_NAME_LENGTH = _max_of(extensions.FUNCTION_NAME)
MAX_JSON_KEY_LENGTH = _max_of(_find(extensions.PASSWORD, "Key"))
MAX_ARGUMENT_LENGTH = _max_of(_item(_find(extensions.COMMAND, "Arguments")))
"""Of a command's arguments, each."""

# Keys. The waiting period: page ScheduleKeyDeletion of AWS KMS, member PendingWindowInDays. The default is the longest.
MIN_KEY_DELETION_DAYS = 7
MAX_KEY_DELETION_DAYS = 30
MAX_ALIAS_LENGTH = _max_of(kms.ALIAS_NAME)
MAX_KEY_DESCRIPTION_LENGTH = _max_of(kms.DESCRIPTION)

# The audit log of a vault.
MAX_RETENTION_DAYS = _max_of(_find(extensions.RETENTION.request, "Days"))
