"""Resource policies in calls: authorization, callers who would lock themselves out, and broad access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from smtui.api.arn import format_principal_arn, format_secret_arn, is_arn
from smtui.api.errors import AccessDeniedException, MalformedPolicyDocumentException
from smtui.api.shapes import Operation
from smtui.engine.call import Call, to_datetime
from smtui.engine.declaration import Request
from smtui.engine.request_context import make_policy_request, parse_identity
from smtui.policy import exposure, grammar, variables, wildcards
from smtui.policy.budget import Budget, BudgetExceededError
from smtui.policy.decide import (
    Outcome,
    evaluate_access,
    has_matching_action,
    has_matching_principal,
    has_matching_resource,
)
from smtui.policy.decide import Request as Question
from smtui.policy.explain import Witness
from smtui.policy.samples import Samples
from smtui.policy.statements import MalformedPolicyError, Policy, Statement
from smtui.vault import policies
from smtui.vault.secrets import Secret
from smtui.vault.sqlite_errors import make_damaged_row_error

MANAGE = "PutResourcePolicy"
WITHOUT_SECRET = frozenset({"BatchGetSecretValue", "GetRandomPassword", "ListSecrets"})
"""Operations that a caller of another account runs in that account, where a vault has no secrets."""
LOCKED_OUT = "Your requested changes will not allow you to manage this secret in the future."
ANYBODY = "user/anybody"
"""A principal of the account that no policy means."""
parse_policy = lru_cache(maxsize=256)(grammar.parse)
"""Policies by their text."""


def read_policy(text: str) -> Policy:
    """Parses a policy. Raises MalformedPolicyDocumentException with every fault."""
    try:
        return parse_policy(text)
    except MalformedPolicyError as error:
        raise MalformedPolicyDocumentException("\n".join(map(str, error.findings))) from None


def find_policy(call: Call, secret: Secret | None) -> Policy | None:
    """The policy attached to a secret or to its primary, or None. Raises InternalServiceError for a damaged row."""
    text = policies.read_policy(call.database, secret) if secret else None
    try:
        return parse_policy(text) if text is not None else None
    except MalformedPolicyError:
        raise make_damaged_row_error() from None


def authorize(call: Call, operation: Operation, secret: Secret | None, request: Request) -> None:
    """Raises AccessDeniedException, in the service's words, if the caller may not run the operation."""
    if operation.service == "kms" and "KeyId" in request:
        return  # the policy of the key decides, see `key_access`
    policy = find_policy(call, secret) if operation.service == "secretsmanager" else None
    if policy is None and call.caller.identity == "admin" and call.caller.account == call.account:
        return
    resource = call.format_arn(secret) if secret else request.get("SecretId", "*")
    asked = make_policy_request(call, operation.name, secret, resource, request)
    in_own_account = secret is None and call.is_from_other_account and _is_about_own_account(operation, request)
    outcome = _decide(call, policy, asked, owner=call.caller.account if in_own_account else call.account)
    if not outcome.allowed:
        raise make_access_denied_error(call, operation.action, resource, outcome)


def _is_about_own_account(operation: Operation, request: Request) -> bool:
    """Whether a request that found no secret is about the account of its caller: it gives a name, or no secret."""
    secret_id = request.get("SecretId")
    return operation.name in WITHOUT_SECRET if secret_id is None else not is_arn(secret_id)


def decide_access(call: Call, action: str, secret: Secret) -> Outcome:
    """The decision about the caller's use of an action on a secret."""
    request = make_policy_request(call, action, secret, call.format_arn(secret), {})
    return _decide(call, find_policy(call, secret), request, owner=call.account)


def _decide(call: Call, policy: Policy | None, asked: Question, *, owner: str) -> Outcome:
    return evaluate_access(policy, asked, identity_allows=call.caller.identity == "admin", owner=owner)


def is_conditionally_allowed(call: Call, secret: Secret, policy: Policy, caller: str, action: str) -> bool:
    """Whether an Allow applies to the caller under conditions, and no unconditional Deny does."""
    asked = Question(parse_identity(caller), action, call.format_arn(secret), {})
    about = [each for each in policy.statements if has_matching_action(each, action) and
             has_matching_principal(each, asked.identity) and has_matching_resource(policy, each, asked)]
    return any(each.effect == "Allow" and each.conditions for each in about) and \
        all(each.effect == "Allow" or each.conditions for each in about)


def find_account_denial(call: Call, secret: Secret, policy: Policy, action: str) -> str:
    """Whether a Deny applies to a principal of the account whom no statement names: always, conditional or never ("").
    """
    anybody = Question(parse_identity(format_principal_arn(call.account, ANYBODY)), action, call.format_arn(secret), {})
    denials = [each for each in policy.statements if each.effect == "Deny" and has_matching_action(each, action) and
               has_matching_principal(each, anybody.identity) and has_matching_resource(policy, each, anybody)]
    if not denials:
        return ""
    return "conditional" if all(each.conditions for each in denials) else "always"


def make_access_denied_error(call: Call, action: str, resource: str, outcome: Outcome) -> AccessDeniedException:
    why = ("with an explicit deny in a resource-based policy" if outcome.why == "explicit deny"
           else f"because {outcome.why} allows the {action} action")
    return AccessDeniedException(
        f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {resource} {why}"
    )


# Lock-out of the caller.


@dataclass(frozen=True, slots=True)
class LockOut:
    """A caller who could no longer change the policy, and the decision about it."""

    policy: Policy | None
    asked: Question
    outcome: Outcome

    def __str__(self) -> str:
        """The statement that decides, with the values of the caller's condition keys."""
        if self.outcome.statement is not None:
            return f"It is denied by {self.outcome.statement.name}{self._format_values(self.outcome.statement)}."
        for statement in self.policy.statements if self.policy else ():
            if statement.effect == "Allow" and has_matching_action(statement, MANAGE) and \
                    has_matching_principal(statement, self.asked.identity) and \
                    (self.policy is None or has_matching_resource(self.policy, statement, self.asked)):
                return f"It is not allowed by {statement.name}{self._format_values(statement)}."
        return f"Because {self.outcome.why} allows it."

    def _format_values(self, statement: Statement) -> str:
        """The values that the request has for the condition keys of a statement."""
        facts = []
        for each in statement.conditions:
            value = self.asked.context.get(each.key)
            text = ", ".join(value) if isinstance(value, list) else value
            name = each.original_key
            facts.append(f"there is no {name}" if text is None else f"{name} is {text or 'empty'}")
        return f", as {' and '.join(dict.fromkeys(facts))}" if facts else ""


def find_lock_out(
    call: Call, secret: Secret | None, policy: Policy | None, tags: Mapping[str, str] | None = None
) -> LockOut | None:
    """The lock-out of the caller if this policy, with these tags, were in force.

    None if the caller could still change it.
    """
    for resource in [call.format_arn(secret)] if secret else _list_arns_to_test(call, policy):
        asked = make_policy_request(call, MANAGE, secret, resource, {}, tags)
        outcome = _decide(call, policy, asked, owner=call.account)
        if not outcome.allowed:
            return LockOut(policy, asked, outcome)
    return None


def check_manageable(call: Call, secret: Secret, tags: Mapping[str, str]) -> None:
    """Raises AccessDeniedException if these tags would lock the caller out."""
    policy = find_policy(call, secret)
    if policy is not None and (found := find_lock_out(call, secret, policy, tags)):
        raise AccessDeniedException(f"{LOCKED_OUT} {found}")


# Broad access.


def find_broad_access(call: Call, secret: Secret | None, policy: Policy) -> Witness | None:
    """A stranger whom a policy lets in, for one secret or for any it might be attached to; None if there is none."""
    try:
        resources = [call.format_arn(secret)] if secret else list_sample_arns(call, policy)
    except BudgetExceededError:
        return exposure.UNDECIDED
    budget = Budget(exposure.STEPS)
    now = to_datetime(call.now)
    found = (exposure.find_broad_access(policy, resource=resource, owner=call.account, now=now, budget=budget)
             for resource in resources)
    return next(filter(None, found), None)


def _list_arns_to_test(call: Call, policy: Policy | None) -> list[str]:
    try:
        return list_sample_arns(call, policy)
    except BudgetExceededError:
        return [format_secret_arn(call.region, call.account, "any", "AbCdEf")]


def list_sample_arns(call: Call, policy: Policy | None) -> list[str]:
    """ARNs of secrets of this account and Region, one for each way in which the policy distinguishes them.

    Raises BudgetExceededError if there are too many ways to decide.
    """
    texts = [text for each in (policy.statements if policy else ()) for text in each.resources]
    if policy and policy.variables:
        texts = [variables.replace_with_stars(text, variables.find_keys(text)) for text in texts]
    patterns = [wildcards.parse_pattern(text) for text in texts]
    prefix = format_secret_arn(call.region, call.account, "")
    return list(Samples([(each,) for each in patterns], Budget(exposure.STEPS), prefix=prefix))
