"""CPU time of policy reasoning: one decision, and one judgement of broad access, over every case of the tests.

    python benchmarks/policy.py

Prints medians and the worst. Broad access is judged by search over representative requests, without a solver.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

from smtui.policy import grammar
from smtui.policy.decide import Identity, Request, decide
from smtui.policy.exposure import exposure
from smtui.policy.statements import Malformed, Policy

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
        except Malformed:
            continue
    return found


def deciding(policy: Policy) -> float:
    started = process_time()
    for _ in range(TIMES):
        decide(policy, REQUEST)
    return (process_time() - started) / TIMES


def judging(policy: Policy) -> float:
    started = process_time()
    exposure(policy, resource=ARN, owner=ACCOUNT, now=datetime(2026, 3, 2, tzinfo=UTC))
    return process_time() - started


def main() -> None:
    found = policies()
    for name, took in (("decide", [*map(deciding, found)]), ("broad access", [*map(judging, found)])):
        times = f"median {median(took) * 1000:.3f} ms   worst {max(took) * 1000:.2f} ms"
        print(f"{name:<14} {len(found)} policies   {times}")


if __name__ == "__main__":
    main()
