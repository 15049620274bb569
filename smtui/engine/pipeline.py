"""The pipeline of every call: check, begin, resolve, authorize, run, update replicas, record, commit.

The audit event is written in the same transaction as the change, so no operation lacks its event. A refusal rolls back
what the operation did and is recorded itself. Changes wait for the disk; the event of a read does not.

Overdue things are deleted before a call, unless it is part of a transaction of several calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from smtui.api.errors import (
    ClientError,
    InternalServiceError,
    SmtuiError,
    VaultError,
    VaultReadOnlyError,
)
from smtui.api.record import record
from smtui.engine import audit_events
from smtui.engine.authorize import admit
from smtui.engine.call import Call, Caller
from smtui.engine.declaration import BULK_OPERATIONS, OPERATIONS, Declaration
from smtui.engine.purge import Purge
from smtui.engine.request import validate, validate_raw
from smtui.system.ambient import Ambient
from smtui.vault import audit_log
from smtui.vault.audit_log import AuditEvent
from smtui.vault.database import Database
from smtui.vault.keystore import KeyStore
from smtui.vault.permissions import Permissions
from smtui.vault.secrets import Secret

VALUE_MEMBERS = ("SecretString", "SecretBinary")
HeldValues = tuple[dict[str, Any], dict[str, Any]]
"""An answer, and the values that it gets once the event of their read is committed."""


@record
class SharedReads:
    """What a block of reads has collected: the answers without their values, and the audit events."""

    answers: list[HeldValues]
    events: list[AuditEvent]


class Engine:
    """Runs calls against one open vault."""

    def __init__(
        self, database: Database, keys: KeyStore, ambient: Ambient, account: str, purge: Purge,
        permissions: Permissions,
    ) -> None:
        self.account = account
        self._database = database
        self._keys = keys
        self._ambient = ambient
        self._chain_key = keys.derive("smtui trail")
        self._token_key = keys.derive("smtui page tokens")
        self._purge = purge
        self._permissions = permissions
        self._shared: SharedReads | None = None

    @contextmanager
    def read_together(self) -> Iterator[None]:
        """Commits the events of all reads inside together. Only then are the values added to the answers.

        A ClientError that ends the block is recorded with the reads before it, any other exception undoes them all.
        A block inside another belongs to it. Raises VaultError for a change inside, which would not wait for the disk.
        """
        refusal: ClientError | None = None
        with self._database.transaction(durable=False):
            if self._shared is not None:
                yield
                return
            shared = self._shared = SharedReads([], [])
            try:
                yield
            except ClientError as error:
                refusal = error
            finally:
                self._shared = None
            self._append(shared.events)
        if refusal is not None:
            raise refusal
        for answer, taken in shared.answers:
            answer.update(taken)

    def call(
        self, operation: str, params: Mapping[str, Any], *, region: str, caller: Caller, record_reads: bool = True,
        raw: bool = False,
    ) -> dict[str, Any]:
        """Runs one operation. Raises the ClientError that refused it, or a VaultError if the vault cannot serve.

        Without `record_reads` an operation that `reads_metadata` leaves no audit event; every other operation does.
        Screens use it to refresh what the user has opened, because that access was recorded once. Values are never read
        and nothing is changed without an event. Events of the service, such as permanent deletions, are always
        recorded.

        A `raw` request is refused in the words of the service alone, see `request.validate_raw`.
        """
        declared = OPERATIONS[operation]
        self._check_writable(declared)
        first = not self._database.in_transaction
        with self._database.transaction(durable=declared.changes) if first or declared.changes else nullcontext():
            call = self._begin(region, caller, first)
            response, refusal = self._run(call, declared, params, raw=raw)
            if record_reads or not declared.reads_metadata:
                self._record(_list_events(call, declared, params, response, refusal))
            else:
                self._record(call.further_events)
            shared = self._shared
        self._purge.add_notices(call.deletion_notices)
        metadata = {"RequestId": call.request_id, "HTTPStatusCode": refusal.status if refusal else 200,
                    "HTTPHeaders": {}, "RetryAttempts": 0}
        if refusal is not None:
            refusal.add_response_metadata(declared.contract.name, metadata)
            raise refusal
        answer = {**response, "ResponseMetadata": metadata}
        if shared is not None:
            shared.answers.extend(_take_values(answer))
        return answer

    def _run(
        self, call: Call, declared: Declaration, params: Mapping[str, Any], *, raw: bool,
    ) -> tuple[dict[str, Any], ClientError | None]:
        """Checks, resolves, authorizes and runs. Returns the response, or the refusal of what then has no effect."""
        try:
            with self._database.transaction() if declared.changes else nullcontext():
                request = (validate_raw if raw else validate)(declared.contract.request, params)
                if declared.check is not None:
                    declared.check(request)
                secret = admit(call, declared, request)
                response = declared.run(call, secret, request)
                if declared.changes and call.subject is not None:
                    _update_replicas(call, call.subject)
            return response, None
        except ClientError as error:
            refusal = error
        except SmtuiError:
            raise
        except Exception as error:
            refusal = _make_internal_error(error)
        self._keys.forget_keys()
        return {}, refusal

    def call_many(
        self, operation: str, many: Sequence[Mapping[str, Any]], *, region: str, caller: Caller
    ) -> None:
        """Runs one operation for each request together, or none of them.

        Raises the ClientError that refused one. The refusal is not recorded: the caller then calls one by one.
        """
        declared, contract = OPERATIONS[operation], OPERATIONS[operation].contract
        self._check_writable(declared)
        if not many:
            return
        first = not self._database.in_transaction
        try:
            with self._database.transaction(durable=declared.changes):
                begun = self._begin(region, caller, first)
                calls = [self._call(region, caller, begun.now) for _ in many]
                requests = [validate(contract.request, params) for params in many]
                for call, request in zip(calls, requests, strict=True):
                    admit(call, declared, request)
                responses = BULK_OPERATIONS[operation](calls, requests)
                _update_replicas(begun, *(call.subject for call in calls if call.subject is not None))
                self._record([*begun.further_events, *(
                    event for call, params, response in zip(calls, many, responses, strict=True)
                    for event in _list_events(call, declared, params, response, None)
                )])
            self._purge.add_notices(begun.deletion_notices)
        except SmtuiError:
            self._keys.forget_keys()
            raise
        except Exception as error:
            self._keys.forget_keys()
            raise _make_internal_error(error) from error

    def _check_writable(self, declared: Declaration) -> None:
        if declared.changes and self._shared is not None and self._database.in_transaction:
            raise VaultError("A block of reads cannot change the vault.")
        if declared.changes and self._database.read_only:
            raise VaultReadOnlyError("This vault was opened read-only: nothing can be changed.")

    def _begin(self, region: str, caller: Caller, first: bool) -> Call:
        now = int(self._ambient.now().timestamp() * 1000)
        call = self._call(region, caller, now)
        if first and not self._database.read_only:
            call.deletion_notices += self._purge.delete_overdue(call)
        return call

    def _call(self, region: str, caller: Caller, now: int) -> Call:
        return Call(self._database, self._keys, self._ambient, self.account, region, caller,
                    self._ambient.create_uuid(), now, self._token_key, self._permissions)

    def _record(self, events: Sequence[AuditEvent]) -> None:
        if self._shared is not None:
            self._shared.events.extend(events)
        else:
            self._append(events)

    def _append(self, events: Sequence[AuditEvent]) -> None:
        if events and not self._database.read_only:
            audit_log.append_events(self._database, self._chain_key, events)


def _update_replicas(call: Call, *changed: Secret) -> None:
    from smtui.engine.replication import update_replicas  # a read needs none of it

    update_replicas(call, *changed)


def _take_values(response: dict[str, Any]) -> Iterator[HeldValues]:
    """Takes the values out of a response, and yields each answer in it with its values."""
    for answer in (response, *response.get("SecretValues", ())):
        yield answer, {name: answer.pop(name) for name in VALUE_MEMBERS if name in answer}


def _list_events(
    call: Call, declared: Declaration, params: Mapping[str, Any], response: Mapping[str, Any],
    refusal: ClientError | None,
) -> list[AuditEvent]:
    """The events that the call brought about, then its own."""
    own = audit_events.make_event(
        call, declared.name, params, event_id=call.request_id, changes=declared.changes, response=response,
        error=refusal)
    return [*call.further_events, own]


def _make_internal_error(error: Exception) -> ClientError:
    """The error of a fault in this program."""
    refusal = InternalServiceError("An error occurred on the server side.")
    refusal.__cause__ = error
    return refusal
