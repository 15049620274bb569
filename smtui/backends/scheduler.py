"""Rotation of due secrets in a local vault, and what waits because its command is not allowed on this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from smtui.api.arn import format_function_arn, get_last_field
from smtui.backends.state import VaultState
from smtui.engine.client import LocalClient, LocalRotationClient
from smtui.engine.functions import waits_for_permission
from smtui.vault import rotations

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, RotationClient
    from smtui.api.types import Client
    from smtui.rotation.runner import RotationResult
    from smtui.rotation.trial import StepReport, TrialResult


@dataclass(frozen=True, slots=True)
class WaitingRotation:
    """A secret, its Region, and the name of its function, whose command is not allowed on this machine."""

    name: str
    region: str
    function: str


class RotationScheduler:
    """`vault.scheduler`: runs rotations that are due. A command that is not allowed on this machine never runs."""

    def __init__(self, state: VaultState) -> None:
        self._state = state
        self._runner: Callable[[str, str], None] | None = None

    def run_due(
        self, *, secret_id: str | None = None, region_name: str | None = None,
        should_continue: Callable[[], bool] = lambda: True,
    ) -> list[RotationResult]:
        """Runs all rotations that are due, or the one that was begun for `secret_id`; returns how each ended.

        A failed rotation is retried after a pause, and at once for `secret_id`. `should_continue` is called several
        times a second; once it answers False, the running function is ended and no other begins.

        Raises ClientError for an unknown `secret_id`.
        """
        from smtui.rotation.runner import RotationResult, run_rotations

        if secret_id is not None:
            client = self._make_client(region_name)
            arn = client.describe_secret(SecretId=secret_id)["ARN"]
            work: list[tuple[str, str | None]] = [(client.meta.region_name, arn)]
        else:
            work = [(region, None) for region in self._list_regions_with_work()]
        results = [result for region, arn in work for result in run_rotations(
            self._make_rotation_client(region), self._make_client(region), self._state.ambient.create_uuid(), arn=arn,
            should_continue=should_continue, permits=self._state.permissions.can_run,
        )]
        if secret_id is not None and not results:
            return [RotationResult(each.name, "rotation", "", waits=True)
                    for each in self.list_waiting(secret_id=secret_id, region_name=region_name)]
        return results

    def try_function(
        self, function: FunctionDescription, secret_id: str, *, report: Callable[[StepReport], None],
        region_name: str | None = None,
    ) -> TrialResult:
        """Runs the four steps of a function on a copy of a secret, see `smtui.rotation.trial`. Raises ClientError."""
        from smtui.rotation.trial import run_trial

        client = cast("Client", self._state.make_client(LocalClient, region_name, None, lambda *_: None))
        return run_trial(
            self._make_rotation_client(client.meta.region_name), client, function, secret_id,
            self._state.ambient.create_uuid(), report=report, permits=self._state.permissions.can_run,
        )

    def has_due(self) -> bool:
        """Whether `run_due` would find something to do."""
        return bool(self._list_regions_with_work())

    def list_waiting(self, *, secret_id: str | None = None, region_name: str | None = None) -> list[WaitingRotation]:
        """The rotations that are due and wait for a permission.

        With `secret_id`, the rotation of that secret if it would wait, whether or not it is due. Raises ClientError
        for an unknown secret.
        """
        if secret_id is not None:
            return self._list_waiting_of(secret_id, region_name or self._state.region_name)
        database, now = self._state.database, self._state.now_milliseconds()
        return [
            WaitingRotation(name, region, get_last_field(arn))
            for region, arn in rotations.list_functions_with_work(database, now) if self._is_waiting(region, arn)
            for name in rotations.list_names_with_work(database, now, region, arn)
        ]

    def _list_waiting_of(self, secret_id: str, region: str) -> list[WaitingRotation]:
        secret = self._make_client(region).describe_secret(SecretId=secret_id)
        rotation = self._make_rotation_client(region).describe_rotation(SecretId=secret_id)
        function = get_last_field(secret.get("RotationLambdaARN", ""))
        return [WaitingRotation(secret["Name"], region, function)] if "WaitsForPermission" in rotation else []

    def list_waiting_functions(self, *, region_name: str | None = None) -> frozenset[str]:
        """The ARNs of the command functions of a Region that are not allowed on this machine."""
        database, region = self._state.database, region_name or self._state.region_name
        functions = rotations.list_functions(database, region)
        arns = (format_function_arn(region, self._state.account_id, each.name) for each in functions)
        return frozenset(arn for arn in arns if self._is_waiting(region, arn))

    def delegate_to(self, runner: Callable[[str, str], None]) -> None:
        """From now on RotateSecret only begins a rotation, as on AWS, and `runner` gets the secret's ARN and Region.

        `runner` is called in the caller's thread and has to arrange that `run_due` is called for the secret.
        Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
        """
        self._runner = runner

    def on_success(self, operation: str, response: dict[str, Any], region: str) -> None:
        """Runs the rotation that RotateSecret began, unless an open transaction can still undo it."""
        if operation == "RotateSecret" and not self._state.database.in_transaction:
            if self._runner is not None:
                self._runner(response["ARN"], region)
            else:
                self.run_due(secret_id=response["ARN"], region_name=region)

    def _make_client(self, region: str | None) -> Client:
        return cast("Client", self._state.make_client(LocalClient, region, None, self.on_success))

    def _make_rotation_client(self, region: str) -> RotationClient:
        made = self._state.make_client(LocalRotationClient, region, None, self.on_success)
        return cast("RotationClient", made)

    def _list_regions_with_work(self) -> list[str]:
        """Regions with a due rotation that does not wait for a permission."""
        due = rotations.list_functions_with_work(self._state.database, self._state.now_milliseconds())
        return list(dict.fromkeys(region for region, arn in due if not self._is_waiting(region, arn)))

    def _is_waiting(self, region: str, arn: str) -> bool:
        state = self._state
        return waits_for_permission(state.database, state.permissions, state.account_id, region, arn)
