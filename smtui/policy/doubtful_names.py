"""Names in a policy that mean nothing: actions and condition keys nobody has, and what a template left to be filled in.

The language allows them, and the service takes them; a policy with one of them does something else than its writer
meant. Sources: the actions and keys of "Actions, resources, and condition keys for AWS Secrets Manager" and "AWS
global condition context keys".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from smtui.policy import document, variables, wildcards
from smtui.policy.document import Member, Node
from smtui.policy.keys import ACTIONS, SPELLED
from smtui.policy.statements import Finding

UNUSUAL = "This is allowed, and seldom meant."
SERVICE = "secretsmanager:"
WITHOUT_SECRET = ("BatchGetSecretValue", "CreateSecret", "GetRandomPassword", "ListSecrets")
KNOWN_ACTIONS = tuple(SERVICE + name for name in (*ACTIONS, *WITHOUT_SECRET))
MORE_KEYS = (
    "aws:username", "aws:userid", "aws:referer", "aws:PrincipalIsAWSService", "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceVpcArn", "aws:ResourceAccount",
    "aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:FederatedProvider",
    "aws:AssumedRoot", "aws:ChatbotSourceArn", "aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths", "secretsmanager:Description", "secretsmanager:KmsKeyArn",
    "secretsmanager:RotationLambdaARN", "secretsmanager:RotateImmediately", "secretsmanager:ModifyRotationRules",
    "secretsmanager:RecoveryWindowInDays", "secretsmanager:ForceDeleteWithoutRecovery",
    "secretsmanager:ForceOverwriteReplicaSecret", "secretsmanager:AddReplicaRegions",
    "secretsmanager:BlockPublicPolicy", "secretsmanager:SecretPrimaryRegion",
    "secretsmanager:resource/AllowRotationLambdaArn",
)
KNOWN_KEYS = {key.lower(): key for key in (*SPELLED.values(), *MORE_KEYS)}
KEYS_OF_TAGS = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/", "secretsmanager:resourcetag/")
OUR_SERVICES = ("aws", "secretsmanager")
PLACEHOLDER = re.compile(
    r"(?<![A-Za-z0-9])(?:YOUR[-_][A-Z_-]+|(?:ACCOUNT|ROLE|USER|ORG|ORGANIZATION|VPC|ENDPOINT|SECRET|REGION)[-_]?"
    r"(?:ID|NAME|NUMBER|ARN)|ACCOUNT|ORGANIZATION|ENDPOINT|EXAMPLE[A-Z0-9-]*|PLACEHOLDER|CHANGE[-_]?ME|REPLACE[-_]?ME|"
    r"TODO|FIXME|X{4,}|exampleorgid|xxxxxxxxxx+|111122223333|444455556666|777788889999|123456789012)(?![A-Za-z0-9])"
    r"|<[A-Za-z][^<>]*>|\.\.\."
)


def find_doubtful_names(text: str, own_account: str = "") -> list[Finding]:
    """Each unknown action, unknown condition key and placeholder, where it stands.

    Args:
        text: a policy that `grammar.parse` takes.
        own_account: an account id that is no placeholder, though documentation uses it.
    """
    statements = document.read(text).members["Statement"].value.items
    return [finding for each in statements for finding in _of_statement(each, own_account)]


def _of_statement(statement: Node, own_account: str) -> Iterator[Finding]:
    for name, member in statement.members.items():
        if name in ("Action", "NotAction"):
            yield from _unknown_actions(member.value.items)
        elif name == "Condition":
            yield from _unknown_keys(member)
        if name not in ("Sid", "Effect", "Action", "NotAction"):
            yield from _placeholders(member.value, own_account)


def _unknown_actions(actions: Iterable[Node]) -> Iterator[Finding]:
    for node in actions:
        action = str(node.value)
        pattern = wildcards.pattern(action.lower())
        if action != "*" and not any(wildcards.matches(pattern, each.lower()) for each in KNOWN_ACTIONS):
            what = f"{action} fits no action" if set(action) & set("*?") else f"{action} is no action"
            yield Finding(UNUSUAL, f"{what} of Secrets Manager{_guess(action, KNOWN_ACTIONS)}", node.place)


def _unknown_keys(condition: Member) -> Iterator[Finding]:
    for operator in condition.value.members.values():
        for key in operator.value.members.values():
            if not _is_known_key(str(key.key.value)):
                yield _unknown_key(str(key.key.value), key.key)
            for value in key.value.items:
                for spelled in variables.spelled_in(str(value.value)).values():
                    if not _is_known_key(spelled):
                        yield _unknown_key(spelled, value)


def _unknown_key(key: str, node: Node) -> Finding:
    return Finding(UNUSUAL, f"no request has a condition key {key}{_guess(key, KNOWN_KEYS.values())}", node.place)


def _is_known_key(key: str) -> bool:
    """Keys of other services come with requests that these services make, and are none of our business."""
    lower = key.lower()
    if lower in KNOWN_KEYS or any(lower.startswith(each) and lower != each for each in KEYS_OF_TAGS):
        return True
    service = lower.partition(":")[0]
    return service not in OUR_SERVICES and not get_close_matches(service, OUR_SERVICES[1:], cutoff=0.8)


def _guess(name: str, known: Iterable[str]) -> str:
    spelled = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), spelled, n=1, cutoff=0.8)
    return f"; did you mean {spelled[found[0]]}?" if found else ""


def _placeholders(node: Node, own_account: str) -> Iterator[Finding]:
    for member in node.members.values():
        yield from _placeholders(member.value, own_account)
    if node.kind == "list":
        for item in node.items:
            yield from _placeholders(item, own_account)
    if node.kind == "text":
        for found in PLACEHOLDER.finditer(str(node.value)):
            if found[0] != own_account:
                yield Finding(UNUSUAL, f"{found[0]} is a placeholder: put the real one in its place", node.place)
                return
