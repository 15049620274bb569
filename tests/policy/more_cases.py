"""More cases of the same form as cases.json, beside those of the reference: what people write, and what they forget."""

from __future__ import annotations

from typing import Any

OWNER, OTHER, THIRD = "123456789012", "111122223333", "444455556666"
ALICE = f"arn:aws:iam::{OWNER}:user/alice"
ROLE = f"arn:aws:iam::{OTHER}:role/reader"
SESSION = f"arn:aws:sts::{OTHER}:assumed-role/reader/job-1"
HERE = {"aws:SourceIp": "203.0.113.7"}


def statement(effect: str = "Allow", principal: Any = "*", **more: Any) -> dict[str, Any]:
    """`Principal`, `Action` and `Resource` are left out where their opposite is given."""
    usual = {"Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    return {"Effect": effect, **{key: value for key, value in usual.items() if f"Not{key}" not in more}, **more}


def only_if(**conditions: Any) -> dict[str, Any]:
    return statement(Condition={name.replace("__", ":"): held for name, held in conditions.items()})


def deny_if(**conditions: Any) -> dict[str, Any]:
    return {**only_if(**conditions), "Effect": "Deny"}


def probe(arn: str, allowed: bool, action: str = "GetSecretValue", identity: str = "admin", **context: Any) -> Any:
    context = {key.replace("__", ":").replace("_", "/"): value for key, value in context.items()}
    return {"caller": {"arn": arn, "identity": identity, "context": context}, "action": action, "allowed": allowed}


def case(
    name: str, *statements: dict[str, Any], public: bool = False, lockout: bool = False,
    version: str | None = "2012-10-17", probes: tuple[Any, ...] = (), **more: Any,
) -> dict[str, Any]:
    policy = {**({"Version": version} if version else {}), "Statement": list(statements)}
    case = {"id": name, "policy": policy, "secret": "db/password", "public": public, "lockout": lockout,
            "caller": {"arn": ALICE, "identity": "admin", "context": dict(HERE)}}
    return {**case, **({"probes": list(probes)} if probes else {}), **more}


def malformed(name: str, policy: Any) -> dict[str, Any]:
    caller = {"arn": ALICE, "identity": "admin", "context": {}}
    return {"id": name, "policy": policy, "secret": "db/password", "caller": caller, "verdict": "malformed"}


def wrong(name: str, **more: Any) -> dict[str, Any]:
    """One statement with one thing wrong."""
    return malformed(name, {"Version": "2012-10-17", "Statement": [{**statement(), **more}]})


def wrong_condition(name: str, operator: str, key: str, value: Any) -> dict[str, Any]:
    return wrong(name, Condition={operator: {key: value}})


ORG, VPC, VPCE = "o-a1b2c3d4e5", "vpc-1a2b3c4d", "vpce-1a2b3c4d"
SECRET = f"arn:aws:secretsmanager:us-east-1:{OWNER}:secret:"

WRONG = [
    malformed("empty-version", {"Version": "", "Statement": [statement()]}),
    malformed("version-as-number", {"Version": 2012, "Statement": [statement()]}),
    malformed("id-as-number", {"Id": 1, "Statement": [statement()]}),
    malformed("statement-as-text", {"Statement": "Allow"}),
    malformed("list-in-statements", {"Statement": [[statement()]]}),
    malformed("behind-the-policy", '{"Statement": []} x'),
    malformed("byte-order-mark", "\ufeff{}"),
    malformed("comment", '{"Statement": [] // none\n}'),
    malformed("single-quotes", "{'Statement': []}"),
    malformed("twice-below", '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", '
                             '"Condition": {"Bool": {"aws:SecureTransport": "true"}, "Bool": {}}}]}'),
    wrong("sid-as-null", Sid=None),
    wrong("effect-in-list", Effect=["Allow"]),
    wrong("lower-case-element", principal="*"),
    wrong("bare-account", Principal=OTHER),
    wrong("bare-arn", Principal=ROLE),
    wrong("principal-in-list", Principal=["*"]),
    wrong("nobody", Principal={}),
    wrong("no-account", Principal={"AWS": []}),
    wrong("short-account", Principal={"AWS": "12345"}),
    wrong("lower-case-kind", Principal={"aws": "*"}),
    wrong("group", Principal={"AWS": f"arn:aws:iam::{OWNER}:group/admins"}),
    wrong("roles-by-star", Principal={"AWS": f"arn:aws:iam::{OWNER}:role/*"}),
    wrong("star-in-account", Principal={"AWS": "1111*"}),
    wrong("role-without-session", Principal={"AWS": f"arn:aws:sts::{OWNER}:assumed-role/reader"}),
    wrong("any-service", Principal={"Service": "*"}),
    wrong("service-by-short-name", Principal={"Service": "rds"}),
    wrong("other-partition", Principal={"AWS": f"arn:aws-moon:iam::{OWNER}:root"}),
    wrong("no-action", Action=[]),
    wrong("empty-action", Action=""),
    wrong("service-without-action", Action="secretsmanager:"),
    wrong("two-colons", Action="secretsmanager:Get:Value"),
    wrong("action-as-number", Action=5),
    wrong("no-resource", Resource=[]),
    wrong("short-arn", Resource="arn:aws:secretsmanager"),
    wrong("name-as-resource", Resource="db/password"),
    wrong("variable-in-region", Resource=f"arn:aws:secretsmanager:${{aws:RequestedRegion}}:{OWNER}:secret:x"),
    wrong("conditions-in-list", Condition=[]),
    wrong("operator-with-text", Condition={"StringEquals": "x"}),
    wrong_condition("key-without-prefix", "StringEquals", "SourceVpc", VPC),
    wrong_condition("null-value", "StringEquals", "aws:SourceVpc", None),
    wrong_condition("no-value", "StringEquals", "aws:SourceVpc", []),
    wrong_condition("list-in-values", "StringEquals", "aws:SourceVpc", [[VPC]]),
    wrong_condition("for-all-value", "ForAllValue:StringEquals", "aws:TagKeys", "a"),
    wrong_condition("null-if-exists", "NullIfExists", "aws:SourceVpc", "true"),
    wrong_condition("null-over-values", "ForAllValues:Null", "aws:TagKeys", "true"),
    wrong_condition("perhaps", "Null", "aws:SourceVpc", "perhaps"),
    wrong_condition("yes", "Bool", "aws:SecureTransport", "yes"),
    wrong_condition("number-in-words", "NumericEquals", "aws:MultiFactorAuthAge", "ten"),
    wrong_condition("not-a-number", "NumericEquals", "aws:MultiFactorAuthAge", "NaN"),
    wrong_condition("yesterday", "DateLessThan", "aws:CurrentTime", "yesterday"),
    wrong_condition("thirteenth-month", "DateLessThan", "aws:CurrentTime", "2026-13-01"),
    wrong_condition("no-base64", "BinaryEquals", "aws:UserAgent", "%%%"),
    wrong_condition("wide-mask", "IpAddress", "aws:SourceIp", "10.0.0.0/33"),
    wrong_condition("three-bytes", "IpAddress", "aws:SourceIp", "10.0.0"),
    wrong_condition("wide-v6-mask", "NotIpAddress", "aws:SourceIp", "2001:db8::/129"),
    wrong_condition("mask-as-address", "IpAddress", "aws:SourceIp", "10.0.0.0/255.0.0.0"),
]

WHO = [
    case("everyone-in-list", statement(principal={"AWS": ["*"]}), public=True),
    case("account-in-china", statement(principal={"AWS": f"arn:aws-cn:iam::{OTHER}:root"})),
    case("user-with-path", statement(principal={"AWS": f"arn:aws:iam::{OTHER}:user/team/carol"}), probes=(
        probe(f"arn:aws:iam::{OTHER}:user/team/carol", True), probe(f"arn:aws:iam::{OTHER}:user/carol", False),
        probe(f"arn:aws:iam::{OTHER}:user/team/Carol", False))),
    case("role-with-its-sessions", statement(principal={"AWS": ROLE}), probes=(
        probe(ROLE, True), probe(SESSION, True), probe(SESSION, False, identity="none"),
        probe(f"arn:aws:sts::{OTHER}:assumed-role/Reader/job-1", False))),
    case("one-session", statement(principal={"AWS": SESSION}), probes=(
        probe(SESSION, True), probe(SESSION.replace("job-1", "job-2"), False), probe(ROLE, False))),
    case("federated-user", statement(principal={"AWS": f"arn:aws:sts::{OWNER}:federated-user/bob"}), probes=(
        probe(f"arn:aws:sts::{OWNER}:federated-user/bob", True, identity="none"),)),
    case("deleted-principal", statement(principal={"AWS": "AIDACKCEVSQ6C2EXAMPLE"}), probes=(probe(ROLE, False),)),
    case("service", statement(principal={"Service": "rds.amazonaws.com"}), probes=(
        probe("rds.amazonaws.com", True), probe("dms.amazonaws.com", False), probe(ROLE, False))),
    case("service-for-our-account", statement(
        principal={"Service": "rds.amazonaws.com"}, Condition={
            "StringEquals": {"aws:SourceAccount": OWNER}, "ArnLike": {"aws:SourceArn": f"arn:aws:rds:*:{OWNER}:db:*"}}),
        probes=(probe("rds.amazonaws.com", True, aws__SourceAccount=OWNER,
                      aws__SourceArn=f"arn:aws:rds:us-east-1:{OWNER}:db:one"),
                probe("rds.amazonaws.com", False, aws__SourceAccount=OTHER,
                      aws__SourceArn=f"arn:aws:rds:us-east-1:{OWNER}:db:one"),
                probe("rds.amazonaws.com", False, aws__SourceAccount=OWNER))),
    case("own-account-needs-identity-policy", statement(principal={"AWS": OWNER}), probes=(
        probe(ALICE, True), probe(ALICE, False, identity="none"))),
    case("own-user-by-name", statement(principal={"AWS": ALICE}), probes=(probe(ALICE, True, identity="none"),)),
    case("all-but-one-denied", statement("Deny", NotPrincipal={"AWS": [ALICE, f"arn:aws:iam::{OWNER}:root"]}), probes=(
        probe(ALICE, True), probe(f"arn:aws:iam::{THIRD}:user/eve", False))),
    case("all-but-a-role-denied", statement("Deny", NotPrincipal={"AWS": ROLE}), statement(principal={"AWS": OTHER}),
         probes=(
        probe(SESSION, True), probe(f"arn:aws:iam::{OTHER}:user/carol", False), probe(ALICE, False))),
    case("all-but-one-allowed", statement(NotPrincipal={"AWS": f"arn:aws:iam::{THIRD}:user/eve"}), public=True),
    case("nobody-by-not-everyone", statement(NotPrincipal="*"), probes=(probe(ROLE, False),)),
    case("any-admin-role", only_if(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/admin/*"}), public=True),
    # A path may have colons in it: what stands behind the account by the pattern need not be `role/`.
    case("end-of-an-arn", only_if(StringLike={"aws:PrincipalArn": "arn:aws:iam::1*:roles-of-ours"}), public=True),
    case("any-root", only_if(ArnEquals={"aws:PrincipalArn": "arn:aws:iam::*:root"}), public=True),
    case("accounts-by-pattern", only_if(StringLike={"aws:PrincipalAccount": "1111????????"}), public=True),
    case("account-by-condition", only_if(StringEquals={"aws:PrincipalAccount": [OTHER, OWNER]}), probes=(
        probe(ROLE, True), probe(f"arn:aws:iam::{THIRD}:role/x", False))),
    case("role-arn-as-text", only_if(StringLike={"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}), probes=(
        probe(SESSION, True), probe(f"arn:aws:iam::{OTHER}:user/carol", False))),
    case("arn-of-a-session-is-its-role", only_if(ArnEquals={"aws:PrincipalArn": SESSION}),
         probes=(probe(SESSION, False),)),
    case("star-is-no-arn", only_if(ArnLike={"aws:PrincipalArn": "*"}), probes=(probe(ROLE, False),)),
    case("user-of-any-account", only_if(StringEquals={"aws:username": "deploy"}), public=True, probes=(
        probe(f"arn:aws:iam::{OTHER}:user/ci/deploy", True),
        probe(f"arn:aws:sts::{OTHER}:assumed-role/deploy/x", False))),
    case("user-named-as-tagged", only_if(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:PrincipalTag/me}"}),
         public=True, probes=(probe(f"arn:aws:iam::{OTHER}:user/eve", True, aws__PrincipalTag_me="eve"),
                              probe(f"arn:aws:iam::{OTHER}:user/eve", False, aws__PrincipalTag_me="bob"))),
    case("temporary-sessions-of-any-account", only_if(StringEquals={"aws:PrincipalType": "AssumedRole"}), public=True),
    case("services-only", only_if(Bool={"aws:PrincipalIsAWSService": "true"})),
]

NETWORKS = [
    case("path-of-an-organization", only_if(ForAnyValue__StringLike={"aws:PrincipalOrgPaths": f"{ORG}/r-ab12/*"}),
         probes=(
        probe(ROLE, True, aws__PrincipalOrgPaths=[f"{ORG}/r-ab12/ou-1/"]),
        probe(ROLE, False, aws__PrincipalOrgPaths=[f"{ORG}/r-zz/"]), probe(ROLE, False))),
    case("path-of-any-organization", only_if(ForAnyValue__StringLike={"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}),
         public=True),
    case("star-is-no-organization", only_if(StringEquals={"aws:PrincipalOrgID": "*"})),
    case("not-in-another-organization", statement(), deny_if(StringNotEqualsIfExists={"aws:PrincipalOrgID": ORG})),
    case("organization-or-endpoint", statement(), deny_if(StringNotEquals={"aws:PrincipalOrgID": ORG}),
         deny_if(Null={"aws:SourceVpce": "true"})),
    case("endpoint", only_if(StringEquals={"aws:SourceVpce": VPCE}), probes=(
        probe(ROLE, True, aws__SourceVpce=VPCE), probe(ROLE, False, **{"aws:SourceIp": "10.0.0.1"}),
        probe(ROLE, False, aws__SourceVpce=VPCE.upper()))),
    case("endpoint-in-any-case", only_if(StringEqualsIgnoreCase={"aws:SourceVpce": VPCE}), probes=(
        probe(ROLE, True, aws__SourceVpce=VPCE.upper()),)),
    case("any-endpoint", only_if(StringLike={"aws:SourceVpce": "vpce-*"}), public=True),
    case("any-but-one-network", statement(), deny_if(StringEquals={"aws:SourceVpc": VPC}), public=True),
    case("inside-a-network", only_if(IpAddress={"aws:VpcSourceIp": "10.0.0.0/16"}), public=True),
    case("inside-one-network", only_if(IpAddress={"aws:VpcSourceIp": "10.0.0.0/16"},
         StringEquals={"aws:SourceVpc": VPC})),
    case("nowhere-inside", only_if(IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"}),
         deny_if(IpAddress={"aws:VpcSourceIp": ["10.0.0.0/9", "10.128.0.0/9"]})),
    case("one-address", only_if(IpAddress={"aws:SourceIp": "198.51.100.7"}), probes=(
        probe(ROLE, True, **{"aws:SourceIp": "198.51.100.7"}), probe(ROLE, False, **{"aws:SourceIp": "198.51.100.8"}))),
    case("host-bits", only_if(IpAddress={"aws:SourceIp": "10.1.2.3/8"}), probes=(
        probe(ROLE, True, **{"aws:SourceIp": "10.255.0.1"}), probe(ROLE, False, **{"aws:SourceIp": "11.0.0.1"}))),
    case("two-neighbours", only_if(IpAddress={"aws:SourceIp": ["12.0.0.0/8", "13.0.0.0/8"]}), public=True),
    case("two-that-are-apart", only_if(IpAddress={"aws:SourceIp": ["13.0.0.0/8", "14.0.0.0/8"]})),
    case("neighbours-in-two-statements", only_if(IpAddress={"aws:SourceIp": "12.0.0.0/8"}),
         only_if(IpAddress={"aws:SourceIp": "13.0.0.0/8"}), public=True),
    case("neighbours-for-different-people",
         only_if(IpAddress={"aws:SourceIp": "12.0.0.0/8"}, StringEquals={"aws:PrincipalTag/team": "red"}),
         only_if(IpAddress={"aws:SourceIp": "13.0.0.0/8"}, StringEquals={"aws:PrincipalTag/team": "blue"})),
    case("neighbours-for-somebody-tagged-twice",
         only_if(IpAddress={"aws:SourceIp": "12.0.0.0/8"}, StringEquals={"aws:PrincipalTag/one": "red"}),
         only_if(IpAddress={"aws:SourceIp": "13.0.0.0/8"}, StringEquals={"aws:PrincipalTag/two": "blue"}), public=True),
    case("a-hole-in-a-range", only_if(IpAddress={"aws:SourceIp": "12.0.0.0/7"}),
         deny_if(IpAddress={"aws:SourceIp": ["12.128.0.0/9", "13.5.0.0/16"]})),
    case("v6-at-the-limit", only_if(IpAddress={"aws:SourceIp": "2001:db8::/32"})),
    case("v6-beyond-the-limit", only_if(IpAddress={"aws:SourceIp": "2001:db8::/31"}), public=True),
    case("all-but-a-network", only_if(NotIpAddress={"aws:SourceIp": "198.51.100.0/24"}), public=True),
    case("no-address-at-all", only_if(Null={"aws:SourceIp": "true"}), public=True),
    case("addresses-as-text", only_if(StringLike={"aws:SourceIp": "203.0.113.*"}), probes=(
        probe(ROLE, True, **{"aws:SourceIp": "203.0.113.9"}), probe(ROLE, False, **{"aws:SourceIp": "203.0.114.9"}))),
    case("all-addresses-as-text", only_if(StringLike={"aws:SourceIp": "*"}), public=True),
    case("bucket-of-ours", only_if(ArnLike={"aws:SourceArn": f"arn:aws:sns:*:{OWNER}:*"})),
    case("topic-of-anybody", only_if(ArnLike={"aws:SourceArn": "arn:aws:sns:*:*:topic"}), public=True),
    case("source-account-by-pattern", only_if(StringLike={"aws:SourceAccount": "1234*"}), public=True),
    case("source-organization", only_if(StringEquals={"aws:SourceOrgID": ORG})),
    case("user-id", only_if(StringEquals={"aws:userid": "AIDACKCEVSQ6C2EXAMPLE"})),
    case("user-id-of-any-session", only_if(StringLike={"aws:userid": "*:job-1"}), public=True),
]

CONDITIONS = [
    case("null-in-capitals", only_if(Null={"aws:SourceVpce": "False"}, StringEquals={"aws:SourceVpc": VPC}), probes=(
        probe(ROLE, True, aws__SourceVpce=VPCE, aws__SourceVpc=VPC), probe(ROLE, False, aws__SourceVpc=VPC))),
    case("neither-true-nor-false", only_if(StringNotEquals={"aws:SecureTransport": ["true", "false"]})),
    case("both-true-and-false", only_if(Bool={"aws:SecureTransport": ["true", "false"]}), public=True),
    case("without-tls-denied", statement(principal={"AWS": OTHER}), deny_if(Bool={"aws:SecureTransport": False}),
         probes=(
        probe(ROLE, True), probe(ROLE, False, aws__SecureTransport="false"))),
    case("after-the-end", only_if(DateLessThan={"aws:CurrentTime": "2001-01-01"})),
    case("before-the-beginning", only_if(DateGreaterThan={"aws:EpochTime": "4102444800"}), public=True),
    case("moment-that-never-is", only_if(DateLessThan={"aws:CurrentTime": "2030-01-01"},
                                         DateGreaterThan={"aws:EpochTime": "1893456000"})),
    case("numbers-between", only_if(NumericGreaterThan={"aws:MultiFactorAuthAge": "1"},
                                    NumericLessThan={"aws:MultiFactorAuthAge": "2"}), public=True),
    case("number-and-its-opposite", only_if(NumericEquals={"aws:MultiFactorAuthAge": "1.0"},
                                            NumericNotEquals={"aws:MultiFactorAuthAge": "1"})),
    case("huge-number", only_if(NumericLessThan={"aws:MultiFactorAuthAge": "1e300"}), public=True),
    case("mfa-absent", deny_if(BoolIfExists={"aws:MultiFactorAuthPresent": "false"}), probes=(
        probe(ALICE, False), probe(ALICE, True, aws__MultiFactorAuthPresent="true"))),
    case("mfa-false", deny_if(Bool={"aws:MultiFactorAuthPresent": "false"}), probes=(
        probe(ALICE, True), probe(ALICE, False, aws__MultiFactorAuthPresent="false"))),
    case("tag-in-any-case", statement(principal={"AWS": OTHER}, Condition={
        "StringEqualsIgnoreCase": {"aws:PrincipalTag/team": "Blue"}}), probes=(
            probe(ROLE, True, aws__PrincipalTag_Team="bLUE"), probe(ROLE, False))),
    case("same-team", statement(principal={"AWS": OTHER}, Condition={
        "StringEquals": {"secretsmanager:ResourceTag/team": "${aws:PrincipalTag/team, 'none'}"}}),
         tags={"Team": "none"},
        probes=(probe(ROLE, True), probe(ROLE, False, aws__PrincipalTag_team="blue"))),
    case("star-in-a-variable-is-a-star", statement(principal={"AWS": OTHER}, Condition={
        "StringLike": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}), tags={"team": "blue"}, probes=(
            probe(ROLE, False, aws__PrincipalTag_team="*"), probe(ROLE, True, aws__PrincipalTag_team="blue"))),
    case("older-version-has-no-variables", statement(principal={"AWS": OTHER}, Condition={
        "StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}), tags={"team": "blue"}, version=None,
        probes=(probe(ROLE, False, aws__PrincipalTag_team="blue"),)),
    case("same-tag-for-any-account", only_if(StringEquals={"aws:PrincipalTag/team": "${aws:ResourceTag/team}"},
                                             StringNotLike={"aws:ResourceTag/team": "*"})),
    case("version-stage", statement(principal={"AWS": OTHER}, Condition={
        "StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}), probes=(probe(ROLE, False),)),
    case("version-stage-if-asked", statement(principal={"AWS": OTHER}, Condition={
        "ForAnyValue:StringEqualsIfExists": {"secretsmanager:VersionStage": "AWSCURRENT"}}),
         probes=(probe(ROLE, True),)),
    case("another-secret-by-id", only_if(StringEquals={"secretsmanager:SecretId": f"{SECRET}other-AbCdEf"})),
    case("every-key-a-tag-has", only_if(ForAllValues__StringEquals={"aws:TagKeys": ["team"]}), public=True),
    case("any-key-a-tag-has", only_if(ForAnyValue__StringEquals={"aws:TagKeys": ["team"]}), public=True),
    case("every-key-of-an-organization", only_if(ForAllValues__StringLike={"aws:PrincipalOrgPaths": f"{ORG}/*"},
                                                 StringEquals={"aws:PrincipalOrgID": ORG})),
    case("bytes", statement(principal={"AWS": OTHER}, Condition={"BinaryEquals": {"aws:UserAgent": "QUI="}}), probes=(
        probe(ROLE, True, aws__UserAgent="QUI="), probe(ROLE, False, aws__UserAgent="QUI"))),
    case("keys-in-other-case", only_if(StringEquals={"AWS:principalORGid": ORG}), probes=(
        probe(ROLE, True, aws__PrincipalOrgID=ORG),)),
]

REACH = [
    case("every-action-but-reading", statement(NotAction="secretsmanager:GetSecretValue"), public=True),
    case("every-action-but-ours", statement(NotAction="secretsmanager:*")),
    case("action-by-question-marks", statement(Action="secretsmanager:???SecretValue"), public=True, probes=(
        probe(ROLE, True), probe(ROLE, False, action="DescribeSecret"))),
    case("any-service's-actions", statement(Action="*:GetSecretValue"), public=True),
    case("action-that-is-none", statement(Action="secretsmanager:GetSecret")),
    case("batch-reading-alone", statement(Action="secretsmanager:BatchGetSecretValue")),
    case("every-secret-but-others", statement(NotResource=f"{SECRET}other-*"), public=True),
    case("every-secret-but-this", statement(NotResource=f"{SECRET}db/password-*")),
    case("star-does-not-cross-fields", statement(Resource="arn:aws:secretsmanager:*:secret:db/*")),
    case("secret-by-question-marks", statement(Resource=f"{SECRET}db/password-??????"), public=True),
    case("secret-without-its-ending", statement(Resource=f"{SECRET}db/password")),
    case("secret-named-like-a-tag", statement(Resource=f"{SECRET}${{aws:PrincipalTag/area}}/password-*"), public=True,
         probes=(probe(ROLE, True, aws__PrincipalTag_area="db"), probe(ROLE, False, aws__PrincipalTag_area="web"))),
    case("denied-again", statement(), statement("Deny")),
    case("denied-by-pieces", statement(Action="secretsmanager:*"), statement("Deny", Action="secretsmanager:G*"),
         statement("Deny", NotAction="secretsmanager:G*"), lockout=True),
    case("denied-elsewhere", statement(), statement("Deny", Resource=f"{SECRET}other-*"), public=True),
    case("one-statement-without-list", statement(principal={"AWS": OTHER})) | {
        "policy": {"Id": "with-hyphens", "Statement": statement(principal={"AWS": OTHER}, Sid="So it is - said")}},
    case("the-same-sid-twice", statement(principal={"AWS": OTHER}, Sid="A"),
         statement(principal={"AWS": OWNER}, Sid="A")),
]

LOCKOUT = [
    case("locked-out-by-address", {**deny_if(NotIpAddress={"aws:SourceIp": "198.51.100.0/24"}),
                                   "Action": "secretsmanager:Put*"}, lockout=True),
    case("not-from-that-address", {**deny_if(IpAddress={"aws:SourceIp": "198.51.100.0/24"}),
                                   "Action": "secretsmanager:*"}),
    case("locked-out-of-reading-only", statement("Deny")),
    case("locked-out-by-name", statement("Deny", {"AWS": ALICE}, Action="secretsmanager:PutResourcePolicy"),
         lockout=True),
    case("somebody-else-is", statement("Deny", {"AWS": f"{ALICE}2"}, Action="*")),
    case("locked-out-unless-spared", statement("Deny", NotPrincipal={"AWS": f"arn:aws:iam::{OWNER}:user/bob"},
                                               Action="*"), lockout=True),
    case("locked-out-by-time", {**deny_if(DateGreaterThan={"aws:CurrentTime": "2001-01-01T00:00:00Z"}),
                                "Action": "secretsmanager:*"}, lockout=True),
    case("locked-out-without-endpoint", {**deny_if(StringNotEquals={"aws:SourceVpce": VPCE}),
                                         "Action": "secretsmanager:*"}, lockout=True),
    case("blocks-public-policies", {**deny_if(Bool={"secretsmanager:BlockPublicPolicy": "false"}),
                                    "Action": "secretsmanager:PutResourcePolicy"}),
]

CASES = [*WRONG, *WHO, *NETWORKS, *CONDITIONS, *REACH, *LOCKOUT]
