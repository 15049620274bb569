"""The rotation tab of a secret: shows, sets up, starts, continues and cancels its rotation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container

from smtui.api.errors import SmtuiError
from smtui.rotation.function import WAITS
from smtui.text.dates import format_moment
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import background, call, gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.pick import Pick
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.notifications import is_input_kept
from smtui.tui.rotation.allow_function import ask_permission
from smtui.tui.rotation.facts import NextWindows, RotationRun, RotationState, SettingsSummary, describe_obstacle
from smtui.tui.rotation.form import RotationForm, RotationSettings
from smtui.tui.rotation.function_text import describe_function, format_function_name
from smtui.tui.rotation.history import Event, RotationHistory, read_rotations
from smtui.tui.rotation.lambda_functions import BY_ARN, ask_function_arn, list_lambda_functions
from smtui.tui.rotation.new_function import create_function
from smtui.tui.rotation.rotation_conflict import FunctionChangedError, format_settings, guard_rotation
from smtui.tui.rotation.schedule_text import remove_computed_days
from smtui.tui.secret.allowed_actions import ROTATION_OPERATIONS
from smtui.tui.secret.conflict import ConflictAnswer
from smtui.tui.secret.guarded_write import EDIT_ANSWERS, GuardedWrite
from smtui.tui.secret.tabs import ROTATION, SecretTab
from smtui.tui.secret.value_edit import WriteOutcome
from smtui.tui.undo import inverse
from smtui.tui.undo.aspects import get_function_state, make_function_aspect
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.scroll_pane import ScrollPane

if TYPE_CHECKING:
    from smtui.api.extension_types import FunctionDescription, FunctionEntry
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.session import Session

NEW_FUNCTION = SafeText("New function…")
ROTATE_TEXT = "{function} creates a new value and AWSCURRENT moves to it. The current value becomes AWSPREVIOUS."
CONTINUE_TEXT = "The rotation resumes at {step}."
CANCEL_TEXT = "Turns automatic rotation off. Schedule and function are kept."
PENDING_TEXT = ("\n\nThe rotation stops; AWSPENDING stays on version {version}. "
        "No rotation can start until it is removed.")


class RotationScreen(SecretTab):
    """Shows settings and progress. A background worker runs the rotation."""

    BINDINGS = keys.list_bindings("rotation") + keys.list_bindings("tabs")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "ScrollPane"
    number = ROTATION
    opened_by = ("describe_rotation",)
    change_action = "rotation"
    operations = ROTATION_OPERATIONS

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.rotation: RotationState | None = None
        self.history: Sequence[Event] | None = None
        """The last rotations of a secret of an account; None before they are read."""
        self._shown_functions: dict[str, FunctionDescription] = {}

    def compose(self) -> ComposeResult:
        yield from self.compose_head()
        with ReadPane(), ScrollPane(title="Rotation", id="areas"):
            with Container(id="now"):
                yield SettingsSummary()
                yield RotationRun()
            yield RotationHistory()
            yield NextWindows()
        yield Footer()

    # Display.

    async def load(self) -> None:
        secret = await self.read_secret()
        if secret is None:
            return
        details = await call(self.reader.describe_rotation, SecretId=self.secret_id)
        functions = await self._list_functions()
        function = functions.get(secret.get("RotationLambdaARN", ""))
        self.rotation = RotationState(secret, details, function, self.session.now(), self.vault.can.has_functions)
        self.show_head(secret)
        self.set_class(self.rotation.is_set_up, "-set-up")
        self.query_one(SettingsSummary).show(
            self.rotation, self.find_key("rotation.edit"), self.find_key("rotation.allow"))
        self.query_one(NextWindows).show(self.rotation)
        self.query_one(RotationRun).show(self.rotation, self.find_key("rotation.rotate"))
        self.query_one(RotationHistory).display = has_history = self.rotation.is_set_up and \
            not self.vault.can.has_rotation_runs
        if has_history and self.history is None:
            self._read_history(secret["ARN"])
        self.refresh_bindings()

    @background
    async def _read_history(self, arn: str) -> None:
        """Reads the last rotations from CloudTrail, once until the user reads the screen again."""
        shown, self.history = self.query_one(RotationHistory), ()
        shown.show_reading()
        try:
            self.history = await call(read_rotations, self.vault, self.session.region, arn)
        except SmtuiError as error:
            shown.show_problem(sanitize(f"{error.sentence} {self.retry_key} tries again."))
        else:
            shown.show_events(self.history)

    def read_again(self) -> None:
        self.history = None
        super().read_again()

    async def _list_functions(self) -> dict[str, FunctionEntry]:
        """Returns the functions of the Region by ARN."""
        listed = await call(self.reader.list_functions)
        return {each["FunctionArn"]: each for each in listed["Functions"]}

    # Actions.

    def list_resource_ids(self) -> Collection[str]:
        return self.list_secret_ids(self.rotation.secret if self.rotation else None)

    def _get_changeable(self) -> RotationState | None:
        """Returns the rotation if it can be changed; otherwise notifies the user of the reason, and returns None."""
        return None if self.rotation is None or self.refuses_to_change(self.rotation.secret) else self.rotation

    @gesture
    async def action_edit(self) -> None:
        """Edits and stores the settings. Refused settings are edited again."""
        before = self._get_changeable()
        if before is None:
            return
        self._show_functions(before.function)
        seen, form = before.secret, self._make_form(before, _make_settings(before))
        while (settings := await self.app.push_screen_wait(form)) is not None:
            form = self._make_form(before, settings, is_refilled=True)
            try:
                outcome, found = await self._guard_settings(seen, settings).run(self.app, self.vault, seen)
            except SmtuiError as error:
                if not is_input_kept(error):
                    raise
                self.app.report(error)
                if isinstance(error, FunctionChangedError):
                    form = self._make_form(before, replace(settings, function=None), is_refilled=True)
                continue
            if outcome is WriteOutcome.STORED:
                inverse.record_rotation_setup(self.session, found, settings.make_request())
                self.session.rotation_worker.enqueue(seen["ARN"], self.session.region)
                await self._show_begun("Rotation configured.")
            if outcome in (WriteOutcome.STORED, WriteOutcome.DISCARDED):
                return
            if outcome is WriteOutcome.EDIT:
                seen = found

    def _guard_settings(
        self, seen: DescribeSecretResponse, settings: RotationSettings
    ) -> GuardedWrite[DescribeSecretResponse]:
        """Returns the guarded call of RotateSecret. The worker continues the rotation after the transaction."""
        def write() -> object:
            self._require_shown_function(settings.function)
            return self.client.rotate_secret(SecretId=self.secret_id, **settings.make_request())

        yours = format_settings(settings.function, settings.rules)
        return guard_rotation(self.session, seen, write, yours, EDIT_ANSWERS, ConflictAnswer.STORE.value)

    def _make_form(
        self, before: RotationState, settings: RotationSettings, *, is_refilled: bool = False
    ) -> RotationForm:
        now = self.session.now()
        return RotationForm(
            sanitize(before.secret["Name"]), settings, self._choose_function, now=now,
            counts_from=before.details.get("CountsFromDate", now), is_refilled=is_refilled,
            obstacle=describe_obstacle(before), is_under_way=before.is_under_way,
        )

    async def _choose_function(self) -> str | None:
        """Asks for a function, or creates one; returns its ARN, or None if the user cancels."""
        title = SafeText("Rotation function")
        can_create = self.vault.can.has_functions
        functions = await read_for_dialog(
            self.app, title, self._list_functions if can_create else partial(list_lambda_functions, self))
        if functions is None:
            return None
        self._show_functions(*functions.values())
        rows = [sanitize(f"{each['FunctionName']}  {describe_function(each)}") for each in functions.values()]
        picked = len(rows)
        if rows:
            dialog = Pick(title, [*rows, NEW_FUNCTION if can_create else BY_ARN])
            answer = await self.app.push_screen_wait(dialog)
            if answer is None:
                return None
            picked = answer
        if picked < len(rows):
            return list(functions)[picked]
        if not can_create:
            return await ask_function_arn(self.app)
        function = await create_function(self)
        self._show_functions(function)
        return function["FunctionArn"] if function else None

    @gesture
    async def action_allow(self) -> None:
        if self.rotation is not None and self.rotation.function is not None:
            await ask_permission(self, self.rotation.function)

    @gesture
    async def action_rotate(self) -> None:
        """Starts a rotation, or continues one that waits."""
        rotation = self._get_changeable()
        if rotation is None:
            return
        if not rotation.is_on:
            self.say(f"Configure rotation first ({self.find_key('rotation.edit')}).")
        elif rotation.waits_for_permission and not await self._ask_permission(rotation):
            self.say(f"The rotation {WAITS}.", severity="warning")
        elif rotation.is_under_way:
            await self._continue_rotation(rotation)
        elif await self._confirm("Rotate {name} now?", ROTATE_TEXT, "Rotate") and await self._write_as_seen(
                rotation, self._run_shown_function(rotation, self._rotate), "rotate now", "Rotate anyway",
                replaces_value=True):
            self.session.rotation_worker.enqueue(rotation.secret["ARN"], self.session.region)
            await self._show_begun("Rotation started.")

    async def _ask_permission(self, rotation: RotationState) -> bool:
        return rotation.function is not None and await ask_permission(self, rotation.function)

    async def _continue_rotation(self, rotation: RotationState) -> None:
        if rotation.run is not None and rotation.run["AtWork"]:
            when = format_moment(rotation.run.get("HeldUntilDate"), self.session.now())
            self.say(f"Rotation is already in progress. {self.find_key('rotation.cancel')} cancels it. If its program "
                     f"was killed, it can be resumed at {when}.")
        elif await self._confirm("Resume the rotation of {name} now?", CONTINUE_TEXT, "Resume") and \
                await self._write_as_seen(rotation, self._run_shown_function(rotation, _write_nothing),
                                          "resume the rotation", "Resume anyway"):
            self.session.rotation_worker.enqueue(rotation.secret["ARN"], self.session.region)
            await self._show_begun("Rotation resumed.")

    def _rotate(self) -> object:
        return self.client.rotate_secret(SecretId=self.secret_id)

    def _run_shown_function(self, rotation: RotationState, write: Callable[[], object]) -> Callable[[], object]:
        """Returns a write that is refused if the function is another one than this rotation shows."""
        self._show_functions(rotation.function)

        def run() -> object:
            self._require_shown_function(rotation.secret.get("RotationLambdaARN"))
            return write()

        return run

    def _show_functions(self, *functions: FunctionDescription | None) -> None:
        """Notes what the user sees of functions, by their ARNs."""
        self._shown_functions.update({each["FunctionArn"]: each for each in functions if each is not None})

    def _require_shown_function(self, arn: str | None) -> None:
        """Compares a function with what the user saw of it, in the vault's thread. Raises FunctionChangedError."""
        shown = self._shown_functions.get(arn or "") if self.vault.can.has_functions else None
        if shown is not None:
            reader = self.session.combine_clients(self.session.region, record_reads=False)
            aspect = make_function_aspect(self.session, shown["FunctionName"])
            if conflict := aspect.find_conflict(reader, get_function_state(shown)):
                raise FunctionChangedError(f"{conflict} Nothing was rotated.")

    async def _show_begun(self, sentence: str) -> None:
        """Wakes the background worker, and shows the progress."""
        self.app.rotate_queued()
        await self.report_change(sentence)

    @gesture
    async def action_cancel_rotation(self) -> None:
        rotation = self._get_changeable()
        if rotation is None:
            return
        if not rotation.is_on:
            self.say("Rotation is off. Nothing to cancel.")
            return
        text = CANCEL_TEXT + (PENDING_TEXT if rotation.is_under_way else "")
        if await self._confirm("Cancel the rotation of {name}?", text, "Cancel rotation", cancel="Keep rotation"):
            found = await self._write_as_seen(
                rotation, lambda: self.client.cancel_rotate_secret(SecretId=self.secret_id), "cancel the rotation",
                "Cancel rotation anyway")
            if found is not None:
                inverse.record_rotation_cancel(self.session, found)
                await self.report_change("Rotation cancelled.")

    async def _write_as_seen(
        self, rotation: RotationState, write: Callable[[], object], yours: str, insist: str, *,
        replaces_value: bool = False,
    ) -> DescribeSecretResponse | None:
        """Writes unless the rotation, or the value that it replaces, is no longer the one that the user confirmed.

        Returns:
            The secret immediately before the write, or None if nothing was written.
        """
        guard = guard_rotation(self.session, rotation.secret, write, yours, (), insist, replaces_value=replaces_value)
        outcome, found = await guard.run(self.app, self.vault, rotation.secret)
        return found if outcome is WriteOutcome.STORED else None

    async def _confirm(self, title: str, text: str, answer: str, cancel: str = "Cancel") -> bool:
        rotation = self.rotation
        assert rotation is not None
        run, secret = rotation.run, rotation.secret
        function = format_function_name(secret["RotationLambdaARN"])
        details = {"name": secret["Name"], "function": function, "step": run and run["Step"],
                   "version": run["ClientRequestToken"][:8] if run else ""}
        question = Confirm(sanitize(title.format(**details)), sanitize(text.format(**details), lines=True), answer,
                           cancel=cancel)
        return await self.app.push_screen_wait(question)


def _write_nothing() -> None:
    """The write of a guard that only compares; the worker goes on with the rotation afterwards."""


def _make_settings(rotation: RotationState) -> RotationSettings:
    """Returns the present settings. The default for a secret without rotation is to rotate at once."""
    secret = rotation.secret
    rules = remove_computed_days(secret.get("RotationRules", {}))
    return RotationSettings(secret.get("RotationLambdaARN"), rules, not rotation.is_set_up)
