"""No policy of 20,480 characters, however unreasonable, costs much: it is decided, or treated as broad."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest

from smtui.policy import grammar
from smtui.policy.decide import Identity, Request, decide
from smtui.policy.exposure import find_broad_access
from smtui.policy.statements import MalformedPolicyError
from smtui.policy.warnings import find_warnings

ACCOUNT = "123456789012"
ARN = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-AbCdEf"
CONTEXT = {"aws:userid": "a" * 2048, "aws:useragent": "a" * 2048, "aws:username": "alice", "aws:sourceip": "10.0.0.1"}
CALLS = 2_000_000
"""Of functions, ours and Python's, for one answer. `python -m benchmarks.policy` shows what they cost in seconds."""


def statement(effect: str = "Allow", resource: Any = "*", **conditions: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": "*", "Action": "secretsmanager:*", "Resource": resource,
            "Condition": {name.replace("__", ":"): held for name, held in conditions.items()}}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def tags(number: int, value: str = "v{0}") -> dict[str, str]:
    return {f"aws:PrincipalTag/k{at}": value.format(at) for at in range(number)}


SECRET = "arn:aws:secretsmanager:*:*:secret:"
NASTY = {
    "stars in a resource": policy(statement(resource=SECRET + "*a" * 9_000)),
    "one long word": policy(statement(StringLike={"aws:userid": f"*{'a' * 19_000}b*"})),
    "many long words": policy(statement(StringLike={"aws:userid": [f"*{'a' * 60}b*"] * 280})),
    "many words to avoid": policy(statement(), statement("Deny", StringNotLike={
        "aws:useragent": [f"*{at:x}{at * 7919 % 4096:x}?*" for at in range(900)]})),
    "many keys": policy(statement(StringLike=tags(300, "*{0}*"))),
    "many keys to have": policy(statement(), *(statement("Deny", StringNotEquals={key: value})
                                               for key, value in tags(100).items())),
    "many addresses": policy(statement(IpAddress={
        "aws:SourceIp": [f"{at % 224}.{at}.0.0/16" for at in range(250)] * 4})),
    "a circle of variables": policy(*(statement(StringEquals={f"aws:PrincipalTag/k{at}":
                                                              f"${{aws:PrincipalTag/k{(at + 1) % 40}}}"})
                                      for at in range(40))),
    "variables in resources": policy(*(statement(resource=f"{SECRET}${{{key}}}/*${{aws:username}}*")
                                       for key in tags(90))),
    "numbers in many statements": policy(*(statement(NumericLessThan={"aws:MultiFactorAuthAge": at},
                                                     NumericGreaterThan={"secretsmanager:RecoveryWindowInDays": at})
                                           for at in range(70)), statement("Deny", Bool={"aws:SecureTransport": True})),
    "many sets": policy(statement(ForAnyValue__StringLike={"aws:TagKeys": [f"*{at}*" for at in range(900)]},
                                  ForAllValues__StringLike={"aws:CalledVia": [f"*{at}*" for at in range(900)]})),
    "roles of all accounts": policy(statement(ArnLike={
        "aws:PrincipalArn": [f"arn:aws:iam::*:role/*x*{at}*" for at in range(450)]})),
    "words that no text has at once": policy(statement(), *(statement("Deny", StringNotLike={"aws:UserAgent": each})
                                                            for each in [*(f"*{letter}{'?' * 12}{letter}*"
                                                                           for letter in "abcdefghij"), "?" * 30])),
    "variables without end": policy(statement(StringEquals={"aws:userid": "${" * 9_000})),
    "variables with blanks": policy(statement(StringEquals={"aws:userid": "${a  " * 3_800})),
    "variables with half a default": policy(statement(StringEquals={"aws:userid": "${a,'" * 3_800})),
    "a huge number": policy(statement(NumericLessThan={"aws:MultiFactorAuthAge": "1e999"})),
    "a huge moment": policy(statement(DateLessThan={"aws:CurrentTime": "1e300"})),
    "a very long number": policy(statement(NumericLessThan={"aws:MultiFactorAuthAge": "9" * 19_000})),
    "a very long number of seconds": policy(statement(DateLessThan={"aws:CurrentTime": "9" * 19_000})),
    "deep lists": "[" * 20_480,
    "deep objects": '{"a":' * 4_000,
    "a text without end": '{"' + '\\"' * 10_000,
    "blanks": " " * 20_480,
}  # fmt: skip


def answer_everything(text: str) -> None:
    """Reads, decides, judges and warns about a policy."""
    try:
        read = grammar.parse(text)
    except MalformedPolicyError:
        return
    identity = Identity(f"arn:aws:iam::{ACCOUNT}:user/alice")
    decide(read, Request(identity, "GetSecretValue", ARN, CONTEXT))
    str(find_broad_access(read, resource=ARN, owner=ACCOUNT, now=datetime(2026, 3, 2, tzinfo=UTC)))
    find_warnings(read)


def count_calls(function: Callable[[str], None], argument: str) -> int:
    calls = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function(argument)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_every_policy_is_answered_with_little_work(text: str) -> None:
    assert len(text) <= 20_480
    assert count_calls(answer_everything, text) < CALLS
