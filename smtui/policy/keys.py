"""Condition keys: always present, multivalued, absent from unsigned requests, and fixed for known callers."""

from __future__ import annotations

from collections.abc import Mapping

from smtui.api.errors import InvalidParameterException

ACTIONS = (
    "GetSecretValue", "DescribeSecret", "ListSecretVersionIds", "GetResourcePolicy", "PutSecretValue", "UpdateSecret",
    "UpdateSecretVersionStage", "PutResourcePolicy", "DeleteResourcePolicy", "ValidateResourcePolicy", "DeleteSecret",
    "RestoreSecret", "RotateSecret", "CancelRotateSecret", "TagResource", "UntagResource",
    "ReplicateSecretToRegions", "RemoveRegionsFromReplication", "StopReplicationToReplica",
)  # fmt: skip
"""The actions on one secret, the most important first."""
ALWAYS = frozenset({
    "aws:principalaccount", "aws:userid", "aws:principaltype", "aws:currenttime", "aws:epochtime",
    "aws:securetransport", "aws:requestedregion", "aws:useragent", "aws:viaawsservice", "aws:resourceaccount",
})  # fmt: skip
SEVERAL = frozenset({
    "aws:principalorgpaths", "aws:sourceorgpaths", "aws:calledvia", "aws:tagkeys", "secretsmanager:addreplicaregions",
})  # fmt: skip
SIGNED = frozenset({
    "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:username", "aws:principalisawsservice",
    "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime", "aws:sourceidentity",
})  # fmt: skip
"""Absent from unsigned requests, like the tags of the principal."""
PRINCIPAL_TAG = "aws:principaltag/"
FLAGS = frozenset({
    "aws:securetransport", "aws:viaawsservice", "aws:multifactorauthpresent", "aws:principalisawsservice",
    "secretsmanager:rotateimmediately", "secretsmanager:modifyrotationrules",
    "secretsmanager:forcedeletewithoutrecovery", "secretsmanager:forceoverwritereplicasecret",
    "secretsmanager:blockpublicpolicy",
})  # fmt: skip
"""Keys whose values are true or false with every operator."""
ORGANIZATION = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
ENDPOINT = frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})
"""Present in a request through a VPC endpoint, which has no aws:SourceIp."""
ADDRESS = "aws:sourceip"
FIXING = frozenset({
    "aws:principalorgid", "aws:principalorgpaths", "aws:userid", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcearn",
    "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths",
})  # fmt: skip
"""A stranger has none of the literal values that a policy contains for these keys."""
KEY_NAMES = {key.lower(): key for key in (
    "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceIp",
    "aws:SourceVpc", "aws:SourceVpce", "aws:SourceArn", "aws:SourceAccount", "aws:SourceOwner", "aws:UserAgent",
    "aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:CurrentTime",
    "aws:EpochTime", "aws:TokenIssueTime", "aws:PrincipalType", "aws:RequestedRegion", "aws:CalledVia", "aws:TagKeys",
    "aws:ViaAWSService", "aws:SourceIdentity", "aws:VpcSourceIp", "secretsmanager:VersionStage",
    "secretsmanager:VersionId", "secretsmanager:SecretId", "secretsmanager:KmsKeyId", "secretsmanager:Name",
)}  # fmt: skip


def parse_action(word: str) -> str:
    """Returns an action on a secret by its name, in any case and with or without prefix.

    Raises:
        InvalidParameterException: it is none of `ACTIONS`.
    """
    name = word.rpartition(":")[2].lower()
    for action in ACTIONS:
        if action.lower() == name:
            return action
    raise InvalidParameterException(f"{word} is not an action on a secret.")


def canonicalize_key(key: str) -> str:
    """Returns a key in lower case. Of the two names for tags of the secret it returns aws:resourcetag."""
    return key.lower().replace("secretsmanager:resourcetag/", "aws:resourcetag/")


def format_key(key: str, otherwise: Mapping[str, str]) -> str:
    """Returns a key as AWS writes it, or else as `otherwise` has it."""
    return KEY_NAMES.get(key) or otherwise.get(key, key)
