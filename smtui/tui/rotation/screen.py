"""Rotation of a secret: its schedule, its function, how the last one went; set up, begun, gone on with, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Container

from smtui.api.errors import ClientError
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.pick import Pick
from smtui.tui.rotation.allow_function import ask_permission
from smtui.tui.rotation.facts import NextWindows, Rotation, RotationPlan, RotationRun
from smtui.tui.rotation.form import RotationForm, SetUp
from smtui.tui.rotation.function_text import WAITS, name_in, what_it_does
from smtui.tui.rotation.new_function import new_function
from smtui.tui.rotation.schedule_text import as_asked
from smtui.tui.rotation_conflict import format_settings, guard_rotation
from smtui.tui.secret.conflict import ConflictAnswer
from smtui.tui.secret.guarded_write import EDIT_ANSWERS, GuardedWrite
from smtui.tui.secret.tabs import ROTATION, SecretTab
from smtui.tui.secret.value_edit import Outcome
from smtui.tui.undo import inverse
from smtui.tui.widgets.chrome import KeyBar
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.scroll_pane import Pane

if TYPE_CHECKING:
    from smtui.api.types import DescribeSecretResponse
    from smtui.tui.session import Session

NEW = SafeText("make a new one…")
ROTATES = "{function} makes a new value, and AWSCURRENT moves to it; the value of now stays under AWSPREVIOUS."
GOES_ON = "The rotation that has begun is gone on with at {step}."
CANCELLED = "Nothing is rotated any more until it is set up again. Schedule and function stay to be seen."
LEFT = ("\n\nThe rotation that is under way ends where it is, and AWSPENDING stays on version {version}. "
        "Until it is taken away from there, no rotation can begin.")


class RotationScreen(SecretTab):
    """What is carried out is carried out beside the screen, which shows how far it is."""

    BINDINGS = keys.of("rotation") + keys.of("tabs")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "Pane"
    number = ROTATION
    opened_by = ("describe_rotation",)
    change_action = "rotation"

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.rotation: Rotation | None = None

    def compose(self) -> ComposeResult:
        yield from self.compose_head()
        with ReadPane(), Pane(id="areas"):
            with Container(id="now"):
                yield RotationPlan()
                yield RotationRun()
            yield NextWindows()
        yield KeyBar()

    # What is shown.

    async def load(self) -> None:
        secret = await self.read_secret()
        if secret is None:
            return
        told = await call(self.reader.describe_rotation, SecretId=self.secret_id)
        functions = await self._functions()
        function = functions.get(secret.get("RotationLambdaARN", ""))
        self.rotation = Rotation(secret, told, function, self.session.now())
        self.show_head(secret)
        self.query_one(RotationPlan).show(self.rotation, self.key_of("rotation.edit"), self.key_of("rotation.allow"))
        self.query_one(NextWindows).show(self.rotation)
        self.query_one(RotationRun).show(self.rotation, self.key_of("rotation.rotate"))
        self.refresh_bindings()

    async def _functions(self) -> dict[str, dict[str, Any]]:
        """Those of the Region, by their ARNs."""
        listed = await call(self.reader.list_functions)
        return {each["FunctionArn"]: each for each in listed["Functions"]}

    # What is changed.

    def _changeable(self) -> Rotation | None:
        """The rotation, where it may be changed; else says why not."""
        return None if self.rotation is None or self.refuses_to_change(self.rotation.secret) else self.rotation

    @gesture
    async def action_edit(self) -> None:
        """Asks until it is set up or the person gives up; what was refused is in the form again."""
        before = self._changeable()
        if before is None:
            return
        seen, form = before.secret, _as_it_is(before)
        while (asked := await self.app.push_screen_wait(self._form(before, form))) is not None:
            form = asked
            try:
                outcome, found = await self._set_up(seen, asked).run(self.app, self.vault, seen)
            except ClientError as refusal:
                self.app.report(refusal)
                continue
            if outcome is Outcome.STORED:
                inverse.rotation_set_up(self.session, found, asked.request())
                self.session.rotation_worker.enqueue(seen["ARN"], self.session.region)
                await self._begun("The rotation is set up.")
            if outcome in (Outcome.STORED, Outcome.DISCARDED):
                return
            if outcome is Outcome.EDIT:
                seen = found

    def _set_up(self, seen: DescribeSecretResponse, asked: SetUp) -> GuardedWrite[DescribeSecretResponse]:
        """In a transaction RotateSecret only begins: what is begun is handed on when that is over."""
        def write() -> object:
            return self.client.rotate_secret(SecretId=self.secret_id, **asked.request())

        return guard_rotation(self.session, seen, write, format_settings(asked.function, asked.rules), EDIT_ANSWERS,
                              ConflictAnswer.STORE.value)

    def _form(self, before: Rotation, asked: SetUp) -> RotationForm:
        now = self.session.now()
        return RotationForm(
            sanitize(before.secret["Name"]), asked, self._choose_function, now=now,
            counts_from=before.told.get("CountsFromDate", now),
        )

    async def _choose_function(self) -> str | None:
        """The ARN of one that is there, or of one that is made here and now."""
        functions = await self._functions()
        rows = [sanitize(f"{each['FunctionName']}  {what_it_does(each)}") for each in functions.values()]
        picked = len(rows)
        if rows:
            answer = await self.app.push_screen_wait(Pick(SafeText("Rotated by which function?"), [*rows, NEW]))
            if answer is None:
                return None
            picked = answer
        if picked < len(rows):
            return list(functions)[picked]
        made = await new_function(self)
        return made["FunctionArn"] if made else None

    @gesture
    async def action_allow(self) -> None:
        if self.rotation is not None and self.rotation.function is not None:
            await ask_permission(self, self.rotation.function)

    @gesture
    async def action_rotate(self) -> None:
        """Begins a rotation, or goes on with the one that rests."""
        rotation = self._changeable()
        if rotation is None:
            return
        if not rotation.is_on:
            self.say(f"It is not rotated yet: {self.key_of('rotation.edit')} sets that up.")
        elif rotation.waits and not (rotation.function and await ask_permission(self, rotation.function)):
            self.say(f"The rotation {WAITS}.", severity="warning")
        elif rotation.under_way:
            await self._go_on(rotation)
        elif await self._agrees("Rotate {name} now?", ROTATES, "Rotate") and await self._write_as_seen(
                rotation, lambda: self.client.rotate_secret(SecretId=self.secret_id), "rotate now", "Rotate anyway"):
            self.session.rotation_worker.enqueue(rotation.secret["ARN"], self.session.region)
            await self._begun("The rotation has begun.")

    async def _go_on(self, rotation: Rotation) -> None:
        if rotation.run["AtWork"]:
            self.say("It is being rotated right now.")
        elif await self._agrees("Go on with the rotation of {name} now?", GOES_ON, "Go on"):
            self.session.rotation_worker.enqueue(rotation.secret["ARN"], self.session.region)
            await self._begun("The rotation is gone on with.")

    async def _begun(self, sentence: str) -> None:
        """It is carried out beside the screens; here its steps are seen to pass."""
        self.app.rotate_queued()
        await self.done(sentence)

    @gesture
    async def action_cancel_rotation(self) -> None:
        rotation = self._changeable()
        if rotation is None:
            return
        if not rotation.is_on:
            self.say("It is not rotated, so there is nothing to cancel.")
            return
        text = CANCELLED + (LEFT if rotation.under_way else "")
        if await self._agrees("Cancel the rotation of {name}?", text, "Cancel rotation"):
            found = await self._write_as_seen(
                rotation, lambda: self.client.cancel_rotate_secret(SecretId=self.secret_id), "cancel the rotation",
                "Cancel rotation anyway")
            if found is not None:
                inverse.rotation_cancelled(self.session, found)
                await self.done("The rotation is cancelled.")

    async def _write_as_seen(
        self, rotation: Rotation, write: Callable[[], object], yours: str, insist: str
    ) -> DescribeSecretResponse | None:
        """Writes what the person agreed to, unless others changed the rotation since; answers the secret as it was
        immediately before, or None where nothing is written.
        """
        guard = guard_rotation(self.session, rotation.secret, write, yours, (), insist)
        outcome, found = await guard.run(self.app, self.vault, rotation.secret)
        return found if outcome is Outcome.STORED else None

    async def _agrees(self, title: str, text: str, answer: str) -> bool:
        rotation = self.rotation
        assert rotation is not None
        run, secret = rotation.run, rotation.secret
        told = {"name": secret["Name"], "function": name_in(secret["RotationLambdaARN"]), "step": run.get("Step"),
                "version": run.get("ClientRequestToken", "")[:8]}
        question = Confirm(sanitize(title.format(**told)), sanitize(text.format(**told), lines=True), answer)
        return await self.app.push_screen_wait(question)


def _as_it_is(rotation: Rotation) -> SetUp:
    """A secret that was never rotated is rotated at once unless somebody says otherwise."""
    secret = rotation.secret
    return SetUp(secret.get("RotationLambdaARN"), as_asked(secret.get("RotationRules", {})), not rotation.is_set_up)
