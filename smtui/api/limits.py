"""The limits of the API: lengths, counts, days and page sizes.

Limits in the AWS service model are read from the model. The comments of the others name their source. Messages and
forms use these constants.
"""

from __future__ import annotations

from smtui.api import extensions, kms
from smtui.api.model import OPERATIONS
from smtui.api.shapes import Blob, Integer, List, Shape, Structure, Text


def _find_shape(shape: Shape, *path: str) -> Shape:
    """Returns the shape at a path of member names. Lists on the path are replaced by their items."""
    for name in path:
        while isinstance(shape, List):
            shape = shape.item
        assert isinstance(shape, Structure), name
        shape = shape.members[name]
    return shape


def _find_max(operation: str, *path: str) -> int:
    """Returns the maximum value, length or count of a request member in the service model."""
    return _get_max(_find_shape(OPERATIONS[operation].request, *path))


def _get_item_shape(shape: Shape) -> Shape:
    assert isinstance(shape, List)
    return shape.item


def _get_max(shape: Shape) -> int:
    assert isinstance(shape, Blob | Integer | List | Text)
    assert shape.max is not None
    return shape.max


def _find_pattern(operation: str, *path: str) -> str:
    """Returns the regular expression of a request member in the service model."""
    shape = _find_shape(OPERATIONS[operation].request, *path)
    assert isinstance(shape, Text)
    assert shape.pattern is not None
    return shape.pattern


REGION_PATTERN = _find_pattern("ReplicateSecretToRegions", "AddReplicaRegions", "Region")

# Secrets. Lengths are in characters, except for values, which are in bytes.
MAX_NAME_LENGTH = _find_max("CreateSecret", "Name")
MAX_DESCRIPTION_LENGTH = _find_max("CreateSecret", "Description")
MAX_TYPE_LENGTH = _find_max("CreateSecret", "Type")
MAX_VALUE_BYTES = _find_max("PutSecretValue", "SecretBinary")
MAX_POLICY_LENGTH = _find_max("PutResourcePolicy", "ResourcePolicy")
MAX_FUNCTION_ARN_LENGTH = _find_max("RotateSecret", "RotationLambdaARN")
MAX_TAGS_PER_SECRET = 50
"""Source: page TagResource."""

# Deletion. Source: page DeleteSecret, member RecoveryWindowInDays. The default is the maximum.
MIN_RECOVERY_DAYS = 7
MAX_RECOVERY_DAYS = 30

# Versions and staging labels. Source of the counts: page "AWS Secrets Manager quotas".
MAX_LABEL_LENGTH = _find_max("UpdateSecretVersionStage", "VersionStage")
MAX_LABELS_PER_VERSION = _find_max("PutSecretValue", "VersionStages")
MAX_LABELS_PER_SECRET = 20
"""For all versions of a secret together, without AWSCURRENT, AWSPREVIOUS and AWSPENDING."""
KEPT_VERSIONS = 100
"""With more versions, the oldest without labels are removed, but none that is less than a day old."""
MAX_YOUNG_VERSIONS = KEPT_VERSIONS
"""The number of versions of a secret that can be less than a day old. The quota of AWS is not documented."""

# Pages, batches and filters.
MAX_PAGE_SIZE = _find_max("ListSecrets", "MaxResults")
"""Also the default page size."""
MAX_BATCH_SIZE = _find_max("BatchGetSecretValue", "SecretIdList")
"""The maximum and default number of values in a response of BatchGetSecretValue."""
MAX_FILTERS = _find_max("ListSecrets", "Filters")
MAX_FILTER_VALUES = _find_max("ListSecrets", "Filters", "Values")

# Rotation. Source of the minimum interval: page "Rotation schedules".
MIN_ROTATION_HOURS = 4
MAX_ROTATION_DAYS = _find_max("RotateSecret", "RotationRules", "AutomaticallyAfterDays")
MAX_SCHEDULE_LENGTH = _find_max("RotateSecret", "RotationRules", "ScheduleExpression")
MAX_STEP_SECONDS = 900
"""The maximum time of a rotation step, which is the maximum timeout of AWS Lambda."""
DEFAULT_STEP_SECONDS = 60
"""The time limit of a rotation step without a setting of the function."""
MAX_FUNCTION_NAME_LENGTH = _get_max(extensions.FUNCTION_NAME)
MAX_JSON_KEY_LENGTH = _get_max(_find_shape(extensions.PASSWORD, "Key"))
MAX_ARGUMENT_LENGTH = _get_max(_get_item_shape(_find_shape(extensions.COMMAND, "Arguments")))
"""The maximum length of each argument of a command."""
MAX_PATH_LENGTH = _get_max(extensions.PATH)

# KMS keys. Source of the waiting period: page ScheduleKeyDeletion, member PendingWindowInDays. Its default is the
# maximum.
MIN_KEY_DELETION_DAYS = 7
MAX_KEY_DELETION_DAYS = 30
MAX_KEY_POLICY_LENGTH = 32 * 1024
"""The maximum length of a key policy in bytes. Source of both: page "Resource quotas" of KMS."""
MAX_TAGS_PER_KEY = 50
MAX_ALIAS_LENGTH = _get_max(kms.ALIAS_NAME)
MAX_KEY_DESCRIPTION_LENGTH = _get_max(kms.DESCRIPTION)

# URLs in values that are opened in the browser.
MAX_URL_LENGTH = 2048

# The audit log of a vault.
MAX_RETENTION_DAYS = _get_max(_find_shape(extensions.RETENTION.request, "Days"))

RESERVED_VARIABLES = frozenset({
    "AWS_REGION", "AWS_DEFAULT_REGION", "SECRETS_MANAGER_ENDPOINT", "AWS_ENDPOINT_URL_SECRETS_MANAGER",
})
"""Environment variables of a Lambda function that smtui sets, and that no setting can replace."""
