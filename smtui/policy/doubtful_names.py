"""Warnings about names without effect: unknown actions and condition keys, other secrets, placeholders of templates.

The service accepts such a policy, but its effect is not the one its author expects.
Sources: "Actions, resources, and condition keys for AWS Secrets Manager", "AWS global condition context keys".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from smtui.api.arn import SECRETS_MANAGER, parse_arn, parse_secret_arn
from smtui.policy import document, variables, wildcards
from smtui.policy.conditions import is_arn_match
from smtui.policy.document import Member, Node
from smtui.policy.keys import ACTIONS, KEY_NAMES
from smtui.policy.statements import UNUSUAL, Finding
from smtui.policy.suggestions import suggest_name

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
KNOWN_KEYS = {key.lower(): key for key in (*KEY_NAMES.values(), *MORE_KEYS)}
TAG_KEYS = ("aws:PrincipalTag", "aws:RequestTag", "aws:ResourceTag", "secretsmanager:ResourceTag")
"""The condition keys that the name of a tag follows, after a slash."""
TAG_PREFIXES = tuple(f"{key.lower()}/" for key in TAG_KEYS)
KNOWN_SERVICES = ("aws", "secretsmanager")
PLACEHOLDER = re.compile(
    r"(?<![A-Za-z0-9])(?:YOUR[-_][A-Z_-]+|(?:ACCOUNT|ROLE|USER|ORG|ORGANIZATION|VPC|ENDPOINT|SECRET|REGION)[-_]?"
    r"(?:ID|NAME|NUMBER|ARN)|ACCOUNT|ORGANIZATION|ENDPOINT|EXAMPLE[A-Z0-9-]*|PLACEHOLDER|CHANGE[-_]?ME|REPLACE[-_]?ME|"
    r"TODO|FIXME|X{4,}|exampleorgid|xxxxxxxxxx+|111122223333|444455556666|777788889999|123456789012)(?![A-Za-z0-9])"
    r"|<[A-Za-z][^<>]*>|\.\.\."
)


def find_doubtful_names(text: str, own_account: str = "", secret: str = "") -> list[Finding]:
    """Returns a finding with position for each unknown action or condition key, other secret and placeholder.

    Args:
        text: a policy that `grammar.parse` accepts.
        own_account: an account id that is not a placeholder, even if the AWS documentation uses it.
        secret: the ARN of the secret that the policy is for, if it is known.
    """
    statements = document.parse_document(text).members["Statement"].value.items
    return [finding for each in statements for finding in _check_statement(each, own_account, secret)]


def _check_statement(statement: Node, own_account: str, secret: str) -> Iterator[Finding]:
    for name, member in statement.members.items():
        if name in ("Action", "NotAction"):
            yield from _find_unknown_actions(member.value.items)
        elif name == "Condition":
            yield from _find_unknown_keys(member)
        elif name == "Resource":
            yield from _find_other_secrets(member.value.items, secret)
        if name not in ("Sid", "Effect", "Action", "NotAction"):
            yield from _find_placeholders(member.value, own_account)


def _find_unknown_actions(actions: Iterable[Node]) -> Iterator[Finding]:
    for node in actions:
        action = str(node.value)
        pattern = wildcards.parse_pattern(action.lower())
        if action != "*" and not any(wildcards.is_match(pattern, each.lower()) for each in KNOWN_ACTIONS):
            what = f"{action} matches no action" if set(action) & set("*?") else f"{action} is not an action"
            yield Finding(UNUSUAL, f"{what} of Secrets Manager{suggest_name(action, KNOWN_ACTIONS)}", node.position)


def _find_unknown_keys(condition: Member) -> Iterator[Finding]:
    for operator in condition.value.members.values():
        for key in operator.value.members.values():
            if not _is_known_key(str(key.key.value)):
                yield _make_unknown_key(str(key.key.value), key.key)
            for value in key.value.items:
                for name in variables.find_spellings(str(value.value)).values():
                    if not _is_known_key(name):
                        yield _make_unknown_key(name, value)


def _make_unknown_key(key: str, node: Node) -> Finding:
    head, _, tag = key.partition("/")
    of_tags = [f"{each}/{tag or 'TAG'}" for each in TAG_KEYS if suggest_name(head, [each])]
    suggestion = suggest_name(key, [*KNOWN_KEYS.values(), *of_tags])
    return Finding(UNUSUAL, f"no request contains a condition key {key}{suggestion}", node.position)


def _is_known_key(key: str) -> bool:
    """Whether a condition key is known, or belongs to another service."""
    lower = key.lower()
    if lower in KNOWN_KEYS or any(lower.startswith(each) and lower != each for each in TAG_PREFIXES):
        return True
    service = lower.partition(":")[0]
    return service not in KNOWN_SERVICES and not get_close_matches(service, KNOWN_SERVICES[1:], cutoff=0.8)


def _find_other_secrets(resources: Iterable[Node], secret: str) -> Iterator[Finding]:
    """Finds resources that no secret can have, and those that name secrets other than the one with the policy."""
    for node in resources:
        resource = variables.replace_with_stars(str(node.value), variables.find_keys(str(node.value)))
        arn, named = parse_arn(resource), parse_secret_arn(resource)
        if arn is None or arn.service not in (SECRETS_MANAGER, "*"):
            continue
        if named is not None and named.suffix is None and not set(resource) & set("*?"):
            yield Finding(UNUSUAL, f"{resource} is not a complete ARN of a secret (did you mean {resource}-??????)",
                          node.position)
        elif secret and not is_arn_match(wildcards.parse_pattern(resource), secret):
            yield Finding(UNUSUAL, f"{node.value} is another secret: a policy applies only to the secret it is "
                          "attached to", node.position)


def _find_placeholders(node: Node, own_account: str) -> Iterator[Finding]:
    for member in node.members.values():
        yield from _find_placeholders(member.value, own_account)
    if node.kind == "list":
        for item in node.items:
            yield from _find_placeholders(item, own_account)
    if node.kind == "text":
        for found in PLACEHOLDER.finditer(str(node.value)):
            if found[0] != own_account:
                yield Finding(UNUSUAL, f"{found[0]} is a placeholder: replace it", node.position)
                return
