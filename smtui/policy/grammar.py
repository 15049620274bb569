"""The parser of policies: checks every element, and reports all faults at once with their positions.

Source: "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from smtui.api.arn import is_account, is_arn, is_principal_arn, parse_root_account
from smtui.policy.conditions import OPERATORS, describe_expected_value
from smtui.policy.document import Node, PolicyJsonError, Position, parse_document
from smtui.policy.keys import KEY_NAMES, canonicalize_key
from smtui.policy.statements import (
    PRINCIPAL,
    SERVICE,
    SYNTAX,
    Condition,
    Finding,
    MalformedPolicyError,
    Policy,
    Principals,
    Statement,
)
from smtui.policy.suggestions import suggest_name

NEWER, OLDER = "2012-10-17", "2008-10-17"
STATEMENT = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
             "Condition")
DELETED_PRINCIPAL_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,124}")
SERVICE_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
KEY = re.compile(r"[A-Za-z0-9-]+:[^\s:]+.*", re.DOTALL)


def parse(text: str) -> Policy:
    """Parses a policy.

    Raises:
        MalformedPolicyError: the text is not a policy; the error holds every fault.
    """
    try:
        node = parse_document(text)
    except PolicyJsonError as error:
        raise MalformedPolicyError([Finding(SYNTAX, str(error), error.position)]) from None
    reader = _Grammar()
    policy = reader.parse_policy(node)
    if reader.findings:
        raise MalformedPolicyError(reader.findings)
    return policy


class _Grammar:
    """Converts nodes to statements. A faulty element is reported and left out, so that the next is checked too."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._where = ""

    def _report(self, what: str, position: Position, sentence: str = SYNTAX) -> None:
        self.findings.append(Finding(sentence, f"{self._where}{what}", position))

    def parse_policy(self, node: Node) -> Policy:
        self._check_kind(node, "object", "a policy must be a JSON object")
        self._check_names(node, ("Version", "Id", "Statement"))
        version = self._get_text(node, "Version")
        if "Version" in node.members and version not in (NEWER, OLDER):
            self._report(f"Version must be {NEWER} or {OLDER}", node.members["Version"].value.position)
        self._get_text(node, "Id")
        found = node.members.get("Statement")
        statements = found.value.items if found else []
        if not statements:
            self._report("Statement must contain at least one statement", (found.value if found else node).position)
        read = tuple(self._parse_statement(number, each) for number, each in enumerate(statements, 1))
        return Policy(read, variables=version == NEWER)

    def _parse_statement(self, number: int, node: Node) -> Statement:
        self._where = f"statement {number}, "
        if self._check_kind(node, "object", "a statement must be a JSON object"):
            self._check_names(node, STATEMENT)
        effect = self._get_text(node, "Effect")
        if effect not in ("Allow", "Deny"):
            self._report("Effect must be Allow or Deny", _locate_member(node, "Effect"))
        principal, negates_principals = self._choose_member(node, "Principal")
        action, negates_actions = self._choose_member(node, "Action")
        resource, negates_resources = self._choose_member(node, "Resource")
        return Statement(
            number, self._get_text(node, "Sid"), "Deny" if effect == "Deny" else "Allow",
            self._parse_principals(principal), negates_principals, tuple(self._parse_actions(action)), negates_actions,
            tuple(self._parse_resources(resource)), negates_resources, tuple(self._parse_conditions(node)),
            node.position,
        )

    # Elements.

    def _check_kind(self, node: Node, kind: str, what: str) -> bool:
        if node.kind != kind:
            self._report(what, node.position)
        return node.kind == kind

    def _check_names(self, node: Node, names: tuple[str, ...]) -> None:
        for name, member in node.members.items():
            if name not in names:
                self._report(f"{name} is not a valid element here{suggest_name(name, names)}", member.key.position)

    def _get_text(self, node: Node, name: str) -> str:
        member = node.members.get(name)
        if member is None:
            return ""
        if member.value.kind != "text":
            self._report(f"{name} must be a string", member.value.position)
            return ""
        return str(member.value.value)

    def _choose_member(self, node: Node, name: str) -> tuple[Node | None, bool]:
        """Returns the value of `Name` or `NotName`, and whether it is `NotName`."""
        present = [each for each in (name, f"Not{name}") if each in node.members]
        if len(present) != 1:
            self._report(f"{name} or Not{name} is required", node.position)
            return None, False
        return node.members[present[0]].value, present[0] != name

    def _list_texts(self, node: Node | None, name: str) -> Iterator[tuple[str, Position]]:
        if node is None:
            return
        if not node.items:
            self._report(f"{name} must not be empty", node.position)
        for item in node.items:
            if item.kind == "text":
                yield str(item.value), item.position
            else:
                self._report(f"{name} must be a string, or a list of strings", item.position)

    def _parse_actions(self, node: Node | None) -> Iterator[str]:
        for text, position in self._list_texts(node, "Action"):
            if not ACTION.fullmatch(text):
                self._report("Action must be * or service:Name", position)
            yield text

    def _parse_resources(self, node: Node | None) -> Iterator[str]:
        for text, position in self._list_texts(node, "Resource"):
            if text != "*" and (text.count(":") < 5 or not is_arn(text)):
                self._report("Resource must be * or an ARN", position)
            elif "${" in ":".join(text.split(":")[:5]):
                self._report("Resource may contain variables only from its sixth part on", position)
            yield text

    # Principals.

    def _parse_principals(self, node: Node | None) -> Principals:
        if node is None:
            return Principals()
        if node.kind == "text" and node.value == "*":
            return Principals(everyone=True)
        if node.kind != "object" or not node.members:
            self._report('Principal must be "*", or name AWS or Service', node.position, PRINCIPAL)
            return Principals()
        accounts, arns, services, everyone = set[str](), set[str](), set[str](), False
        for kind, member in node.members.items():
            for text, position in self._list_texts(member.value, kind):
                if kind == "Service":
                    services.add(self._parse_service(text, position))
                elif kind != "AWS":
                    self._report(f"{kind} principals are not supported", member.key.position, PRINCIPAL)
                elif text == "*":
                    everyone = True
                elif account := text if is_account(text) else parse_root_account(text):
                    accounts.add(account)
                else:
                    arns.add(self._parse_identity(text, position))
        return Principals(everyone, frozenset(accounts), frozenset(arns), frozenset(services))

    def _parse_service(self, text: str, position: Position) -> str:
        if not SERVICE_NAME.fullmatch(text):
            self._report("a service must be a service principal such as lambda.amazonaws.com", position, SERVICE)
        return text

    def _parse_identity(self, text: str, position: Position) -> str:
        if not is_principal_arn(text) and not DELETED_PRINCIPAL_ID.fullmatch(text):
            self._report("an AWS principal must be *, an account, or the ARN of a user, role or session", position,
                        PRINCIPAL)
        return text

    # Conditions.

    def _parse_conditions(self, node: Node) -> Iterator[Condition]:
        member = node.members.get("Condition")
        if member is None or not self._check_kind(member.value, "object", "Condition must be a JSON object"):
            return
        for name, operator in member.value.members.items():
            over, bare, if_exists = _split_operator(name)
            if bare not in OPERATORS or (bare == "Null" and (over or if_exists)):
                self._report(f"unknown condition operator “{name}”{_suggest_operator(name)}", operator.key.position)
            elif self._check_kind(operator.value, "object", f"{name} must contain condition keys"):
                for key, held in operator.value.members.items():
                    values = tuple(self._parse_values(name, bare, held.value))
                    if not KEY.fullmatch(key):
                        suggestion = suggest_name(f"aws:{key}", KEY_NAMES.values())
                        self._report(f"{key or 'an empty name'} is not a condition key{suggestion}", held.key.position)
                    yield Condition(bare, over, if_exists, canonicalize_key(key), values, held.key.position, key)

    def _parse_values(self, name: str, operator: str, node: Node) -> Iterator[str]:
        if not node.items:
            self._report(f"{name} needs a value", node.position)
        for item in node.items:
            if item.kind not in ("text", "number", "flag"):
                self._report(f"a value of {name} must be a string", item.position)
                continue
            text = str(item.value).lower() if item.kind == "flag" else str(item.value)
            if wrong := describe_expected_value(operator, text):
                self._report(f"{name} takes {wrong}", item.position)
            yield text


def _split_operator(name: str) -> tuple[str, str, bool]:
    """Splits an operator such as `ForAllValues:StringLikeIfExists` into set operator, name and `IfExists`."""
    over, colon, rest = name.partition(":")
    if not colon or over not in ("ForAllValues", "ForAnyValue"):
        over, rest = "", name
    return over, rest.removesuffix("IfExists"), rest.endswith("IfExists")


def _suggest_operator(name: str) -> str:
    """Suggests an operator with the same set operator and `IfExists`, which may be misspelt too."""
    singles = (name for name in OPERATORS if name != "Null")
    known = [f"{single}{suffix}" for single in singles for suffix in ("", "IfExists")]
    sets = [f"{over}:{each}" for over in ("ForAllValues", "ForAnyValue") for each in known] if ":" in name else []
    return suggest_name(name, [*known, "Null", *sets])


def _locate_member(node: Node, name: str) -> Position:
    return node.members[name].value.position if name in node.members else node.position
