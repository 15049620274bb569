"""The list of secrets, narrowed as one types: where a session begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from smtui.shown import Shown, shown
from smtui.tui import keys, rows, ways_back
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.deletion import DeletionPlan
from smtui.tui.dialogs.pick import Pick
from smtui.tui.json_object import members
from smtui.tui.question import Question
from smtui.tui.screens.of_session import SessionScreen
from smtui.tui.widgets.filter_bar import FilterBar
from smtui.tui.widgets.frame import KeyBar
from smtui.tui.widgets.preview import Preview
from smtui.tui.widgets.secret_list import Page, SecretList

if TYPE_CHECKING:
    from smtui.tui.session import Session

PAUSE = 0.04
"""Seconds without a key after which the filter is asked."""


class SecretsScreen(SessionScreen[None]):
    """Filter, list, and, where there is room, a preview of the secret under the cursor."""

    BINDINGS = keys.of("secrets")
    CSS_PATH = "secrets.tcss"
    AUTO_FOCUS = "SecretList"

    filter_bar = getters.query_one(FilterBar)
    secrets = getters.query_one(SecretList)
    preview = getters.query_one(Preview)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.question = Question()

    def compose(self) -> ComposeResult:
        yield self.masthead()
        yield FilterBar(id="filter")
        with Horizontal(id="body"):
            yield SecretList(self.session.now)
            yield Static(id="nothing")
            yield Preview()
        yield Static(id="left-out")
        yield Static(id="status")
        yield KeyBar()

    # What is listed.

    def on_screen_resume(self) -> None:
        self._ask(keep=True)

    async def reload(self) -> None:
        """The same question again, with the cursor on the same secret."""
        self._ask(keep=True)

    def _ask(self, *, keep: bool = False, after: float = 0) -> None:
        question = self.question

        async def fetch(token: str | None) -> Page:
            more: Any = {"NextToken": token} if token else {}
            answer = await call(self.client.list_secrets, **question.request(), **more)
            return Page([entry for entry in answer["SecretList"] if question.keeps(entry)], answer.get("NextToken"))

        self.secrets.ask(fetch, planned=question.shows_planned, keep=keep, after=after)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.question = self.question.typed(event.value)
        self._ask(after=PAUSE)

    @on(FilterBar.Left)
    def _to_the_list(self) -> None:
        self.secrets.focus()

    def action_filter(self) -> None:
        self.filter_bar.focus()

    def action_back(self) -> None:
        if self.filter_bar.has_focus:
            self.secrets.focus()
        else:
            self.filter_bar.value = ""

    def action_sort(self) -> None:
        self._ask_instead(self.question.next_order())

    def action_reverse(self) -> None:
        self._ask_instead(self.question.reversed())

    def action_planned(self) -> None:
        self._ask_instead(self.question.with_or_without_planned(), keep=True)

    def _ask_instead(self, question: Question, *, keep: bool = False) -> None:
        self.question = question
        self._ask(keep=keep)

    # What is shown.

    @on(SecretList.Loaded)
    def _show_what_is_here(self) -> None:
        self.query_one("#status", Static).update(Content(" · ".join(self._status())))
        left_out = self.query_one("#left-out", Static)
        left_out.display = bool(self.question.search.left_out)
        left_out.update(Content("\n".join(map(shown, self.question.search.left_out))))
        nothing = self.secrets.count == 0 and not self.secrets.more
        if nothing:
            self.query_one("#nothing", Static).update(Content(self._why_nothing()))
        self.set_class(nothing, "-nothing")

    def _status(self) -> list[Shown]:
        loaded = self.secrets
        count = f"{loaded.count:,}{'+' if loaded.more else ''} {'secret' if loaded.count == 1 else 'secrets'}"
        parts = [f"{count}, reading on (any key stops)" if loaded.hurrying else count]
        if self.question.text.strip():
            parts.append(f"filter: {self.question.text.strip()}")
        parts += [self.question.order_words(), "with planned deletions" if self.question.shows_planned else ""]
        return [shown(part) for part in (*parts, self.client.meta.region_name) if part]

    def _why_nothing(self) -> str:
        if self.question.text.strip():
            return f"Nothing matches.\n\n{self.key_of('secrets.back')} leaves the filter, and again clears it."
        return (
            "There is nothing here yet.\n\n"
            f"{self.key_of('secrets.add')} makes a secret.\n"
            f"{self.key_of('secrets.planned')} shows those whose deletion is planned.\n"
            "smtui import brings some along."
        )

    @on(SecretList.Moved)
    def _preview(self) -> None:
        self.preview.show(self.secrets.current, self.session.now())

    # What is done with the secret under the cursor.

    @on(SecretList.Chosen)
    def action_open(self) -> None:
        if entry := self.secrets.current:
            from smtui.tui.screens.secret import SecretScreen

            self.app.push_screen(SecretScreen(self.session, secret_id=entry["ARN"]))

    @gesture
    async def action_copy(self) -> None:
        """The value goes from the vault to the clipboard, and is nowhere else when this ends."""
        entry = self.secrets.current
        if entry is None:
            return
        answer = await call(self.client.get_secret_value, SecretId=entry["ARN"])
        value = answer.get("SecretBinary", b"") if "SecretString" not in answer else answer["SecretString"]
        name = shown(entry["Name"])
        choices = members(value) if isinstance(value, str) else {}
        if not choices:
            await self.app.copy(value, name)
            return
        titles = [*map(shown, choices), Shown("the whole value")]
        picked = await self.app.push_screen_wait(Pick(shown(f"Copy what of {name}?"), titles))
        if picked is not None:
            await self.app.copy([*choices.values(), value][picked], f"{name}, {titles[picked]}")

    def action_add(self) -> None:
        if not self.refuses_to_write():
            from smtui.tui.deeds.new_secret import make_secret

            self.app.do(make_secret)

    @gesture
    async def action_delete(self) -> None:
        entry = self.secrets.current
        if entry is None or self.refuses_to_write():
            return
        name, arn = shown(entry["Name"]), shown(entry["ARN"])
        read = entry.get("LastAccessedDate")
        plan = await self.app.push_screen_wait(DeletionPlan(name, arn, self.session.now(), read))
        if plan is not None:
            deleted = await call(self.client.delete_secret, **plan.request(entry["ARN"]))
            ways_back.deleted(self.session, entry["ARN"], name, for_good=plan.force)
            await self.done(f"{name} is deleted for good." if plan.force
                       else f"{name} will be deleted on {rows.day(deleted['DeletionDate'])}.")

    @gesture
    async def action_restore(self) -> None:
        entry = self.secrets.current
        if entry is None or self.refuses_to_write():
            return
        if "DeletedDate" not in entry:
            self.say(f"No deletion of {entry['Name']} is planned.")
            return
        await call(self.client.restore_secret, SecretId=entry["ARN"])
        ways_back.restored(self.session, entry["ARN"], shown(entry["Name"]), entry["DeletedDate"])
        await self.done(f"{entry['Name']} is restored.")
