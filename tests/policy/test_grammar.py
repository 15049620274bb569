"""What is wrong with a policy is said with its place; what is right is understood."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtui.policy import document, grammar
from smtui.policy.doubtful_names import find_doubtful_names
from smtui.policy.statements import MalformedPolicyError
from smtui.policy.warnings import find_warnings

RIGHT: dict[str, Any] = {
    "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
}  # fmt: skip


def policy(*statements: dict[str, Any], **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{**RIGHT, **each} for each in statements], **more})


def wrong(text: str) -> list[str]:
    with pytest.raises(MalformedPolicyError) as caught:
        grammar.parse(text)
    return list(map(str, caught.value.findings))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n  "Version": "2012-10-17",\n  "Statement": []\n}', "at least one statement (line 3, column 16)"),
        ('{"Statement": {"Effect": "Allow"', "unexpected end (line 1, column 33)"),
        ('{"Version": "x", "Version": "y"}', "duplicate key Version (line 1, column 18)"),
        ('{"Statement": NaN}', "expected a value (line 1, column 15)"),
        ('{"a": "\\ud800"}', "this text is not well formed (line 1, column 7)"),
        ("[" * 100, "nested too deeply"),
        (policy({"Effect": "allow"}), "statement 1, Effect must be Allow or Deny (line 1, column 52)"),
        (policy({}, {"Colour": "blue"}), "statement 2, Colour is not a valid element here"),
        (policy({"Principal": {"AWS": "arn:aws:iam::*:root"}}), "an unsupported principal: statement 1, an AWS"),
        (policy({"Principal": {"Federated": "x"}}), "Federated principals are not supported"),
        (policy({"Principal": {"Service": "lambda"}}), "an invalid service principal"),
        (policy({"Action": "GetSecretValue"}), "Action must be * or service:Name"),
        (policy({"Resource": "prod/db"}), "Resource must be * or an ARN"),
        (policy({"NotAction": "x:y"}), "Action or NotAction is required"),
        (policy({"Condition": {"StringIs": {}}}), "unknown condition operator “StringIs”"),
        (policy({"Condition": {"StringEqual": {}}}), "operator “StringEqual” (did you mean StringEquals?)"),
        (policy({"Condition": {"ForAllValue:StringLikeIfExist": {}}}), "mean ForAllValues:StringLikeIfExists?"),
        (policy({"Condition": {"IPAddress": {"aws:SourceIp": "::/0"}}}), "(did you mean IpAddress?)"),
        (policy({"Resources": "*"}), "statement 1, Resources is not a valid element here (did you mean Resource?)"),
        (policy({"Condition": {"IpAddress": {"aws:SourceIp": "300.0.0.0/8"}}}), "IpAddress takes an address"),
        (policy({"Condition": {"Bool": {"SecureTransport": "true"}}}), "key (did you mean aws:SecureTransport?)"),
        (policy({"Condition": {"NullIfExists": {"aws:SourceIp": "true"}}}), "condition operator “NullIfExists”"),
        (policy({}, Version="2019-10-19"), "Version must be 2012-10-17 or 2008-10-17"),
    ],
)
def test_what_is_wrong_and_where(text: str, said: str) -> None:
    assert any(said in each for each in wrong(text)), wrong(text)


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = wrong(policy({"Effect": "no"}, {"Action": 1}, {"Resource": []}))

    assert [each.split(":")[1].split(",")[0].strip() for each in found] == ["statement 1", "statement 2", "statement 3"]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
                    | st.text(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner)))
def test_json_is_read_as_everybody_reads_it(value: object) -> None:
    """Whatever is JSON is read to the same value."""
    assert plain(document.parse_document(json.dumps(value))) == json.loads(json.dumps(value))


def plain(node: document.Node) -> object:
    if node.kind == "list":
        return [plain(item) for item in node.items]
    if node.kind == "object":
        return {key: plain(member.value) for key, member in node.members.items()}
    return json.loads(str(node.value)) if node.kind == "number" else node.value


@given(st.text(st.sampled_from('{}[]":,\\u0 naeE-+.\n"StatementEffectAllow*'), max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    """A policy, or what is wrong with it."""
    try:
        grammar.parse(text)
    except MalformedPolicyError as error:
        assert all(finding.position.line >= 1 and finding.position.column >= 1 for finding in error.findings)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ({"Action": "s3:GetObject"}, "matches no action on a secret"),
        ({"Action": "secretsmanager:ListSecrets"}, "matches no action on a secret"),
        ({"Resource": "arn:aws:s3:::bucket"}, "matches no secret"),
        ({"Condition": {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}}, "without aws:SourceVpc"),
        ({"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "x"}}}, "without aws:TagKeys"),
        ({"Principal": {"Service": ["s3.amazonaws.com", "lambda.amazonaws.com"]}},
         "lets lambda.amazonaws.com, s3.amazonaws.com act on behalf of any AWS account: add a condition on aws:Source"),
        ({"Principal": {"Service": "s3.amazonaws.com", "AWS": "210987654321"},
          "Condition": {"StringNotEquals": {"aws:SourceAccount": "210987654321"}}}, "on behalf of any AWS account"),
    ],
)
def test_what_is_seldom_meant(statement: dict[str, Any], said: str) -> None:
    [warning] = find_warnings(grammar.parse(policy(statement)))

    assert said in str(warning)


@pytest.mark.parametrize("statement", [
    {"Condition": {"StringEquals": {"aws:SourceAccount": "210987654321"}}},
    {"Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}}},
    {"Effect": "Deny"},
])  # fmt: skip
def test_a_service_that_acts_for_known_accounts(statement: dict[str, Any]) -> None:
    text = policy({"Principal": {"Service": "s3.amazonaws.com"}, **statement})

    assert find_warnings(grammar.parse(text)) == []


def test_presence_asked_for_needs_no_warning() -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": "x"}, "Null": {"aws:TagKeys": "false"}}

    assert find_warnings(grammar.parse(policy({"Condition": condition}))) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ({"Action": ["secretsmanager:GetSecretValue", "secretsmanager:GetSecretValu"]},
         "secretsmanager:GetSecretValu is not an action of Secrets Manager "
         "(did you mean secretsmanager:GetSecretValue?)"),
        ({"NotAction": "secretmanager:GetSecretValue"}, "did you mean secretsmanager:GetSecretValue?"),
        ({"Action": "secretsmanager:Gett*"}, "secretsmanager:Gett* matches no action of Secrets Manager"),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgId2": "o-a"}}}, "did you mean aws:PrincipalOrgID?"),
        ({"Condition": {"StringEquals": {"secretsmanager:VersionStag": "x"}}}, "mean secretsmanager:VersionStage?"),
        ({"Condition": {"StringEquals": {"aws:userid": "${aws:usernam}"}}}, "did you mean aws:username?"),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/": "x"}}}, "no request contains a condition key"),
        ({"Condition": {"StringEquals": {"aws:PrincipalTg/team": "x"}}}, "did you mean aws:PrincipalTag/team?"),
        ({"Condition": {"StringEquals": {"secretmanager:resourcetag/Team": "x"}}},
         "did you mean secretsmanager:ResourceTag/Team?"),
        ({"Condition": {"StringEquals": {"aws:ResourceTag": "x"}}}, "did you mean aws:ResourceTag/TAG?"),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}}, "111122223333 is a placeholder"),
        ({"Principal": {"AWS": ["arn:aws:iam::210987654321:role/ROLE-NAME"]}}, "ROLE-NAME is a placeholder"),
        ({"Resource": "arn:aws:secretsmanager:us-east-1:210987654321:secret:<name>-AbCdEf"}, "<name> is a placeholder"),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-EXAMPLE"}}}, "EXAMPLE is a placeholder"),
    ],
)
def test_names_that_mean_nothing(statement: dict[str, Any], said: str) -> None:
    """Unknown actions and keys, with a guess, and what a template left to be filled in; each at its place."""
    right = {key: value for key, value in RIGHT.items() if key != "Action" or "NotAction" not in statement}
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**right, **statement}]})
    grammar.parse(text)
    [found] = find_doubtful_names(text)

    assert said in found.what
    assert found.position.column > 1


@pytest.mark.parametrize("statement", [
    {"Action": ["secretsmanager:*", "*", "secretsmanager:getsecretvalue", "secretsmanager:?etS*"]},
    {"Action": ["secretsmanager:ListSecrets", "secretsmanager:BatchGetSecretValue"]},
    {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}},
    {"Condition": {"StringEquals": {"lambda:SourceFunctionArn": "x", "AWS:SourceVPCE": "vpce-0f1e2d3c"}}},
    {"Condition": {"Bool": {"secretsmanager:BlockPublicPolicy": "true"}}},
    {"Principal": {"AWS": "arn:aws:iam::210987654321:role/ADMIN"}},
])  # fmt: skip
def test_names_that_are_known(statement: dict[str, Any]) -> None:
    assert find_doubtful_names(policy({**RIGHT, **statement})) == []


SECRET = "arn:aws:secretsmanager:us-east-1:210987654321:secret:prod/db-AbCdEf"


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ("arn:aws:secretsmanager:us-east-1:210987654321:secret:prod/other-AbCdEf", "is another secret"),
        ("arn:aws:secretsmanager:us-east-1:210987654321:secret:test/*", "is another secret"),
        ("arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/db-AbCdEf", "is another secret"),
        ("arn:aws:secretsmanager:us-east-1:210987654321:secret:prod/db", 
         "did you mean arn:aws:secretsmanager:us-east-1:210987654321:secret:prod/db-??????)"),
        (SECRET, ""),
        ("arn:aws:secretsmanager:us-east-1:210987654321:secret:prod/db-??????", ""),
        ("arn:aws:secretsmanager:*:210987654321:secret:prod/*", ""),
        ("arn:aws:secretsmanager:us-east-1:210987654321:secret:${aws:PrincipalTag/team}/db-*", ""),
        ("*", ""),
    ],
)
def test_a_resource_that_is_another_secret(resource: str, said: str) -> None:
    """Only what cannot be the secret with the policy is a mistake; without its ARN only an incomplete ARN is."""
    text = policy({"Resource": ["*", resource]})
    found = [each.what for each in find_doubtful_names(text, secret=SECRET)]

    assert said in "".join(found)
    assert bool(found) == bool(said)
    assert bool(find_doubtful_names(text)) == ("did you mean" in said)


def test_an_own_account_is_no_placeholder() -> None:
    text = policy({"Principal": {"AWS": "111122223333"}})

    assert find_doubtful_names(text, own_account="111122223333") == []
