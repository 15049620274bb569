"""Who may do what: the resource policy of a secret is evaluated here, IAM policies by AWS's simulator on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smtui.api.arn import get_account, get_role_arn
from smtui.api.errors import ContextUnreachableError, NotAvailableError
from smtui.engine.request_context import parse_identity
from smtui.policy import grammar, keys
from smtui.policy.decide import Request, evaluate_access
from smtui.policy.exposure import find_broad_access
from smtui.policy.statements import MalformedPolicyError, Policy

if TYPE_CHECKING:
    from smtui.api.types import Client

SERVICE = "secretsmanager:"
NOT_KNOWN = "The IAM policies of a caller are not known here, so only AWS can explain its access."
UNREADABLE = "The policy of the secret has elements that are not known here, so only AWS can explain its access."
NO_ROLE = "The simulator of AWS needs the ARN of a user, a group or a role, not that of a session."
_DECISIONS = {"allowed": "", "explicitDeny": "explicit deny", "implicitDeny": "no identity-based policy"}
"""What a decision of SimulatePrincipalPolicy means, in the words of ExplainAccess."""
Simulate = Callable[[dict[str, Any]], dict[str, Any]]
"""SimulatePrincipalPolicy: takes a request and returns the response."""


class AwsAccessClient:
    """The part of `smtui.api.extension_types.AccessClient` that a resource policy answers.

    Conditions are not evaluated: a principal whom a statement allows under conditions counts as not allowed.
    """

    def __init__(self, client: Client, now: Callable[[], datetime], simulate: Simulate | None = None) -> None:
        self._client = client
        self._simulate = simulate
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

    def explain_access(
        self, *, SecretId: str, Action: str, CallerArn: str, IdentityAllows: bool = True,
        ContextEntries: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """Whether a caller may use an action on a secret: by its IAM policies as AWS simulates them, and the policy of
        the secret. See `ExplainAccess`.

        With `IdentityAllows=False` the caller counts as one without IAM policies, and nothing is simulated.

        Raises:
            ClientError: the policy cannot be read, or the simulation is refused.
            NotAvailableError: the caller is a session.
        """
        action = keys.parse_action(Action)
        response: Any = self._client.get_resource_policy(SecretId=SecretId)
        found = {"ARN": response["ARN"], "Name": response["Name"]}
        context = {entry["ContextKeyName"].lower(): entry["ContextKeyValues"] for entry in ContextEntries}
        identity = self._simulate_identity(action, response["ARN"], CallerArn, ContextEntries) if IdentityAllows else \
            _DECISIONS["implicitDeny"]
        if identity == _DECISIONS["explicitDeny"]:
            return {**found, "Allowed": False, "Reason": f"{identity} in an IAM policy"}
        text = response.get("ResourcePolicy")
        try:
            policy = grammar.parse(text) if text else None
        except MalformedPolicyError:
            raise NotAvailableError(UNREADABLE) from None
        outcome = evaluate_access(policy, Request(parse_identity(CallerArn), action, response["ARN"], context),
                                  identity_allows=not identity, owner=get_account(response["ARN"]))
        by = {"Statement": outcome.statement.name} if outcome.statement else {}
        return {**found, "Allowed": outcome.allowed, **by, **({"Reason": outcome.why} if outcome.why else {})}

    def _simulate_identity(
        self, action: str, resource: str, caller: str, entries: Sequence[Mapping[str, Any]]
    ) -> str:
        """Why the IAM policies of a caller do not allow an action; empty if they do."""
        if self._simulate is None:
            raise NotAvailableError(NOT_KNOWN)
        if ":assumed-role/" in caller or ":federated-user/" in caller:
            raise NotAvailableError(NO_ROLE, hint=f"Such as {get_role_arn(caller)}" if get_role_arn(caller) else "")
        request = {"PolicySourceArn": caller, "ActionNames": [SERVICE + action], "ResourceArns": [resource],
                   "ContextEntries": [{**entry, "ContextKeyType": "stringList"} for entry in entries]}
        try:
            answer = self._simulate(request)
        except ContextUnreachableError as error:
            raise NotAvailableError(f"{NOT_KNOWN} Its simulator could not be asked. {error}") from None
        return _DECISIONS.get(answer["EvaluationResults"][0]["EvalDecision"], _DECISIONS["implicitDeny"])


def _list_allowed(policy: Policy, action: str, resource: str, owner: str) -> list[str]:
    """The principals of a policy that may use an action if their own account allows it; accounts as their number."""
    return [shown for arn, shown in policy.list_named_principals().items()
            if evaluate_access(policy, Request(parse_identity(arn), action, resource, {}), identity_allows=True,
                               owner=owner).allowed]
