"""The declaration of an operation, and the table of all operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from smtui.api.extensions import OWN_OPERATIONS
from smtui.api.kms import KEY_OPERATIONS
from smtui.api.model import OPERATIONS as AWS_OPERATIONS
from smtui.api.record import record
from smtui.api.shapes import Operation
from smtui.engine.operation_modules import import_operation
from smtui.vault.secrets import Secret

if TYPE_CHECKING:
    from smtui.engine.call import Call

Request = Mapping[str, Any]
Response = dict[str, Any]
Run = Callable[["Call", Any, Request], Response]
Check = Callable[[Request], None]
RunBulk = Callable[[Sequence["Call"], Sequence[Request]], list[Response]]

# The contract of every operation of a vault, by AWS's names; see KEY_OPERATIONS for those of KMS.
CONTRACT: dict[str, Operation] = {**AWS_OPERATIONS, **KEY_OPERATIONS, **OWN_OPERATIONS}


@record
class Declaration:
    """What the pipeline must know of an operation.

    `changes`: it writes, so it waits for the disk and is refused in a read-only session. `secret`: it is about one
    secret. `allow_scheduled`, `allow_missing`, `allow_replica`: states of the secret in which it may run; reads may
    always use a replica. `allow_primary_arn`: it is called in the replica's Region with the primary's ARN.
    `owner_only`: only the service that manages the secret may call it. `reads_metadata`: it changes nothing and reads
    no value, so a screen that refreshes may call it without an audit event. `check` refuses a request before its secret
    is looked up.
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
    check: Check | None = None

    @property
    def contract(self) -> Operation:
        return CONTRACT[self.name]


T = TypeVar("T")


class _Registry(Mapping[str, T]):
    """What modules of operations declare, by name. A module is imported when one of its operations is looked up."""

    def __init__(self) -> None:
        self.declared: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self.declared:
            import_operation(name)
        return self.declared[name]

    def __iter__(self) -> Iterator[str]:
        import_operation("")  # all of them
        return iter(self.declared)

    def __len__(self) -> int:
        return sum(1 for _ in self)


OPERATIONS = _Registry[Declaration]()
# Operations that also run for many requests at once, faster than one by one.
BULK_OPERATIONS = _Registry[RunBulk]()


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
    check: Check | None = None,
) -> Callable[[Run], Run]:
    """Registers a function `(call, secret, request) -> response` under AWS's name. Parameters: see `Declaration`."""

    def declare(run: Run) -> Run:
        OPERATIONS.declared[name] = Declaration(
            name, run, changes, secret, allow_scheduled, allow_missing, allow_replica, allow_primary_arn, owner_only,
            reads_metadata, check)
        return run

    return declare


def bulk_operation(name: str) -> Callable[[RunBulk], RunBulk]:
    """Registers a function `(calls, requests) -> responses` that runs all requests, or raises and runs none.

    The calls have the same Region, caller and time.
    """

    def declare(run: RunBulk) -> RunBulk:
        BULK_OPERATIONS.declared[name] = run
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
