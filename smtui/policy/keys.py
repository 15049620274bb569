"""Condition keys: which are always there, which hold several values, and which of their values fix a stranger out."""

from __future__ import annotations

from collections.abc import Mapping

ACTIONS = (
    "GetSecretValue", "DescribeSecret", "ListSecretVersionIds", "GetResourcePolicy", "PutSecretValue", "UpdateSecret",
    "UpdateSecretVersionStage", "PutResourcePolicy", "DeleteResourcePolicy", "ValidateResourcePolicy", "DeleteSecret",
    "RestoreSecret", "RotateSecret", "CancelRotateSecret", "TagResource", "UntagResource",
    "ReplicateSecretToRegions", "RemoveRegionsFromReplication", "StopReplicationToReplica",
)  # fmt: skip
"""Those about one secret, the most telling first."""
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
"""Absent from requests that nobody signed; so are tags of the principal."""
PRINCIPAL_TAG = "aws:principaltag/"
FLAGS = frozenset({
    "aws:securetransport", "aws:viaawsservice", "aws:multifactorauthpresent", "aws:principalisawsservice",
    "secretsmanager:rotateimmediately", "secretsmanager:modifyrotationrules",
    "secretsmanager:forcedeletewithoutrecovery", "secretsmanager:forceoverwritereplicasecret",
    "secretsmanager:blockpublicpolicy",
})  # fmt: skip
"""Those that are true or false, whatever operator they are put to."""
ORGANIZATION = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
ENDPOINT = frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})
"""Present together, through an endpoint, and then without aws:SourceIp."""
ADDRESS = "aws:sourceip"
FIXING = frozenset({
    "aws:principalorgid", "aws:principalorgpaths", "aws:userid", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcearn",
    "aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "aws:sourceorgpaths",
})  # fmt: skip
"""A stranger has none of the literal values a policy names for these."""
SPELLED = {key.lower(): key for key in (
    "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceIp",
    "aws:SourceVpc", "aws:SourceVpce", "aws:SourceArn", "aws:SourceAccount", "aws:SourceOwner", "aws:UserAgent",
    "aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:CurrentTime",
    "aws:EpochTime", "aws:TokenIssueTime", "aws:PrincipalType", "aws:RequestedRegion", "aws:CalledVia", "aws:TagKeys",
    "aws:ViaAWSService", "aws:SourceIdentity", "aws:VpcSourceIp", "secretsmanager:VersionStage",
    "secretsmanager:VersionId", "secretsmanager:SecretId", "secretsmanager:KmsKeyId", "secretsmanager:Name",
)}  # fmt: skip


def canonical(key: str) -> str:
    """A key in lower case; the tags of the secret have two names, of which this is always the same."""
    return key.lower().replace("secretsmanager:resourcetag/", "aws:resourcetag/")


def spelled(key: str, otherwise: Mapping[str, str]) -> str:
    """A key as AWS writes it; tags, and keys that nobody knows, as they are written `otherwise`."""
    return SPELLED.get(key) or otherwise.get(key, key)
