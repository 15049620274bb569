"""Templates of policies. They contain the secret's account; other values to fill in are placeholders in capitals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from smtui.api.arn import format_principal_arn
from smtui.text.sanitize import SafeText

READ = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]


def _format_policy(effect: str, principal: Any, action: Any, condition: Any = None) -> str:
    statement = {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17",
                       "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}, indent=2)


TEMPLATES: tuple[tuple[SafeText, Callable[[str], str]], ...] = (
    (SafeText("Same account: any principal allowed by its IAM policies"),
     lambda account: _format_policy("Allow", {"AWS": format_principal_arn(account)}, READ)),
    (SafeText("One role"),
     lambda account: _format_policy("Allow", {"AWS": format_principal_arn(account, "role/ROLE-NAME")}, READ)),
    (SafeText("One organization"),
     lambda account: _format_policy("Allow", "*", READ, {"StringEquals": {"aws:PrincipalOrgID": "o-ORGANIZATION"}})),
    (SafeText("One VPC endpoint: deny reads from anywhere else"),
     lambda account: _format_policy("Deny", "*", "secretsmanager:GetSecretValue",
                             {"StringNotEquals": {"aws:SourceVpce": "vpce-ENDPOINT"}})),
    (SafeText("Deny requests without TLS"),
     lambda account: _format_policy("Deny", "*", "secretsmanager:*", {"Bool": {"aws:SecureTransport": "false"}})),
)
