"""What an operation declares above itself, and the table of all that are built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smtui.api.kms import KEY_OPERATIONS
from smtui.api.model import OPERATIONS as AWS_OPERATIONS
from smtui.api.own import OWN_OPERATIONS
from smtui.api.shapes import Operation
from smtui.vault.secrets import Secret

if TYPE_CHECKING:
    from smtui.engine.call import Call

Request = Mapping[str, Any]
Response = dict[str, Any]
Run = Callable[["Call", Any, Request], Response]
RunBulk = Callable[[Sequence["Call"], Sequence[Request]], list[Response]]

# All that can be asked of a vault.
CONTRACT: dict[str, Operation] = {**AWS_OPERATIONS, **KEY_OPERATIONS, **OWN_OPERATIONS}


@dataclass(frozen=True, slots=True)
class Declaration:
    """`secret` says whether the operation is about one secret; the rest, what is tolerated of it.

    A replica is read like any secret, and changed only by operations that tolerate one. `allow_primary_arn` is for
    those that are called in the replica's Region with the ARN of its primary. `owner_only` is for what nobody but
    the service that manages a secret may do to it. `reads_metadata` is for what changes nothing, opens no envelope and
    answers no value: a screen that refreshes itself may ask it without an audit event.
    """

    name: str
    run: Run
    changes: bool
    secret: bool
    allow_scheduled: bool
    allow_missing: bool
    allow_replica: bool = False
    allow_primary_arn: bool = False
    owner_only: bool = False
    reads_metadata: bool = False

    @property
    def contract(self) -> Operation:
        return CONTRACT[self.name]


OPERATIONS: dict[str, Declaration] = {}
# Operations that can be done for many requests at once, for less than each by itself would cost.
BULK_OPERATIONS: dict[str, RunBulk] = {}


def operation(
    name: str,
    *,
    changes: bool = False,
    secret: bool = True,
    allow_scheduled: bool = False,
    allow_missing: bool = False,
    allow_replica: bool = False,
    allow_primary_arn: bool = False,
    owner_only: bool = False,
    reads_metadata: bool = False,
) -> Callable[[Run], Run]:
    """Puts a function `(call, secret, request) -> response` on the road under AWS's name for it."""

    def declare(run: Run) -> Run:
        OPERATIONS[name] = Declaration(name, run, changes, secret, allow_scheduled, allow_missing, allow_replica,
                                  allow_primary_arn, owner_only, reads_metadata)
        return run

    return declare


def bulk_operation(name: str) -> Callable[[RunBulk], RunBulk]:
    """The same for a function `(calls, requests) -> responses` that does all of them, or raises and does none.

    The calls have Region, caller and moment in common.
    """

    def declare(run: RunBulk) -> RunBulk:
        BULK_OPERATIONS[name] = run
        return run

    return declare


__all__ = [
    "BULK_OPERATIONS",
    "CONTRACT",
    "OPERATIONS",
    "Declaration",
    "Request",
    "Response",
    "Secret",
    "bulk_operation",
    "operation",
]
