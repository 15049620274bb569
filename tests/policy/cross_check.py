"""Compare the search for strangers with an SMT solver on policies by chance.

    python -m tests.policy.cross_check --policies 5000

Prints every disagreement with its policy, then how many agreed; exits with 1 if there was one.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

import cvc5

from smtui.policy.decide import Identity, Request, decide
from smtui.policy.explain import Witness
from smtui.policy.exposure import find_broad_access
from smtui.policy.grammar import parse
from smtui.policy.statements import Policy
from tests.policy import random_policies
from tests.policy.random_policies import OWNER, RESOURCE
from tests.policy.solver import ACTIONS, SEVERAL, Formula

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PATIENCE_MS = 3_000


@dataclass(frozen=True)
class Comparison:
    """`what` is agree, undecided (by the search), time-out (of the solver), or what they disagree on."""

    what: str
    text: str
    witness: Witness | None


def compare(seed: int) -> Comparison:
    text = random_policies.policy(Random(seed))
    policy = parse(text)
    witness = find_broad_access(policy, resource=RESOURCE, owner=OWNER, now=NOW)
    return Comparison(_compare(policy, witness), text, witness)


def _compare(policy: Policy, witness: Witness | None) -> str:
    if witness is not None and witness.undecided:
        return "undecided"
    if witness is not None and not is_replayed(policy, witness):
        return "the witness is not allowed"
    formula = Formula(policy, RESOURCE, OWNER, NOW)
    verdict, known = solve(formula)
    if verdict == "unknown":
        return "time-out"
    if (verdict == "sat") != (witness is not None):
        return f"the solver says {'public' if verdict == 'sat' else 'not public'}: {known}"
    if verdict == "sat" and not any(allowed_by_all(policy, requests) for requests in make_request(formula, known)):
        return f"decide does not allow the solver's request: {known}"
    return "agree"


def is_replayed(policy: Policy, witness: Witness) -> bool:
    """The witness is a request that `decide` allows; of a network, from its first and its last address."""
    assert witness.request is not None
    context = witness.request.context
    block = re.fullmatch(r"([^/]+)/\d+", str(context.get("aws:sourceip", "")))
    first = {**context, "aws:sourceip": block[1]} if block else context
    full = {"aws:principalaccount": witness.request.identity.account or "anonymous", **first}
    return decide(policy, replace(witness.request, context=full)).verdict == "allow"


def solve(formula: Formula) -> tuple[str, dict[str, str]]:
    """sat, unsat or unknown, and the values of the variables."""
    solver = cvc5.Solver()
    solver.setOption("strings-exp", "true")
    solver.setOption("produce-models", "true")
    solver.setOption("tlimit-per", str(PATIENCE_MS))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, formula.text(), "policy")
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, symbols)
    result = solver.checkSat()
    if not result.isSat():
        return ("unsat" if result.isUnsat() else "unknown"), {}
    return "sat", {str(term): read(solver.getValue(term)) for term in symbols.getDeclaredTerms()}


def read(value: cvc5.Term) -> str:
    if value.isStringValue():
        return str(value.getStringValue())
    if value.isRealValue() and not value.isIntegerValue():
        return str(float(value.getRealValue()))
    return str(value)


def make_request(formula: Formula, known: dict[str, str]) -> list[list[Request]]:
    """The solver's request: for each broad block of addresses from every part of it, or through an endpoint."""
    signed, user = known["signed"] == "true", known["user"] == "true"
    arn = f"arn:aws:iam::{known['account']}:{'user' if user else 'role'}/{known['path']}{known['name']}"
    identity = Identity(arn) if signed else Identity()
    context: dict[str, str | list[str]] = {"aws:principalaccount": identity.account or "anonymous"}
    if signed:
        context["aws:principalarn"] = arn
        if user:
            context["aws:username"] = known["name"]
    for number, (key, value) in enumerate(formula.declared.items()):
        if value not in known and f"{value}_0" not in known:
            continue
        if known.get(f"there{number}", formula._presence(key).replace("endpoint", known["endpoint"])) == "true":
            context[key] = [known[f"{value}_{each}"] for each in range(int(known[f"count{number}"]))] \
                if key in SEVERAL else as_text(key, known[value])
    request = Request(identity, ACTIONS[int(known["action"])], RESOURCE, context)
    if known["endpoint"] == "true":
        return [[request]]
    asking = [each for each in formula.conditions if each.key == "aws:sourceip" and each.operator != "Null"]
    return [[replace(request, context={**context, "aws:sourceip": str(address)}) for address in formula.ends(block)]
            for block in formula.broad(asking)]


def as_text(key: str, value: str) -> str:
    return datetime.fromtimestamp(float(value), UTC).isoformat() if key == "aws:currenttime" and \
        re.fullmatch(r"[\d.]+", value) else value


def allowed_by_all(policy: Policy, requests: list[Request]) -> bool:
    return all(decide(policy, each).verdict == "allow" for each in requests)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--policies", type=int, default=5_000)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    found: Counter[str] = Counter()
    began = time.process_time()
    for seed in range(given.seed, given.seed + given.policies):
        comparison = compare(seed)
        what = comparison.what if comparison.what in ("agree", "undecided", "time-out") else "disagree"
        public = "public" if comparison.witness else "not public"
        found[f"{what}, {public}" if what == "agree" else what] += 1
        if what == "disagree":
            print(f"seed {seed}: {comparison.what}\n  {comparison.text}\n  {comparison.witness}")
    print(dict(found), f"{time.process_time() - began:.0f} s CPU")
    return 1 if found["disagree"] else 0


if __name__ == "__main__":
    sys.exit(main())
