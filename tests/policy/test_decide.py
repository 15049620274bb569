"""What a policy decides: wildcards, operators, variables, principals, and the stranger that exposure finds."""

from __future__ import annotations

import fnmatch
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from smtui.policy import grammar, wildcards
from smtui.policy.budget import Budget
from smtui.policy.decide import Identity, Request, decide
from smtui.policy.exposure import find_broad_access
from smtui.policy.samples import Samples
from smtui.policy.statements import Policy

ACCOUNT = "123456789012"
ARN = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-AbCdEf"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
USER = Identity(f"arn:aws:iam::{ACCOUNT}:user/team/alice")
RIGHT: dict[str, Any] = {
    "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
}  # fmt: skip


def parse(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    return grammar.parse(json.dumps({"Version": version, "Statement": [{**RIGHT, **each} for each in statements]}))


def holds(condition: dict[str, Any], context: dict[str, Any], version: str = "2012-10-17") -> bool:
    request = Request(USER, "GetSecretValue", ARN, {key.lower(): value for key, value in context.items()})
    return decide(parse({"Condition": condition}, version=version), request).verdict == "allow"


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_wildcards_match_as_everybody_expects(pattern: str, text: str) -> None:
    expected = re.fullmatch(fnmatch.translate(pattern), text) is not None

    assert wildcards.is_match(wildcards.parse_pattern(pattern), text) == expected


def test_a_pattern_that_ruins_others_is_answered() -> None:
    """Three hundred stars, or a long word, against twenty thousand characters that almost fit, without going back."""
    for pattern in ("*a" * 300 + "b", f"*{'a' * 5_000}b*", f"*{'a?' * 2_500}b*", "*a" * 5_000 + "b*"):
        assert not wildcards.is_match(wildcards.parse_pattern(pattern), "a" * 20_000)


@given(st.lists(st.text("ab*?", min_size=1, max_size=5), min_size=1, max_size=3), st.text("abc", max_size=6))
@settings(max_examples=60)
def test_samples_stand_for_every_text(patterns: list[str], text: str) -> None:
    """However a text matches some patterns and not others, one of the samples does so too."""
    found = [wildcards.parse_pattern(each) for each in patterns]
    answers = [tuple(wildcards.is_match(each, sample) for each in found)
            for sample in Samples([(each,) for each in found], Budget(10**6))]

    assert tuple(wildcards.is_match(each, text) for each in found) in answers


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        ({"StringEquals": {"aws:UserAgent": "*"}}, {"aws:UserAgent": "x"}, False),
        ({"StringEquals": {"aws:UserAgent": "*"}}, {"aws:UserAgent": "*"}, True),
        ({"StringLike": {"aws:UserAgent": ["a*", "b?"]}}, {"aws:UserAgent": "bc"}, True),
        ({"StringEqualsIgnoreCase": {"aws:UserAgent": "App"}}, {"aws:UserAgent": "aPP"}, True),
        ({"StringNotEquals": {"aws:UserAgent": ["a", "b"]}}, {"aws:UserAgent": "b"}, False),
        ({"StringNotEquals": {"aws:UserAgent": "a"}}, {}, True),
        ({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}, {}, True),
        ({"NumericLessThanEquals": {"aws:MultiFactorAuthAge": 3600}}, {"aws:MultiFactorAuthAge": "3600.0"}, True),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "10"}}, {"aws:MultiFactorAuthAge": "ten"}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}}, {"aws:CurrentTime": "2026-01-01T00:00:01Z"}, True),
        ({"DateLessThan": {"aws:CurrentTime": "1000000000"}}, {"aws:CurrentTime": "2001-09-09T01:46:39Z"}, True),
        ({"DateEquals": {"aws:CurrentTime": "2026-03-02T12:00:00Z"}}, {"aws:CurrentTime": "2026-03-02T13:00:00+01:00"},
         True),
        ({"Bool": {"aws:SecureTransport": True}}, {"aws:SecureTransport": "true"}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {}, False),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, {}, True),
        ({"Null": {"aws:SourceIp": "true"}}, {}, True),
        ({"Null": {"aws:SourceIp": "false"}}, {}, False),
        ({"IpAddress": {"aws:SourceIp": "10.1.2.3/8"}}, {"aws:SourceIp": "10.200.0.1"}, True),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, {"aws:SourceIp": "10.200.0.1"}, False),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}, {"aws:PrincipalArn": USER.arn}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam:*"}}, {"aws:PrincipalArn": USER.arn}, False),
        ({"BinaryEquals": {"aws:UserAgent": "QQ=="}}, {"aws:UserAgent": "QQ=="}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": ["a", "b"]}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["a", "b"]}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, {}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["a", "b"]}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, {}, False),
        ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}}, {"aws:TagKeys": ["a", "b"]}, True),
        ({"StringEquals": {"aws:UserAgent": "a", "AWS:useragent2": "b"}}, {"aws:UserAgent": "a"}, False),
        ({"StringEquals": {"AWS:UserAgent": "a"}}, {"aws:useragent": "a"}, True),
    ],
    ids=str,
)
def test_operators(condition: dict[str, Any], context: dict[str, Any], expected: bool) -> None:
    assert holds(condition, context) is expected


@pytest.mark.parametrize(
    ("value", "given", "version", "expected"),
    [
        ("${aws:username}", "alice", "2012-10-17", True),
        ("${ aws:username }/x", "alice/x", "2012-10-17", True),
        ("${aws:username}", "alice", "2008-10-17", False),
        ("${aws:username}", "${aws:username}", "2008-10-17", True),
        ("${aws:referer, 'none'}", "none", "2012-10-17", True),
        ("${aws:referer}", "", "2012-10-17", False),
        ("${*}", "*", "2012-10-17", True),
        ("${*}", "x", "2012-10-17", False),
    ],
)
def test_variables(value: str, given: str, version: str, expected: bool) -> None:
    context = {"aws:username": "alice", "aws:UserAgent": given}

    assert holds({"StringLike": {"aws:UserAgent": value}}, context, version) is expected


def test_a_role_with_a_path_is_its_sessions() -> None:
    policy = parse({"Principal": {"AWS": "arn:aws:iam::111122223333:role/team/reader"}})
    session = Identity("arn:aws:sts::111122223333:assumed-role/reader/s1")

    assert decide(policy, Request(session, "GetSecretValue", ARN, {})).verdict == "allow"


def test_not_principal_spares_who_is_named() -> None:
    policy = parse({"Effect": "Deny", "Principal": "*"}, {})
    spared = grammar.parse(json.dumps({"Statement": {
        "Effect": "Deny", "NotPrincipal": {"AWS": USER.arn}, "Action": "*", "Resource": "*"}}))

    assert decide(policy, Request(USER, "GetSecretValue", ARN, {})).verdict == "deny"
    assert decide(spared, Request(USER, "GetSecretValue", ARN, {})).verdict == "none"


# Exposure.

KEYS = {
    "aws:PrincipalOrgID": ["o-known", "o-*", "*"], "aws:SourceVpc": ["vpc-1", "vpc-*"],
    "aws:PrincipalAccount": ["111122223333", "*"], "aws:UserAgent": ["app/*", "*/2"],
    "aws:PrincipalTag/team": ["red", "blue*"],
}  # fmt: skip
CONDITIONS = st.dictionaries(
    st.sampled_from(["StringLike", "StringNotLike", "StringLikeIfExists", "StringEquals", "StringNotEquals"]),
    st.sampled_from(sorted(KEYS)).flatmap(lambda key: st.lists(st.sampled_from(KEYS[key]), min_size=1, max_size=2)
                                          .map(lambda values: {key: values})),
    max_size=2,
)
STATEMENTS = st.lists(st.tuples(st.sampled_from(["Allow", "Deny"]), CONDITIONS), min_size=1, max_size=3)


@given(STATEMENTS)
@settings(max_examples=150)
def test_a_witness_is_let_in(statements: list[tuple[str, dict[str, Any]]]) -> None:
    """Replayed through the one meaning of the language, every witness is allowed, and knows nobody named."""
    policy = parse(*({"Effect": effect, "Condition": condition} for effect, condition in statements))
    witness = find_broad_access(policy, resource=ARN, owner=ACCOUNT, now=NOW)
    assume(witness is not None and witness.request is not None)
    assert witness is not None and witness.request is not None
    identity = witness.request.identity
    given = {"aws:principalaccount": identity.account or "anonymous", "aws:useragent": "x", **witness.request.context}

    assert decide(policy, Request(identity, witness.request.action, ARN, given)).verdict == "allow"
    assert identity.account not in (ACCOUNT, "111122223333")
    assert given.get("aws:principalorgid") != "o-known"
    assert given.get("aws:sourcevpc") != "vpc-1"


STRANGERS = st.fixed_dictionaries({}, optional={
    "aws:principalorgid": st.sampled_from(["o-other", "x"]), "aws:sourcevpc": st.sampled_from(["vpc-2", "y"]),
    "aws:principaltag/team": st.sampled_from(["red", "blue", "blue1", "green"]),
})


@given(STATEMENTS, STRANGERS, st.sampled_from(["app/1", "app/2", "x/2", "z"]))
@settings(max_examples=300)
def test_no_stranger_gets_in_unnoticed(
    statements: list[tuple[str, dict[str, Any]]], stranger: dict[str, str], agent: str
) -> None:
    """Any stranger that a policy lets in is proof that it is public."""
    policy = parse(*({"Effect": effect, "Condition": condition} for effect, condition in statements))
    identity = Identity("arn:aws:iam::999999999999:user/mallory")
    context = {"aws:principalaccount": "999999999999", "aws:useragent": agent, **stranger}
    if "aws:sourcevpc" not in context:
        context["aws:sourceip"] = "203.0.113.9"
    if decide(policy, Request(identity, "GetSecretValue", ARN, context)).verdict == "allow":
        assert find_broad_access(policy, resource=ARN, owner=ACCOUNT, now=NOW) is not None


def test_ranges_are_measured_together() -> None:
    """Two halves are everything; a /8 is a network; what a Deny takes out is taken out."""
    def public(*ranges: str, but: str = "") -> bool:
        statements: list[dict[str, Any]] = [{"Condition": {"IpAddress": {"aws:SourceIp": list(ranges)}}}]
        if but:
            statements.append({"Effect": "Deny", "Condition": {"IpAddress": {"aws:SourceIp": but}}})
        return find_broad_access(parse(*statements), resource=ARN, owner=ACCOUNT, now=NOW) is not None

    assert public("0.0.0.0/1", "128.0.0.0/1")
    assert not public("10.0.0.0/8")
    assert public("10.0.0.0/8", "11.0.0.0/8")
    assert not public("10.0.0.0/8", "12.0.0.0/8")
    assert not public("10.0.0.0/7", but="11.0.0.0/16")
    assert public("2000::/31")
    assert not public("2001:db8::/32")


def test_an_unreasonable_policy_is_not_decided_for_ever() -> None:
    """It is treated as broad, and says so."""
    patterns = [f"*{letter}{'?' * 12}{letter}*" for letter in "abcdef"]
    policy = parse({}, *({"Effect": "Deny", "Condition": {"StringNotLike": {"aws:UserAgent": each}}}
                         for each in [*patterns, "?" * 30]))
    witness = find_broad_access(policy, resource=ARN, owner=ACCOUNT, now=NOW)

    assert witness is not None and witness.undecided
    assert "could not be determined" in str(witness)
