"""The question "can a stranger get in" as a formula for cvc5: a second reading of the reference, for comparison.

Nothing of the deciding side of `smtui.policy` is used here but the parsed statements, so that an error there and an
error here are unlikely to be the same one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from smtui.policy.statements import Condition, Policy, Statement

ACTIONS = (
    "CancelRotateSecret", "DeleteResourcePolicy", "DeleteSecret", "DescribeSecret", "GetResourcePolicy",
    "GetSecretValue", "ListSecretVersionIds", "PutResourcePolicy", "PutSecretValue", "RemoveRegionsFromReplication",
    "ReplicateSecretToRegions", "RestoreSecret", "RotateSecret", "StopReplicationToReplica", "TagResource",
    "UntagResource", "UpdateSecret", "UpdateSecretVersionStage", "ValidateResourcePolicy",
)  # fmt: skip
ALWAYS = {"aws:userid", "aws:currenttime", "aws:securetransport"}
SIGNED = ("aws:principaltag/", "aws:principalorg", "aws:multifactorauth")
ENDPOINT = ("aws:sourcevpc", "aws:sourcevpce")
SEVERAL = {"aws:principalorgpaths", "aws:tagkeys"}
FIXED = {"aws:principalorgid", "aws:principalorgpaths", "aws:userid", "aws:sourcevpc", "aws:sourcevpce",
         "aws:sourcearn", "aws:sourceaccount"}  # fmt: skip
MOST_VALUES = 3
"""Values that a request may have for one key."""
VARIABLE = re.compile(r"\$\{([^}]*)\}")
Addresses = dict[int, bool] | None
"""Which conditions on aws:SourceIp an address fits, by the identity of the condition; None through an endpoint."""


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def both(parts: Iterable[str]) -> str:
    return f"(and true {' '.join(parts)})"


def either(parts: Iterable[str]) -> str:
    return f"(or false {' '.join(parts)})"


def expression(text: str, *, one: str = "re.allchar", ignore_case: bool = False) -> str:
    """A regular expression for a text with stars and question marks."""
    parts = []
    for character in text:
        if character == "*":
            parts.append(f"(re.* {one})")
        elif character == "?":
            parts.append(one)
        elif ignore_case and character.swapcase() != character:
            parts.append(f"(re.union (str.to_re {quoted(character)}) (str.to_re {quoted(character.swapcase())}))")
        else:
            parts.append(f"(str.to_re {quoted(character)})")
    return f'(re.++ (str.to_re "") (str.to_re "") {" ".join(parts)})'


NO_COLON = '(re.inter re.allchar (re.comp (str.to_re ":")))'
NO_SLASH = '(re.inter (re.range "!" "~") (re.comp (re.union (str.to_re "/") (str.to_re ":"))))'


@dataclass
class Formula:
    """The formula of one policy; `declared` are its variables by key."""

    policy: Policy
    resource: str
    owner: str
    now: datetime
    declared: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def text(self) -> str:
        self.conditions = [each for statement in self.policy.statements for each in statement.conditions]
        self._who()
        for key in sorted({each.key for each in self.conditions} | self._variables()):
            self._declare(key)
        self._ties()
        ways = [both(["(not endpoint)", *(self._allowed(dict(fits)) for fits in block)]) for block in self.blocks()]
        self.lines.append(f"(assert {either([*ways, both(['endpoint', self._allowed(None)])])})")
        return "\n".join(["(set-logic ALL)", *self.lines])

    # Who asks.

    def _who(self) -> None:
        named = {self.owner, *re.findall(r"\b\d{12}\b", " ".join(self._all_texts()))}
        self.lines += [
            "(declare-const action Int)", f"(assert (and (<= 0 action) (< action {len(ACTIONS)})))",
            "(declare-const signed Bool)", "(declare-const user Bool)", "(declare-const endpoint Bool)",
            "(declare-const account String)", "(declare-const path String)", "(declare-const name String)",
            '(assert (str.in_re account ((_ re.^ 12) (re.range "0" "9"))))',
            f'(assert (str.in_re path (re.* (re.++ (re.+ {NO_SLASH}) (str.to_re "/")))))',
            f"(assert (str.in_re name (re.+ {NO_SLASH})))",
            *(f"(assert (distinct account {quoted(each)}))" for each in sorted(named)),
            '(define-fun arn () String (str.++ "arn:aws:iam::" account (ite user ":user/" ":role/") path name))',
            '(define-fun principalaccount () String (ite signed account "anonymous"))',
        ]  # fmt: skip

    def _all_texts(self) -> Iterator[str]:
        for statement in self.policy.statements:
            yield from statement.principals.accounts
            yield from statement.principals.arns
            for condition in statement.conditions:
                if condition.key in ("aws:principalarn", "aws:principalaccount"):
                    yield from condition.values

    def _variables(self) -> set[str]:
        texts = [text for statement in self.policy.statements
                 for text in (*statement.resources, *(value for each in statement.conditions for value in each.values))]
        return {found.lower() for text in texts for found in VARIABLE.findall(text)} if self.policy.variables else set()

    # What a request has for each key: whether it is there, and its values.

    def _declare(self, key: str) -> None:
        given = {"aws:principalaccount": "principalaccount", "aws:principalarn": "arn", "aws:username": "name"}
        if key == "aws:sourceip":
            return
        number = len(self.declared)
        there, value = f"there{number}", given.get(key, f"value{number}")
        self.declared[key] = value
        self.lines.append(f"(define-fun {there} () Bool {self._presence(key)})" if self._presence(key)
                          else f"(declare-const {there} Bool)")
        if key in given:
            return
        sort = {"n": "Real", "d": "Real", "f": "Bool"}.get(self._nature(key), "String")
        for each in self._values(key):
            self.lines.append(f"(declare-const {each} {sort})")
            if sort == "String":
                self.lines.append(f'(assert (str.in_re {each} (re.* (re.range " " "~"))))')
                self.lines += [f"(assert (not {named}))" for named in self._named(key, each)]
        if self._nature(key) == "d":
            self.lines.append(f"(assert (>= {value} {self.now.timestamp():.1f}))")
        if key.startswith(SIGNED):
            self.lines.append(f"(assert (=> {there} signed))")
        if key in SEVERAL:
            self.lines.append(f"(declare-const count{number} Int)")
            self.lines.append(f"(assert (and (<= 1 count{number}) (<= count{number} {MOST_VALUES})))")

    def _presence(self, key: str) -> str:
        if key in ALWAYS or key == "aws:principalaccount":
            return "true"
        if key in ENDPOINT:
            return "endpoint"
        return {"aws:principalarn": "signed", "aws:username": "(and signed user)"}.get(key, "")

    def _nature(self, key: str) -> str:
        operators = {each.operator for each in self.conditions if each.key == key}
        if any(each.startswith("Numeric") for each in operators):
            return "n"
        if any(each.startswith("Date") for each in operators):
            return "d"
        return "f" if key in ("aws:securetransport", "aws:multifactorauthpresent") else "t"

    def _there(self, key: str) -> str:
        return f"there{list(self.declared).index(key)}"

    def _values(self, key: str) -> list[str]:
        value = self.declared[key]
        return [f"{value}_{each}" for each in range(MOST_VALUES)] if key in SEVERAL else [value]

    def _named(self, key: str, value: str) -> Iterator[str]:
        """That the value is one by which the policy means somebody it knows."""
        if key not in FIXED:
            return
        for operator, text in [(each.operator, text) for each in self.conditions
                               if each.key == key and each.operator != "Null" for text in each.values]:
            wild = set("*?") if "Like" in operator or "Arn" in operator else set()
            if self.policy.variables and "${" in text:
                continue
            if key == "aws:principalorgpaths":
                organization = text.partition("/")[0]
                if not wild & set(organization):
                    yield f"(str.prefixof {quoted(organization + '/')} {value})"
            elif key == "aws:sourcearn" and re.fullmatch(r"[^:]*:[^:]*:[^:]*:[^:]*:\d{12}:.*", text):
                yield f"(str.in_re {value} {arn_expression('*:*:*:*:' + text.split(':')[4] + ':*')})"
            elif not wild & set(text):
                yield f"(= (str.to_lower {value}) {quoted(text.lower())})"

    def _ties(self) -> None:
        """An organization's paths begin with its id, and one is there where the other is."""
        if "aws:principalorgpaths" not in self.declared:
            return
        paths = self._values("aws:principalorgpaths")
        form = f'(re.++ (str.to_re "o-") (re.+ {NO_SLASH}) (str.to_re "/") re.all)'
        self.lines += [f"(assert (str.in_re {path} {form}))" for path in paths]
        whose = "organization"
        if "aws:principalorgid" in self.declared:
            whose = self.declared["aws:principalorgid"]
            both_or_none = [self._there(key) for key in ("aws:principalorgpaths", "aws:principalorgid")]
            self.lines.append(f"(assert (= {' '.join(both_or_none)}))")
        else:
            self.lines.append("(declare-const organization String)")
        self.lines.append(f'(assert (not (str.contains {whose} "/")))')
        self.lines += [f'(assert (str.prefixof (str.++ {whose} "/") {path}))' for path in paths]

    # Whether the request is allowed.

    def _allowed(self, addresses: Addresses) -> str:
        applying = {"Allow": [], "Deny": []}  # type: dict[str, list[str]]
        for statement in self.policy.statements:
            applying[statement.effect].append(self._applies(statement, addresses))
        return f"(and {either(applying['Allow'])} (not {either(applying['Deny'])}))"

    def _applies(self, statement: Statement, addresses: Addresses) -> str:
        everyone = statement.principals.everyone
        actions = [f"(= action {number})" for number, name in enumerate(ACTIONS)
                   if any(fits(pattern.lower(), f"secretsmanager:{name}".lower()) for pattern in statement.actions)]
        resource = either(self._is_resource(text) for text in statement.resources)
        return both([
            "true" if everyone != statement.negates_principals else "false",
            f"(not {either(actions)})" if statement.negates_actions else either(actions),
            f"(not {resource})" if statement.negates_resources else resource,
            *(self._holds(each, addresses) for each in statement.conditions),
        ])

    def _is_resource(self, text: str) -> str:
        return "true" if text == "*" else self._matches("ArnLike", text, quoted(self.resource))

    def _holds(self, condition: Condition, addresses: Addresses) -> str:
        if condition.key == "aws:sourceip":
            there = "false" if addresses is None else "true"
        else:
            there = self._there(condition.key)
        if condition.operator == "Null":
            return either(f"(not {there})" if value == "true" else there for value in condition.values)
        negated = "Not" in condition.operator
        absent = condition.if_exists or condition.over == "ForAllValues" or (negated and not condition.over)
        return f"(ite {there} {self._fits(condition, addresses, negated)} {str(absent).lower()})"

    def _fits(self, condition: Condition, addresses: Addresses, negated: bool) -> str:
        if condition.key == "aws:sourceip":
            return str(bool(addresses and addresses[id(condition)]) != negated).lower()
        every = condition.over == "ForAllValues" or (negated and not condition.over)
        passes = []
        for place, value in enumerate(self._values(condition.key)):
            one = either(self._matches(condition.operator, text, value) for text in condition.values)
            one = f"(not {one})" if negated else one
            if condition.key in SEVERAL:
                beyond = f"(>= {place} count{list(self.declared).index(condition.key)})"
                one = f"(or {beyond} {one})" if every else f"(and (not {beyond}) {one})"
            passes.append(one)
        return both(passes) if every else either(passes)

    def _matches(self, operator: str, text: str, value: str) -> str:
        operator = operator.replace("Not", "")
        if operator.startswith(("Numeric", "Date")):
            asked = f"{float(text):.1f}" if operator.startswith("Numeric") else \
                f"{datetime.fromisoformat(text).timestamp():.1f}"
            order = {"Equals": "=", "LessThan": "<", "LessThanEquals": "<=", "GreaterThan": ">",
                     "GreaterThanEquals": ">="}[re.sub("^(Numeric|Date)", "", operator)]  # fmt: skip
            return f"({order} {value} {asked})"
        if operator == "Bool":
            return value if text == "true" else f"(not {value})"
        if self.policy.variables and (found := VARIABLE.search(text)):
            return self._matches_with_variable(operator, text, value, found)
        if operator.startswith("Arn"):
            return f"(str.in_re {value} {arn_expression(text)})"
        if operator == "StringLike":
            return f"(str.in_re {value} {expression(text)})"
        if operator == "StringEqualsIgnoreCase":
            return f"(= (str.to_lower {value}) {quoted(text.lower())})"
        return f"(= {value} {quoted(text)})"

    def _matches_with_variable(self, operator: str, text: str, value: str, found: re.Match[str]) -> str:
        """One variable: what stands before and behind it stands there, and between them what the key says."""
        key = found[1].lower()
        before, behind = text[: found.start()], text[found.end() :]
        known = self.declared[key]
        if operator == "ArnLike":
            whole = f"(re.++ {arn_expression(before)} (str.to_re {known}) {expression(behind)})"
            return f"(and {self._there(key)} (str.in_re {value} {whole}))"
        assert not set("*?") & set(before + behind)
        asked = f"(str.++ {quoted(before)} {known} {quoted(behind)})"
        if operator == "StringEqualsIgnoreCase":
            asked, value = f"(str.to_lower {asked})", f"(str.to_lower {value})"
        return f"(and {self._there(key)} (= {value} {asked}))"

    # Addresses: every block that is broad, as the set of answers its addresses get.

    def blocks(self) -> set[frozenset[tuple[tuple[int, bool], ...]]]:
        asking = [each for each in self.conditions if each.key == "aws:sourceip" and each.operator != "Null"]
        return {frozenset(tuple((id(each), inside(each, address)) for each in asking) for address in self.ends(block))
                for block in self.broad(asking)}

    def broad(self, asking: list[Condition]) -> Iterator[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        yield from ipaddress.ip_network("0.0.0.0/0").subnets(new_prefix=7)
        yield ipaddress.ip_network("fe00::/31")
        for text in [text for each in asking for text in each.values]:
            network = ipaddress.ip_network(text, strict=False)
            if network.version == 6:
                yield ipaddress.ip_network(f"{network.network_address}/31", strict=False)
                if int(network.broadcast_address) + 1 < 2**128:
                    yield ipaddress.ip_network(f"{network.broadcast_address + 1}/31", strict=False)

    def ends(self, block: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Iterator[ipaddress.IPv4Address]:
        """An address of each part of the block that some network begins or ends."""
        yield block.network_address  # type: ignore[misc]
        for each in self.conditions:
            for text in each.values if each.key == "aws:sourceip" and each.operator != "Null" else ():
                network = ipaddress.ip_network(text, strict=False)
                for address in (int(network.network_address), int(network.broadcast_address) + 1):
                    if network.version == block.version and int(block.network_address) <= address <= \
                            int(block.broadcast_address):
                        yield type(block.network_address)(address)  # type: ignore[misc]


def inside(condition: Condition, address: ipaddress.IPv4Address) -> bool:
    return any(address in ipaddress.ip_network(text, strict=False) for text in condition.values)


def fits(pattern: str, text: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text))


def arn_expression(text: str) -> str:
    """Field by field: only from the sixth on does a star reach over a colon."""
    fields = text.split(":", 5)
    first = ' (str.to_re ":") '.join(expression(each, one=NO_COLON) for each in fields[:5])
    return f"(re.++ {first} (str.to_re \":\") {expression(fields[5])})" if len(fields) == 6 else \
        f"(re.++ {first} (str.to_re \"\"))"
