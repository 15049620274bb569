"""Looks at resource policies.

    check FILE               what is wrong with a policy, by line and column, and whether it lets strangers in
    who-can ACTION NAME      which of the principals that a secret's policy names may do it, and who else
    explain NAME --as ARN    whether somebody may, and which statement says so; --context for what their request has

put-resource-policy attaches a policy, validate-resource-policy judges one for a secret.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from smtui.ambient import Ambient
from smtui.cli import inputs, output
from smtui.cli.exit_codes import Exit, UsageError
from smtui.cli.unlocking import opened

if TYPE_CHECKING:
    from smtui.policy.statements import Policy

EXAMPLE = (
    "smtui policy check policy.json\n"
    "smtui policy who-can GetSecretValue prod/db\n"
    "smtui policy explain prod/db --as arn:aws:iam::111122223333:role/reader --context aws:SourceIp=10.0.0.7"
)
WORDS = {"check": 1, "who-can": 2, "explain": 1}
# Where a policy is looked at without a vault, it is about a secret of nobody's.
ACCOUNT = "000000000000"
RESOURCE = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:any-AbCdEf"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="WHAT", choices=tuple(WORDS), help="check, who-can or explain")
    parser.add_argument("words", metavar="WORD", nargs="*", help="what it is about, as above")
    parser.add_argument("--as", metavar="ARN", dest="caller", help="with explain: who asks")
    parser.add_argument("--action", metavar="ACTION", default="GetSecretValue", help="with explain (GetSecretValue)")
    parser.add_argument("--context", metavar="KEY=VALUE", action="append", default=[],
                        help="with explain: a condition key of the request; again for another, or another value")
    parser.add_argument("--no-identity-policy", action="store_true",
                        help="with explain: the caller's own account allows nothing")


def run(args: argparse.Namespace) -> Exit:
    if len(args.words) != WORDS[args.what]:
        raise UsageError(f"{args.what} takes {WORDS[args.what]} word{'s' if WORDS[args.what] > 1 else ''}.")
    if args.what == "check":
        return _check(args.words[0])
    if args.what == "explain" and not args.caller:
        raise UsageError("Who asks? Give it by --as.")
    return _who_can(args) if args.what == "who-can" else _explain(args)


def _check(path: str) -> Exit:
    """Findings on standard output, one a line; exit 1 where there is one."""
    text = inputs.text("-" if path == "-" else f"file://{path}", "FILE")
    found = list(_findings(text))
    for line in found:
        output.line(line)
    return Exit.REFUSED if any(not line.startswith("warning: ") for line in found) else Exit.DONE


def _findings(text: str) -> Iterator[str]:
    from smtui.policy import grammar
    from smtui.policy.doubtful_names import find_doubtful_names
    from smtui.policy.exposure import exposure
    from smtui.policy.statements import MalformedPolicyError
    from smtui.policy.warnings import warnings

    try:
        policy = grammar.parse(text)
    except MalformedPolicyError as error:
        yield from map(str, error.findings)
        return
    if witness := exposure(policy, resource=RESOURCE, owner=ACCOUNT, now=Ambient().now()):
        yield f"This resource policy grants broad access to your secret. {witness}"
    if sentence := _lock_out(policy):
        yield f"warning: {sentence}"
    yield from (f"warning: {each.what} (line {each.place.line}, column {each.place.column})"
                for each in (*warnings(policy), *find_doubtful_names(text)))


def _lock_out(policy: Policy) -> str:
    """Whether it would lock out the owner of a vault with the usual account, and by which statement; else nothing."""
    from smtui.policy.decide import Identity, Request, decide

    owner = Identity(f"arn:aws:iam::{ACCOUNT}:root")
    context = {"aws:principalarn": owner.arn, "aws:principalaccount": ACCOUNT, "aws:securetransport": "true",
               "aws:userid": ACCOUNT, "aws:principaltype": "Account", "aws:resourceaccount": ACCOUNT,
               "aws:viaawsservice": "false", "aws:requestedregion": "us-east-1"}
    found = decide(policy, Request(owner, "PutResourcePolicy", RESOURCE, context))
    if found.verdict != "deny" or found.statement is None:
        return ""
    place = found.statement.place
    return (f"{found.statement.name} would keep you from changing the policy again, in a vault of account {ACCOUNT} "
            f"(line {place.line}, column {place.column})")


def _who_can(args: argparse.Namespace) -> Exit:
    action, name = args.words
    with opened(args) as vault:
        access = vault.access(region_name=args.region).list_access(SecretId=name, Action=action)
    for each in access["Principals"]:
        output.line(f"everybody in account {each}, if that account lets them" if each.isdigit() else each)
    for each in access.get("ConditionalPrincipals", ()):
        output.line(f"{each}, under the conditions of the policy")
    if "Witness" in access:
        output.line(access["Witness"])
    return Exit.DONE


def _entries(context: list[str]) -> list[dict[str, Any]]:
    """The condition keys in their order, each with all the values it was given."""
    values: dict[str, list[str]] = {}
    for each in context:
        key, given, value = each.partition("=")
        if not key or not given:
            raise UsageError("A condition key is given as KEY=VALUE, like aws:SourceIp=10.0.0.7.")
        values.setdefault(key, []).append(value)
    return [{"ContextKeyName": key, "ContextKeyValues": several} for key, several in values.items()]


def _explain(args: argparse.Namespace) -> Exit:
    entries = _entries(args.context)
    with opened(args) as vault:
        told = vault.access(region_name=args.region).explain_access(
            SecretId=args.words[0], Action=args.action, CallerArn=args.caller,
            IdentityAllows=not args.no_identity_policy, ContextEntries=entries,
        )
    by = f" by {told['Statement']}" if "Statement" in told else ""
    why = f": {told['Reason']}" if "Reason" in told else ""
    output.line(f"{'allowed' if told['Allowed'] else 'denied'}{by}{why}")
    return Exit.DONE
