"""From text to statements: every element by its name and form, and all that is wrong at once, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smtui.api.arn import is_account, is_arn, is_principal_arn, parse_root_account
from smtui.policy.conditions import OPERATORS, wrong_value
from smtui.policy.document import Node, Place, PolicyJsonError, read
from smtui.policy.keys import canonical
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

NEWER, OLDER = "2012-10-17", "2008-10-17"
STATEMENT = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
             "Condition")
DELETED = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,124}")
SERVICE_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
KEY = re.compile(r"[A-Za-z0-9-]+:[^\s:]+.*", re.DOTALL)


def parse(text: str) -> Policy:
    """Raises MalformedPolicyError, with everything that is wrong."""
    try:
        node = read(text)
    except PolicyJsonError as error:
        raise MalformedPolicyError([Finding(SYNTAX, str(error), error.place)]) from None
    reader = _Grammar()
    policy = reader.policy(node)
    if reader.findings:
        raise MalformedPolicyError(reader.findings)
    return policy


class _Grammar:
    """Goes on after an error, with nothing in its place, to find the others."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._where = ""

    def _wrong(self, what: str, place: Place, sentence: str = SYNTAX) -> None:
        self.findings.append(Finding(sentence, f"{self._where}{what}", place))

    def policy(self, node: Node) -> Policy:
        self._must_be(node, "object", "a policy is a JSON object")
        self._known(node, ("Version", "Id", "Statement"))
        version = self._text(node, "Version")
        if "Version" in node.members and version not in (NEWER, OLDER):
            self._wrong(f"Version must be {NEWER} or {OLDER}", node.members["Version"].value.place)
        self._text(node, "Id")
        found = node.members.get("Statement")
        statements = found.value.items if found else []
        if not statements:
            self._wrong("Statement must hold at least one statement", (found.value if found else node).place)
        read = tuple(self._statement(number, each) for number, each in enumerate(statements, 1))
        return Policy(read, variables=version == NEWER)

    def _statement(self, number: int, node: Node) -> Statement:
        self._where = f"statement {number}, "
        if self._must_be(node, "object", "a statement is a JSON object"):
            self._known(node, STATEMENT)
        effect = self._text(node, "Effect")
        if effect not in ("Allow", "Deny"):
            self._wrong("Effect must be Allow or Deny", _place(node, "Effect"))
        principal, but_principals = self._either(node, "Principal")
        action, but_actions = self._either(node, "Action")
        resource, but_resources = self._either(node, "Resource")
        return Statement(
            number, self._text(node, "Sid"), "Deny" if effect == "Deny" else "Allow",
            self._principals(principal), but_principals, tuple(self._actions(action)), but_actions,
            tuple(self._resources(resource)), but_resources, tuple(self._conditions(node)), node.place,
        )

    # Elements.

    def _must_be(self, node: Node, kind: str, what: str) -> bool:
        if node.kind != kind:
            self._wrong(what, node.place)
        return node.kind == kind

    def _known(self, node: Node, names: tuple[str, ...]) -> None:
        for name, member in node.members.items():
            if name not in names:
                self._wrong(f"{name} is no element here", member.key.place)

    def _text(self, node: Node, name: str) -> str:
        member = node.members.get(name)
        if member is None:
            return ""
        if member.value.kind != "text":
            self._wrong(f"{name} must be a string", member.value.place)
            return ""
        return str(member.value.value)

    def _either(self, node: Node, name: str) -> tuple[Node | None, bool]:
        """The one of `Name` and `NotName` that is there."""
        present = [each for each in (name, f"Not{name}") if each in node.members]
        if len(present) != 1:
            self._wrong(f"one of {name} and Not{name} must be there", node.place)
            return None, False
        return node.members[present[0]].value, present[0] != name

    def _texts(self, node: Node | None, name: str) -> Iterator[tuple[str, Place]]:
        if node is None:
            return
        if not node.items:
            self._wrong(f"{name} must not be empty", node.place)
        for item in node.items:
            if item.kind == "text":
                yield str(item.value), item.place
            else:
                self._wrong(f"{name} must be a string, or a list of strings", item.place)

    def _actions(self, node: Node | None) -> Iterator[str]:
        for text, place in self._texts(node, "Action"):
            if not ACTION.fullmatch(text):
                self._wrong("Action must be * or service:Name", place)
            yield text

    def _resources(self, node: Node | None) -> Iterator[str]:
        for text, place in self._texts(node, "Resource"):
            if text != "*" and (text.count(":") < 5 or not is_arn(text)):
                self._wrong("Resource must be * or an ARN", place)
            elif "${" in ":".join(text.split(":")[:5]):
                self._wrong("Resource may hold variables from its sixth part on", place)
            yield text

    # Principals.

    def _principals(self, node: Node | None) -> Principals:
        if node is None:
            return Principals()
        if node.kind == "text" and node.value == "*":
            return Principals(everyone=True)
        if node.kind != "object" or not node.members:
            self._wrong('Principal must be "*", or name AWS or Service', node.place, PRINCIPAL)
            return Principals()
        accounts, arns, services, everyone = set[str](), set[str](), set[str](), False
        for kind, member in node.members.items():
            for text, place in self._texts(member.value, kind):
                if kind == "Service":
                    services.add(self._service(text, place))
                elif kind != "AWS":
                    self._wrong(f"{kind} principals are not supported", member.key.place, PRINCIPAL)
                elif text == "*":
                    everyone = True
                elif account := text if is_account(text) else parse_root_account(text):
                    accounts.add(account)
                else:
                    arns.add(self._identity(text, place))
        return Principals(everyone, frozenset(accounts), frozenset(arns), frozenset(services))

    def _service(self, text: str, place: Place) -> str:
        if not SERVICE_NAME.fullmatch(text):
            self._wrong("a service is named like lambda.amazonaws.com", place, SERVICE)
        return text

    def _identity(self, text: str, place: Place) -> str:
        if not is_principal_arn(text) and not DELETED.fullmatch(text):
            self._wrong("an AWS principal is *, an account, or the ARN of a user, a role or a session", place,
                        PRINCIPAL)
        return text

    # Conditions.

    def _conditions(self, node: Node) -> Iterator[Condition]:
        member = node.members.get("Condition")
        if member is None or not self._must_be(member.value, "object", "Condition must be a JSON object"):
            return
        for name, operator in member.value.members.items():
            over, bare, if_exists = _taken_apart(name)
            if bare not in OPERATORS or (bare == "Null" and (over or if_exists)):
                self._wrong(f"{name} is no condition operator", operator.key.place)
            elif self._must_be(operator.value, "object", f"{name} must hold condition keys"):
                for key, held in operator.value.members.items():
                    values = tuple(self._values(name, bare, held.value))
                    if not KEY.fullmatch(key):
                        self._wrong(f"{key or 'an empty name'} is no condition key", held.key.place)
                    yield Condition(bare, over, if_exists, canonical(key), values, held.key.place, key)

    def _values(self, name: str, operator: str, node: Node) -> Iterator[str]:
        if not node.items:
            self._wrong(f"{name} needs a value", node.place)
        for item in node.items:
            if item.kind not in ("text", "number", "flag"):
                self._wrong(f"a value of {name} must be a string", item.place)
                continue
            text = str(item.value).lower() if item.kind == "flag" else str(item.value)
            if wrong := wrong_value(operator, text):
                self._wrong(f"{name} takes {wrong}", item.place)
            yield text


def _taken_apart(name: str) -> tuple[str, str, bool]:
    """`ForAllValues:StringLikeIfExists` as its three parts."""
    over, colon, rest = name.partition(":")
    if not colon or over not in ("ForAllValues", "ForAnyValue"):
        over, rest = "", name
    return over, rest.removesuffix("IfExists"), rest.endswith("IfExists")


def _place(node: Node, name: str) -> Place:
    return node.members[name].value.place if name in node.members else node.place
