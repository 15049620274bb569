"""Tests of policies with the command line: attaching, checking, and explaining access."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CommandLine

READER = "arn:aws:iam::210987654321:role/reader"


def policy(**more: Any) -> str:
    statement = {"Sid": "Readers", "Effect": "Allow", "Principal": {"AWS": READER},
                 "Action": "secretsmanager:GetSecretValue", "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=1)


@pytest.fixture
def db(cli: CommandLine, tmp_path: Path) -> CommandLine:
    """Returns the command line of a vault with the secret `db`, under a customer key, which READER may read."""
    (tmp_path / "policy.json").write_text(policy())
    cli.done("set", "db", "-", stdin=b"x")
    cli.done("keys", "create", "db")
    (tmp_path / "key.json").write_text(json.dumps({"Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ["000000000000", READER.split(":")[4]]}, "Action": "kms:*",
         "Resource": "*"}]}))
    cli.done("keys", "policy", "db", "--policy", f"file://{tmp_path}/key.json")
    cli.done("update-secret", "--secret-id", "db", "--kms-key-id", "alias/db")
    cli.done("put-resource-policy", "--secret-id", "db", "--resource-policy", f"file://{tmp_path}/policy.json")
    return cli


def test_it_is_kept_as_it_was_put(db: CommandLine) -> None:
    assert db.done("get-resource-policy", "--secret-id", "db", "--query", "ResourcePolicy", "--output", "text") == (
        policy() + "\n"
    )


def test_who_can(db: CommandLine) -> None:
    assert db.done("policy", "who-can", "GetSecretValue", "db") == f"{READER}\n"
    assert db.done("policy", "who-can", "DeleteSecret", "db") == ""


def test_explain(db: CommandLine) -> None:
    """The output names the statement that allows access, or the missing permission."""
    assert db.done("policy", "explain", "db", "--as", READER) == 'allowed by statement 1 "Readers"\n'
    assert db.done("policy", "explain", "db", "--as", READER, "--action", "DeleteSecret") == (
        "denied: no resource-based policy\n"
    )
    assert db.done("policy", "explain", "db", "--as", READER, "--no-identity-policy") == (
        "denied: no identity-based policy\n"
    )


def test_the_default_key_refuses_other_accounts(db: CommandLine) -> None:
    """The policy names the reader, who is refused all the same; the owner is not."""
    db.done("update-secret", "--secret-id", "db", "--kms-key-id", "")
    sentence = "the policy allows it, but other accounts cannot use the default key of the secret"

    assert db.done("policy", "explain", "db", "--as", READER) == f'denied: {sentence} (statement 1 "Readers")\n'
    assert db.done("policy", "who-can", "GetSecretValue", "db") == f"{READER}: {sentence}\n"
    assert db.done("policy", "explain", "db", "--as", "arn:aws:iam::000000000000:root").startswith("allowed")


def test_hints_about_the_attached_policy(db: CommandLine, tmp_path: Path) -> None:
    """A misspelt key explains why a reader is denied; the answer itself stays alone on standard output."""
    (tmp_path / "policy.json").write_text(policy(Condition={"StringEquals": {"aws:SourceVpcx": "vpc-1"}}))
    db.done("put-resource-policy", "--secret-id", "db", "--resource-policy", f"file://{tmp_path}/policy.json")

    for words in (("explain", "db", "--as", READER), ("who-can", "GetSecretValue", "db")):
        answer = db("policy", *words)
        assert answer.code == 0
        assert answer.out.count("\n") == 1
        assert "no request contains a condition key aws:SourceVpcx (did you mean aws:SourceVpc?) (line" in answer.err


def test_explain_under_conditions(db: CommandLine, tmp_path: Path) -> None:
    """Each --context option sets a condition key; a repeated key has several values."""
    conditions = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
                  "ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": ["o/a", "o/b"]}}
    (tmp_path / "policy.json").write_text(policy(Condition=conditions))
    db.done("put-resource-policy", "--secret-id", "db", "--resource-policy", f"file://{tmp_path}/policy.json")
    asked = ["policy", "explain", "db", "--as", READER, "--context"]

    assert db.done(*asked[:-1]).startswith("denied")
    assert db.done(*asked, "aws:SourceIp=11.1.2.3").startswith("denied")
    assert db.done(*asked, "AWS:sourceip=10.1.2.3") == 'allowed by statement 1 "Readers"\n'
    paths = ["--context", "aws:PrincipalOrgPaths=o/a", "--context", "aws:PrincipalOrgPaths=o/c"]
    assert db.done(*asked, "aws:SourceIp=10.1.2.3", *paths).startswith("denied")
    assert db.done(*asked, "aws:SourceIp=10.1.2.3", *paths[:2]).startswith("allowed")
    answer = db(*asked, "10.1.2.3", unlock=False)
    assert answer.code == 2
    assert "KEY=VALUE" in answer.err


def test_check_a_file(cli: CommandLine, tmp_path: Path) -> None:
    """A valid policy gives exit code 0, broad access or an error gives 1 with the position; warnings give 0."""
    path = tmp_path / "p.json"
    path.write_text(policy())
    assert cli("policy", "check", str(path), unlock=False).out == ""
    path.write_text(policy(Principal="*"))
    answer = cli("policy", "check", str(path), unlock=False)
    assert answer.code == 1
    assert "Anyone can call GetSecretValue." in answer.out
    path.write_text(policy(Effect="allow"))
    answer = cli("policy", "check", str(path), unlock=False)
    assert answer.code == 1
    assert "Effect must be Allow or Deny (line 6, column 14)" in answer.out
    path.write_text(policy(Action="s3:GetObject"))
    answer = cli("policy", "check", str(path), unlock=False)
    assert answer.code == 0
    assert answer.out.startswith("warning: statement 1")
    path.write_text(policy(Effect="Deny", Principal="*", Action="secretsmanager:*"))
    answer = cli("policy", "check", str(path), unlock=False)
    assert answer.code == 0
    assert "would prevent you from changing the policy again" in answer.out
    path.write_text(policy(Action="secretsmanager:GetSecretValu"))
    assert "did you mean secretsmanager:GetSecretValue?" in cli("policy", "check", str(path), unlock=False).out


def test_check_a_file_for_a_secret(cli: CommandLine, tmp_path: Path) -> None:
    """The hints do not fail the policy. Without --secret, any secret may be meant."""
    arns = [f"arn:aws:secretsmanager:us-east-1:210987654321:secret:{name}-AbCdEf" for name in ("db", "other")]
    path = tmp_path / "p.json"
    path.write_text(policy(Resource=arns[1], Principal={"Service": "s3.amazonaws.com"},
                           Condition={"StringEquals": {"aws:SourceVpcx": "vpc-1"}}))
    general = cli("policy", "check", str(path), unlock=False)
    answer = cli("policy", "check", str(path), "--secret", arns[0], unlock=False)

    assert (general.code, answer.code) == (0, 0)
    assert "another secret" not in general.out
    assert f"warning: {arns[1]} is another secret: a policy applies only to the secret it is attached to" in answer.out
    assert "warning: statement 1 \"Readers\" lets s3.amazonaws.com act on behalf of any AWS account" in answer.out
    assert "(did you mean aws:SourceVpc?)" in answer.out
    assert cli("policy", "check", str(path), "--secret", "db", unlock=False).code == 2


@pytest.mark.parametrize(
    "argv", [["check"], ["who-can", "GetSecretValue"], ["explain", "db"], ["mend", "x"]], ids=" ".join
)
def test_what_cannot_be_understood(cli: CommandLine, argv: list[str]) -> None:
    assert cli("policy", *argv).code == 2
