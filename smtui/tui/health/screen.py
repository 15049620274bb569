"""The screen "Health": findings about the secrets of a Region, from their metadata and, on request, their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from smtui.api.context import describe_many_calls
from smtui.api.limits import MAX_BATCH_SIZE, MAX_PAGE_SIZE
from smtui.health.finding import CheckedValues, HealthFinding, Urgency, group_findings, read_limits
from smtui.health.metadata import check_entry, check_keys, list_pending_keys
from smtui.health.outlook import KEY_DELETIONS, Outlook
from smtui.health.secrets import ALERT_KINDS, check_alerts, check_secrets
from smtui.text.dates import format_time
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.filtered_table_screen import FilteredTableScreen
from smtui.tui.health.outlook import OutlookChart
from smtui.tui.help import places
from smtui.tui.jobs.job import run_job
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.read_state import READ
from smtui.tui.widgets.safe_input import SafeInput
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.tui.session import Session
    from smtui.tui.shell import Shell

TITLE = SafeText("Health")
CALLS_PER_SECRET = 2
"""For the policy and for the replicas of a secret of an account."""
LIST_NOT_READ = "The cost is not known until the whole list is read: two calls for each secret."
QUESTION = SafeText("Check all values?")
WARNING = SafeText("Every current value of this Region is read and checked; none is shown. "
                   "Each read is recorded in the audit log and counts as an access.")
NOTHING = SafeText("No findings.")
STYLES = {Urgency.ALERT: "$error", Urgency.WARNING: "$warning", Urgency.NOTE: "$text-muted"}


class HealthScreen(FilteredTableScreen[None]):
    """Shows a filter above a table of findings, sorted by urgency."""

    place = places.HEALTH
    BINDINGS = keys.list_bindings("health")
    CSS_PATH = "screen.tcss"
    opened_by = ("list_secrets",)
    at_once = frozenset({"filter", "look"})

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._found: list[HealthFinding] = []
        self._read = 0
        self._all_read = False
        self._reading = False

    def compose(self) -> ComposeResult:
        yield self.create_header()
        yield SafeInput(
            placeholder="/ filter: words, like weak or prod/", compact=True, select_on_focus=False, id="filter"
        )
        with ReadPane(title="Health"):
            yield Static(id="counts")
            yield OutlookChart()
            yield Table(
                Column("", lambda finding: _format_sign(finding), 9),
                Column("Kind", lambda finding: SafeText(finding.kind), 16),
                Column("Secret", lambda finding: finding.name, 18, grows=1, names=True),
                Column("Finding", lambda finding: finding.words, 24, grows=2),
                key=lambda finding: finding.key, nothing=NOTHING,
            )
        yield Footer()

    # Reading.

    async def load(self) -> None:
        """Reads the metadata page by page, so that other calls can run in between. Keeps the findings about values."""
        self._reading = True
        try:
            await self._read_all()
        finally:
            self._reading = False
            self._show()

    @property
    def busy(self) -> bool:
        """Whether pages are still being read; a reload waits until they are all there."""
        return self._reading

    async def _read_all(self) -> None:
        region, now, limits = self.session.region, self.session.now(), read_limits(self.app.settings)
        pending = await call(list_pending_keys, self.vault, region)
        found = await call(check_keys, self.vault, region, pending)
        outlook = Outlook(now)
        for key in pending:
            outlook.add_event(KEY_DELETIONS, key["DeletionDate"])
        waiting = await call(self.vault.scheduler.list_waiting_functions, region_name=region)
        self._all_read, token, count = False, None, 0
        while not self._all_read:
            more: Any = {"NextToken": token} if token else {}
            answer = await call(self.reader.list_secrets, MaxResults=MAX_PAGE_SIZE, IncludePlannedDeletion=True, **more)
            found += [finding for entry in answer["SecretList"]
                      for finding in check_entry(entry, now, limits, waiting)]
            for entry in answer["SecretList"]:
                outlook.add_secret(entry)
            found += await call(check_alerts, self.vault, region, answer["SecretList"])
            count += len(answer["SecretList"])
            token = answer.get("NextToken")
            self._all_read = token is None
            checked = self.session.checked_values.get(region)
            self._found, self._read = [*found, *(checked.findings if checked else ())], count
            self._show()
            self.query_one(OutlookChart).put(outlook)
            self.show_state(READ)

    @on(Input.Changed)
    def _show_found(self) -> None:
        self._show()
        self.table.go_to_match(self.bar.value)

    def _show(self) -> None:
        words = self.bar.value.lower().split()
        kept = [finding for finding in self._found
                if all(word in f"{finding.urgency.value} {finding.kind} {finding.name}".lower() for word in words)]
        self.table.put(sorted(kept, key=lambda finding: finding.rank),
                       more=self._reading and not self._all_read)
        parts = [Content.assemble((f"{len(group.findings):,} ", "bold"), group.kind)
                 for group in group_findings(self._found)]
        self.query_one("#counts", Static).update(Content("   ").join(parts))
        checked = self.session.checked_values.get(self.session.region)
        looked = f"values checked {checked.at}" if checked else "values not checked"
        state = looked if self._all_read else "reading…" if self._reading else "reading incomplete"
        self.query_one(ReadPane).show_title(sanitize(
            f"{_format_count(len(kept), len(self._found))} in {self._read:,} secret{'' if self._read == 1 else 's'}"
            f" · {state}"))

    def action_look(self) -> None:
        self.app.run_task(check_values)

    @on(Table.Selected)
    def action_open(self) -> None:
        finding: HealthFinding | None = self.table.current
        if finding is not None and finding.arn:
            from smtui.tui.secret.screen import SecretScreen

            self.app.push_screen(SecretScreen(self.session, finding.arn))


def _format_count(kept: int, count: int) -> str:
    """Formats how many of the findings a filter keeps; short, because the title has little room on a small screen."""
    part = "" if kept == count else f"{kept:,} of "
    return f"{part}{count:,} finding{'' if count == 1 else 's'}"


def _format_sign(finding: HealthFinding) -> Content:
    return Content.styled(f"{finding.urgency.sign} {finding.urgency.value}", STYLES[finding.urgency])


def describe_cost(session: Session) -> str:
    """What the check of values costs, where calls cost time and money and there will be very many; else empty."""
    if not session.vault.can.has_costs:
        return ""
    count: int | None = session.vault.count_secrets(region_name=session.region, include_scheduled=False)
    if count is None:
        return LIST_NOT_READ
    calls = count * CALLS_PER_SECRET + count // MAX_BATCH_SIZE
    return describe_many_calls(session.vault.can, calls)


async def check_values(app: Shell, session: Session) -> None:
    """Asks for confirmation, checks every secret of the Region as a job, and shows the findings.

    Raises:
        SmtuiError: the secrets could not be read, or the user stopped the job.
    """
    region, limits = session.region, read_limits(app.settings)
    warning = sanitize(f"{WARNING} {describe_cost(session)}".strip())
    if await app.push_screen_wait(Confirm(QUESTION, warning, "Check")):
        found = await run_job(app, TITLE, lambda vault, progress: check_secrets(vault, region, limits, progress))
        session.checked_values[region] = CheckedValues(
            format_time(session.now()), [each for each in found if each.kind not in ALERT_KINDS])
        app.look_again()
        app.notify(f"{len(found):,} finding{'' if len(found) == 1 else 's'} in values, policies, rotations, replicas.")
