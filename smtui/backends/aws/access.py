"""Who may do what, as far as the resource policy of a secret tells: one call, the rest is computed here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smtui.api.arn import get_account
from smtui.api.errors import NotAvailableError
from smtui.engine.request_context import parse_identity
from smtui.policy import grammar, keys
from smtui.policy.decide import Request, evaluate_access
from smtui.policy.exposure import find_broad_access
from smtui.policy.statements import MalformedPolicyError, Policy

if TYPE_CHECKING:
    from smtui.api.types import Client

NO_EXPLANATION = "The IAM policies of a caller are not known here, so only AWS can explain its access."
SIMULATOR_HINT = "aws iam simulate-principal-policy --policy-source-arn ARN --action-names secretsmanager:ACTION"


class AwsAccessClient:
    """The part of `smtui.api.extension_types.AccessClient` that a resource policy answers.

    Conditions are not evaluated: a principal whom a statement allows under conditions counts as not allowed.
    """

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now

    def list_access(self, *, SecretId: str, Action: str) -> dict[str, Any]:
        """The principals that the policy names and allows, and a witness of broad access. See `ListAccess`.

        Raises:
            ClientError: the policy cannot be read, or the action is none.
        """
        action = keys.parse_action(Action)
        response: Any = self._client.get_resource_policy(SecretId=SecretId)
        found = {"ARN": response["ARN"], "Name": response["Name"], "Principals": []}
        if not response.get("ResourcePolicy"):
            return found
        try:
            policy = grammar.parse(response["ResourcePolicy"])
        except MalformedPolicyError:  # AWS knows elements that are newer than this program
            return {**found, "Witness": "It could not be evaluated here."}
        owner = get_account(response["ARN"])
        witness = find_broad_access(policy, resource=response["ARN"], owner=owner, now=self._now())
        principals = _list_allowed(policy, action, response["ARN"], owner)
        return {**found, "Principals": principals, **({"Witness": str(witness)} if witness else {})}

    def explain_access(self, **_: Any) -> dict[str, Any]:
        """Raises NotAvailableError."""
        raise NotAvailableError(NO_EXPLANATION, hint=SIMULATOR_HINT)


def _list_allowed(policy: Policy, action: str, resource: str, owner: str) -> list[str]:
    """The principals of a policy that may use an action if their own account allows it; accounts as their number."""
    return [shown for arn, shown in policy.list_named_principals().items()
            if evaluate_access(policy, Request(parse_identity(arn), action, resource, {}), identity_allows=True,
                               owner=owner).allowed]
