"""The one road of every call: check, begin, resolve, authorize, run, let replicas follow, record, commit.

The event is written in the same transaction as the change: no trail entry, no operation. A refusal undoes what the
operation did and is recorded itself. Changes wait for the disk; the event of a mere read does not.

What is overdue ends before a call, or before the first of several that share a transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from smtui.ambient import Ambient
from smtui.api.errors import (
    ClientError,
    InternalServiceError,
    SmtuiError,
    VaultReadOnlyError,
)
from smtui.engine import events
from smtui.engine.admission import admit
from smtui.engine.call import Call, Caller
from smtui.engine.declaration import BUILT, Declaration
from smtui.engine.operations import (
    access,
    aliases,
    clock,
    functions,
    keys,
    lifecycle,
    listing,
    passwords,
    policies,
    replication,
    retention,
    rotation,
    runs,
    stages,
    tags,
    values,
)
from smtui.engine.purge import Purge
from smtui.engine.replication import follow
from smtui.engine.request import checked
from smtui.vault import trail
from smtui.vault.database import Database
from smtui.vault.keystore import KeyStore

# Importing these modules puts their operations into BUILT.
OPERATION_MODULES = (access, aliases, clock, functions, keys, lifecycle, listing, passwords, policies, replication,
                     retention, rotation, runs, stages, tags, values)


class Engine:
    """Runs calls against one open vault."""

    def __init__(
        self, database: Database, keys: KeyStore, ambient: Ambient, account: str, purge: Purge
    ) -> None:
        self.account = account
        self._database = database
        self._keys = keys
        self._ambient = ambient
        self._chain_key = keys.derived("smtui trail")
        self._token_key = keys.derived("smtui page tokens")
        self._purge = purge

    def call(self, operation: str, params: Mapping[str, Any], *, region: str, caller: Caller) -> dict[str, Any]:
        """Runs one operation. Raises the ClientError that refused it, or a VaultError if the vault cannot serve."""
        declared = BUILT[operation]
        if declared.changes and self._database.read_only:
            raise VaultReadOnlyError("This vault was opened for reading only: nothing can be changed.")
        refusal: ClientError | None = None
        response: dict[str, Any] = {}
        first = not self._database.in_transaction
        with self._database.transaction(durable=declared.changes):
            call = self._begin(region, caller, first)
            try:
                with self._database.transaction() if declared.changes else nullcontext():
                    request = checked(declared.contract.request, params)
                    secret = admit(call, declared, request)
                    response = declared.run(call, secret, request)
                    if declared.changes and call.subject is not None:
                        follow(call, call.subject)
            except ClientError as error:
                refusal = error
            except SmtuiError:
                raise
            except Exception as error:
                refusal = InternalServiceError("An error occurred on the server side.")
                refusal.__cause__ = error
            if refusal is not None:
                self._keys.forget()
            self._record(call, declared, params, response, refusal)
        metadata = {"RequestId": call.request_id, "HTTPStatusCode": refusal.status if refusal else 200,
                    "HTTPHeaders": {}, "RetryAttempts": 0}
        if refusal is not None:
            refusal.answer(operation, metadata)
            raise refusal
        return {**response, "ResponseMetadata": metadata}

    def _begin(self, region: str, caller: Caller, first: bool) -> Call:
        now = int(self._ambient.now().timestamp() * 1000)
        call = Call(self._database, self._keys, self._ambient, self.account, region, caller,
                    self._ambient.new_uuid(), now, self._token_key)
        if first and not self._database.read_only:
            self._purge.overdue(call)
        return call

    def _record(
        self, call: Call, declared: Declaration, params: Mapping[str, Any],
        response: Mapping[str, Any], refusal: ClientError | None,
    ) -> None:
        if self._database.read_only:
            return
        own = events.event(call, declared.name, params, event_id=call.request_id, changes=declared.changes,
                           response=response, error=refusal)
        for about, event in [*call.further_events, (call.subject, own)]:
            trail.append(self._database, self._chain_key, at=call.now, secret=about.id if about else None, event=event)
