"""Policies by chance: grammatical, and with so few names in them that their statements meet."""

from __future__ import annotations

import json
from random import Random
from typing import Any

OWNER = "123456789012"
RESOURCE = f"arn:aws:secretsmanager:us-east-1:{OWNER}:secret:prod/db-AbCdEf"
ACCOUNTS = ("111122223333", OWNER)
NEGATED = {"StringEquals": "StringNotEquals", "StringLike": "StringNotLike", "ArnLike": "ArnNotLike",
           "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase", "NumericEquals": "NumericNotEquals",
           "IpAddress": "NotIpAddress", "ArnEquals": "ArnNotEquals", "DateEquals": "DateNotEquals"}  # fmt: skip
TEXT = ("StringEquals", "StringLike", "StringLike", "StringEqualsIgnoreCase")
ARN = ("ArnLike", "ArnEquals", "StringLike", "StringEquals")
NUMBER = tuple(f"Numeric{order}" for order in ("Equals", "LessThan", "LessThanEquals", "GreaterThan"))
DATE = ("DateLessThan", "DateGreaterThan", "DateGreaterThanEquals")
FLAG = ("Bool",)
ADDRESS = ("IpAddress",)

KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "aws:PrincipalAccount": (TEXT, ("111122223333", "*", "1111*", "????22223333")),
    "aws:PrincipalArn": (ARN, ("arn:aws:iam::111122223333:role/Admin", "arn:aws:iam::*:role/Admin", "*",
                               "arn:aws:iam::111122223333:*", "arn:*:iam::*:user/*", "arn:aws:iam::*:user/team/*")),
    "aws:username": (TEXT, ("alice", "a*", "*", "????")),
    "aws:userid": (TEXT, ("AIDAEXAMPLE", "AROA*", "AIDA*:bob")),
    "aws:PrincipalOrgID": (TEXT, ("o-a1b2c3d4e5", "o-*", "*", "o-a1b2*")),
    "aws:PrincipalOrgPaths": (TEXT, ("o-a1b2c3d4e5/*", "o-a1b2c3d4e5/r-ab12/ou-x/", "o-*/r-ab12/*", "*")),
    "aws:SourceIp": (ADDRESS, ("203.0.113.0/24", "10.0.0.0/8", "0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/0", "64.0.0.0/2",
                               "2001:db8::/32", "::/0", "12.0.0.0/7", "12.0.0.0/8", "13.0.0.0/8", "2000::/31")),
    "aws:SourceVpce": (TEXT, ("vpce-1a2b3c4d", "vpce-*", "*")),
    "aws:SourceVpc": (TEXT, ("vpc-111bbb22", "vpc-*")),
    "aws:SourceArn": (ARN, ("arn:aws:s3:::bucket", "arn:aws:lambda:us-east-1:111122223333:function:*",
                            "arn:aws:lambda:*:*:function:f", "*")),
    "aws:SourceAccount": (TEXT, ("111122223333", "*", "4444*")),
    "aws:PrincipalTag/team": (TEXT, ("blue", "Blue", "b*", "${aws:ResourceTag/team}", "${aws:username}-x")),
    "aws:ResourceTag/team": (TEXT, ("blue", "r*", "*", "${aws:PrincipalTag/team}")),
    "secretsmanager:ResourceTag/team": (TEXT, ("blue", "*e")),
    "secretsmanager:VersionStage": (TEXT, ("AWSCURRENT", "AWSP*", "AWSPENDING")),
    "aws:TagKeys": (TEXT, ("team", "t*", "cost", "*")),
    "aws:SecureTransport": (FLAG, ("true", "false")),
    "aws:MultiFactorAuthPresent": (FLAG, ("true", "false")),
    "secretsmanager:RecoveryWindowInDays": (NUMBER, ("7", "14", "30")),
    "aws:CurrentTime": (DATE, ("2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "2040-06-01T00:00:00Z")),
}  # fmt: skip
SEVERAL = frozenset({"aws:TagKeys", "aws:PrincipalOrgPaths"})
ACTIONS = ("secretsmanager:GetSecretValue", "secretsmanager:*", "secretsmanager:Get*", "secretsmanager:*Policy", "*",
           "secretsmanager:DescribeSecret", "s3:GetObject", "secretsmanager:????cribeSecret")  # fmt: skip
RESOURCES = ("*", RESOURCE, f"arn:aws:secretsmanager:*:{OWNER}:secret:prod/*", "arn:aws:s3:::*",
             "arn:aws:secretsmanager:*:*:secret:dev/*",
             "arn:aws:secretsmanager:us-east-1:*:secret:prod/${aws:PrincipalTag/team}-??????")
PRINCIPALS: tuple[Any, ...] = ("*", {"AWS": "*"}, {"AWS": OWNER}, {"AWS": "arn:aws:iam::111122223333:role/Admin"},
                               {"AWS": ["arn:aws:iam::444455556666:root", "111122223333"]},
                               {"Service": "lambda.amazonaws.com"})  # fmt: skip


def policy(chance: Random) -> str:
    """The text of one policy."""
    statements = [statement(chance) for _ in range(chance.choice((1, 1, 2, 2, 3, 4)))]
    version = {} if chance.random() < 0.1 else {"Version": "2012-10-17"}
    return json.dumps({**version, "Statement": statements})


def statement(chance: Random) -> dict[str, Any]:
    allows = chance.random() < 0.65
    everyone = chance.random() < (0.8 if allows else 0.6)
    who = "*" if everyone else chance.choice(PRINCIPALS)
    turned = {part for part in ("Action", "Resource") if chance.random() < 0.08}
    spared = not allows and not everyone and chance.random() < 0.6
    found = {
        "Effect": "Allow" if allows else "Deny",
        "NotPrincipal" if spared else "Principal": who,
        "NotAction" if "Action" in turned else "Action": some(chance, ACTIONS),
        "NotResource" if "Resource" in turned else "Resource":
            some(chance, RESOURCES) if chance.random() < 0.4 else "*",
    }
    for _ in range(chance.choice((0, 1, 1, 2, 2, 3))):
        operator, key, values = condition(chance)
        found.setdefault("Condition", {}).setdefault(operator, {})[key] = values
    return found


def condition(chance: Random) -> tuple[str, str, Any]:
    key = chance.choice(list(KEYS))
    operators, values = KEYS[key]
    if chance.random() < 0.1:
        return "Null", key, chance.choice(("true", "false"))
    operator = chance.choice(operators)
    if chance.random() < 0.35:
        operator = NEGATED.get(operator, operator)
    if key in SEVERAL and chance.random() < 0.8:
        operator = chance.choice(("ForAnyValue:", "ForAllValues:")) + operator
    if chance.random() < 0.2:
        operator += "IfExists"
    return operator, key, some(chance, values)


def some(chance: Random, of: tuple[str, ...]) -> str | list[str]:
    found = chance.sample(of, min(len(of), chance.choice((1, 1, 1, 2, 3))))
    return found[0] if len(found) == 1 else found
