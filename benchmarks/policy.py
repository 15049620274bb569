"""CPU time of policy reasoning: one decision, and one judgement of broad access, over every case of the tests.

    python -m benchmarks.policy

Broad access is judged by search over representative requests, without a solver. "Unreasonable" are the policies of
tests/policy/test_budget.py, made to cost as much as possible: each is read, decided, judged and warned about.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.harness import cpu, tell
from smtui.policy import grammar
from smtui.policy.decide import Identity, Request, decide
from smtui.policy.exposure import find_broad_access
from smtui.policy.statements import MalformedPolicyError, Policy
from tests.policy.test_budget import NASTY, answer_everything

CASES = Path(__file__).parents[1] / "tests" / "policy" / "cases.json"
ACCOUNT = "123456789012"
ARN = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db/password-AbCdEf"
REQUEST = Request(Identity(f"arn:aws:iam::{ACCOUNT}:user/alice"), "GetSecretValue", ARN, {
    "aws:sourceip": "203.0.113.7", "aws:securetransport": "true", "aws:principalaccount": ACCOUNT,
})
TIMES = 200


def policies() -> list[Policy]:
    found = []
    for case in json.loads(CASES.read_text(encoding="utf-8")):
        text = case["policy"] if isinstance(case["policy"], str) else json.dumps(case["policy"])
        try:
            found.append(grammar.parse(text))
        except MalformedPolicyError:
            continue
    return found


def deciding(policy: Policy) -> float:
    return cpu(lambda: decide(policy, REQUEST), TIMES)


def judging(policy: Policy) -> float:
    return cpu(lambda: find_broad_access(policy, resource=ARN, owner=ACCOUNT, now=datetime(2026, 3, 2, tzinfo=UTC)))


def main() -> None:
    found = policies()
    figures = {"decide": [*map(deciding, found)], "broad access": [*map(judging, found)],
               "everything, unreasonable": [cpu(partial(answer_everything, text)) for text in NASTY.values()]}
    tell(__file__, [f"{len(found)} policies", "median, CPU ms", "worst, CPU ms"],
         [[what, median(taken), max(taken)] for what, taken in figures.items()])


if __name__ == "__main__":
    main()
