"""What an AWS account can do as a context, and what AWS has instead of the rest."""

from __future__ import annotations

from smtui.api.context import AuditExtent, Capabilities, Feature, KeyUsageExtent

CAPABILITIES = Capabilities(
    audit_log=AuditExtent.NINETY_DAYS, is_atomic=False, has_functions=False, has_rotation_runs=False,
    key_usage=KeyUsageExtent.AT_LEAST, has_file=False, has_callers=False, has_costs=True, is_consistent=False,
    allows_parallel_calls=True,
    reasons={
        Feature.AUDIT_LOG: "AWS CloudTrail keeps the events of an account; the last 90 days are free of charge. They "
                           "appear there minutes later, and are read at one call per second.",
        Feature.ATOMIC: "AWS has no transactions: each call takes effect separately.",
        Feature.FUNCTIONS: "Rotation functions of an account are in AWS Lambda, which also runs them.",
        Feature.ROTATION_RUNS: "AWS reports failed rotations in CloudTrail, not through an operation.",
        Feature.KEY_USAGE: "Only the keys of current versions are known; older versions are not examined.",
        Feature.FILE: "An AWS account is not a file: it has no passphrase, and AWS keeps its copies.",
        Feature.DELETION_AT_ONCE: 'Not in a protected account: only protect = "no" allows it.',
        Feature.CALLERS: "The credentials of the profile decide who calls.",
    },
)
