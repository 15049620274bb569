"""Checks resource policies and explains access.

    check FILE               problems in a policy with line and column, and whether it grants broad access;
                             --secret names the secret it is for
    who-can ACTION NAME      the principals that may perform ACTION on the secret
    explain NAME --as ARN    whether a principal has access, and which statement decides; --context KEY=VALUE sets a
                             condition key, and can be repeated

put-resource-policy attaches a policy to a secret; validate-resource-policy validates one for a secret.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from smtui.api.arn import format_principal_arn, format_secret_arn, get_account, parse_secret_arn
from smtui.api.errors import ClientError, ContextMissingError
from smtui.cli import diagnostics, inputs, output
from smtui.cli.chosen_context import find_context
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.unlocking import open_context_for
from smtui.system.ambient import Ambient

if TYPE_CHECKING:
    from smtui.api.context import Context
    from smtui.api.extension_types import ContextEntry, ExplainAccessResponse
    from smtui.policy.statements import Policy

EXAMPLE = (
    "smtui policy check policy.json\n"
    "smtui policy who-can GetSecretValue prod/db\n"
    "smtui policy explain prod/db --as arn:aws:iam::111122223333:role/reader --context aws:SourceIp=10.0.0.7"
)
ARGUMENT_COUNTS = {"check": 1, "who-can": 2, "explain": 1}
# `check` has no vault: without --secret it assumes this account and this secret.
ACCOUNT = "000000000000"
RESOURCE = format_secret_arn("us-east-1", ACCOUNT, "any", "AbCdEf")


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="WHAT", choices=tuple(ARGUMENT_COUNTS), help="check, who-can or explain")
    parser.add_argument("words", metavar="WORD", nargs="*", help="the arguments of WHAT, as above")
    parser.add_argument("--secret", metavar="ARN", help="with check: the secret that the policy is for")
    parser.add_argument("--as", metavar="ARN", dest="caller", help="with explain: the principal")
    parser.add_argument("--action", metavar="ACTION", default="GetSecretValue",
                        help="with explain: the action (default: GetSecretValue)")
    parser.add_argument("--no-identity-policy", action="store_true",
                        help="with explain: assume that no IAM policy allows it")


def run(args: argparse.Namespace) -> Exit:
    expected = ARGUMENT_COUNTS[args.what]
    if len(args.words) != expected:
        raise UsageError(f"{args.what} takes {expected} argument{'s' if expected > 1 else ''}.")
    if args.what == "check":
        return _check(args.words[0], args.secret)
    if args.what == "explain" and not args.caller:
        raise UsageError("Which principal? Use --as ARN.")
    return _list_access(args) if args.what == "who-can" else _explain(args)


def _check(path: str, secret: str | None) -> Exit:
    """Prints one finding per line; exits with 1 if one is more than a warning."""
    arn = parse_secret_arn(secret) if secret else None
    if secret and (arn is None or arn.suffix is None):
        raise UsageError("--secret takes the complete ARN of a secret, with the six characters at its end.")
    text = inputs.read_text("-" if path == "-" else f"file://{path}", "FILE")
    found = list(_list_findings(text, secret or ""))
    for line in found:
        output.write_line(line)
    return Exit.REFUSED if any(not line.startswith("warning: ") for line in found) else Exit.DONE


def _list_findings(text: str, secret: str) -> Iterator[str]:
    from smtui.policy import grammar
    from smtui.policy.exposure import find_broad_access
    from smtui.policy.statements import MalformedPolicyError

    try:
        policy = grammar.parse(text)
    except MalformedPolicyError as error:
        yield from map(str, error.findings)
        return
    resource, account = secret or RESOURCE, get_account(secret) or ACCOUNT
    if witness := find_broad_access(policy, resource=resource, owner=account, now=Ambient().now()):
        yield f"This resource policy grants broad access to your secret. {witness}"
    if sentence := _explain_lock_out(policy, resource, account):
        yield f"warning: {sentence}"
    yield from (f"warning: {hint}" for hint in _list_hints(policy, text, secret))


def _list_hints(policy: Policy, text: str, secret: str) -> list[str]:
    """Sentences about what is valid and seldom meant: misspelt names, other secrets, services for any account."""
    from smtui.policy.doubtful_names import find_doubtful_names
    from smtui.policy.warnings import find_warnings

    found = (*find_warnings(policy), *find_doubtful_names(text, get_account(secret), secret))
    return [f"{each.what} (line {each.position.line}, column {each.position.column})" for each in found]


def _warn_about_policy(vault: Context, args: argparse.Namespace, secret_id: str) -> None:
    """Prints the hints about the attached policy, which may be why the answer is not the expected one."""
    from smtui.policy import grammar
    from smtui.policy.statements import MalformedPolicyError

    with suppress(ClientError, MalformedPolicyError):
        client = vault.client(region_name=args.region, record_reads=False)
        attached = client.get_resource_policy(SecretId=secret_id)
        text = attached.get("ResourcePolicy")
        for hint in _list_hints(grammar.parse(text), text, attached["ARN"]) if text else ():
            diagnostics.warn(hint)


def _explain_lock_out(policy: Policy, resource: str, account: str) -> str:
    """Names the statement that would lock out the owner of a vault with this account; empty if there is none."""
    from smtui.policy.decide import Identity, Request, decide

    owner = Identity(format_principal_arn(account))
    context = {"aws:principalarn": owner.arn, "aws:principalaccount": account, "aws:securetransport": "true",
               "aws:userid": account, "aws:principaltype": "Account", "aws:resourceaccount": account,
               "aws:viaawsservice": "false", "aws:requestedregion": "us-east-1"}
    found = decide(policy, Request(owner, "PutResourcePolicy", resource, context))
    if found.verdict != "deny" or found.statement is None:
        return ""
    place = found.statement.position
    return (f"{found.statement.name} would prevent you from changing the policy again in a vault of account {account} "
            f"(line {place.line}, column {place.column})")


ACCOUNT_DENIALS = {
    "always": "The policy denies it to every other principal of this account.",
    "conditional": "Under some conditions the policy denies it to the other principals of this account.",
}


def _list_access(args: argparse.Namespace) -> Exit:
    action, name = args.words
    with open_context_for(args) as vault:
        access = vault.access(region_name=args.region).list_access(SecretId=name, Action=action)
        _warn_about_policy(vault, args, name)
    for each in access["Principals"]:
        output.write_line(_describe_principal(each))
    for each in access.get("ConditionalPrincipals", ()):
        output.write_line(f"{each}, if the conditions of the policy are met")
    if "AccountDenial" in access:
        output.write_line(ACCOUNT_DENIALS[access["AccountDenial"]])
    if "Witness" in access:
        output.write_line(access["Witness"])
    for each in access.get("RefusedPrincipals", ()):
        output.write_line(f"{_describe_principal(each)}: {access['KeyNote']}")
    if "KeyNote" in access and "RefusedPrincipals" not in access:
        output.write_line(access["KeyNote"])
    return Exit.DONE


def _describe_principal(principal: str) -> str:
    return f"any principal in account {principal} allowed by its IAM policies" if principal.isdigit() else principal


def _parse_context(context: list[str]) -> list[ContextEntry]:
    """The condition keys in their order, each with all its values. Raises UsageError."""
    values: dict[str, list[str]] = {}
    for each in context:
        key, equals, value = each.partition("=")
        if not key or not equals:
            raise UsageError("--context takes KEY=VALUE, such as aws:SourceIp=10.0.0.7.")
        values.setdefault(key, []).append(value)
    return [{"ContextKeyName": key, "ContextKeyValues": several} for key, several in values.items()]


def _explain(args: argparse.Namespace) -> Exit:
    entries = _parse_context([word for word in args.context if "=" in word])
    try:
        find_context(args)
    except ContextMissingError as error:
        raise UsageError(f"{error} A condition key is KEY=VALUE, such as aws:SourceIp=10.0.0.7.") from None
    with open_context_for(args) as vault:
        answer = vault.access(region_name=args.region).explain_access(
            SecretId=args.words[0], Action=args.action, CallerArn=args.caller,
            IdentityAllows=not args.no_identity_policy, ContextEntries=entries,
        )
        _warn_about_policy(vault, args, args.words[0])
    output.write_line(_format_explanation(answer))
    return Exit.DONE


def _format_explanation(answer: ExplainAccessResponse) -> str:
    why = f": {answer['Reason']}" if "Reason" in answer else ""
    if "RefusedByKey" in answer:
        return f"denied{why} ({answer['Statement']})"
    by = f" by {answer['Statement']}" if "Statement" in answer else ""
    return f"{'allowed' if answer['Allowed'] else 'denied'}{by}{why}"
