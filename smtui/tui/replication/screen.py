"""The replication of a secret: its primary and its replicas, which can be added, removed and promoted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from smtui.api.errors import SmtuiError
from smtui.rules.regions import REGIONS
from smtui.text.dates import format_date
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.read_first import read_for_dialog
from smtui.tui.kms.aliases import KeyChoice, find_key
from smtui.tui.kms.picker import ask_key, shorten_key_id
from smtui.tui.notifications import explain_error, is_input_kept
from smtui.tui.replication.add_replicas import AddReplicas, ReplicaRequest
from smtui.tui.replication.replica_conflict import SeenReplicas, guard_replicas
from smtui.tui.replication.replica_requests import (
    look_at_names,
    look_at_replicas,
    promote_replica,
    remove_replica,
    replicate,
)
from smtui.tui.replication.replicas import Replica, ReplicaSet, read_replica_set
from smtui.tui.secret.allowed_actions import REPLICATION_OPERATIONS, find_denied_reason
from smtui.tui.secret.tabs import REPLICATION, SecretTab
from smtui.tui.secret.value_edit import WriteOutcome
from smtui.tui.undo import inverse
from smtui.tui.undo.aspects import Replicas, make_replicas_aspect
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.tui.session import Session

STATUS = {
    "InSync": ("✓ in sync", "$success"), "InProgress": ("▸ in progress", "$accent"), "Failed": ("✗ failed", "$error"),
}  # fmt: skip
NOT_REPLICATED = "Nothing replicated."
NO_CHOICES: Mapping[str, KeyChoice] = {}
OVERWRITTEN = "Another secret with that name exists in {regions}. Its versions will be permanently deleted."
REMOVED = ("The replica in {region} is deleted immediately, with its versions and labels. The primary in {primary} is "
           "kept.\n{read}")
PROMOTED = ("The replica becomes a standalone secret with its own versions and rotation, and no longer follows "
            "{primary}. To make it a replica again, replicate to that Region and overwrite it.")


class ReplicationScreen(SecretTab):
    """The tab with the primary and the replicas of a secret. It opens from any of them.

    It adds and removes replicas in the Region of the primary and promotes a replica in its own Region, as AWS requires.
    """

    BINDINGS = keys.list_bindings("replication") + keys.list_bindings("tabs")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "Table"
    number = REPLICATION
    change_action = "replication"
    operations = REPLICATION_OPERATIONS

    table = getters.query_one(Table)

    def __init__(self, session: Session, secret_id: str) -> None:
        super().__init__(session, secret_id)
        self.replica_set: ReplicaSet | None = None

    def compose(self) -> ComposeResult:
        yield from self.compose_head()
        with ReadPane(title="Primary and replicas"):
            yield Table(
                Column("Region", _format_region, 14),
                Column("", _format_location, 13, drop=2),
                Column("Status", _format_status, 13),
                Column("", self._format_here, 4),
                Column("KMS key", _format_key, 12, grows=1, names=True),
                Column("Accessed", _format_last_read, 10, drop=1),
                key=_format_region, nothing=SafeText(""),
            )
            yield Static(id="about")
        yield Footer()

    # Display.

    async def load(self) -> None:
        secret = await self.read_secret()
        if secret is None:
            return
        self.replica_set = await call(read_replica_set, self.session, secret)
        self.show_head(secret)
        self.table.put(self.replica_set.members)

    @property
    def current(self) -> Replica | None:
        """The primary or the replica under the cursor; None before the first read."""
        member: Replica | None = self.table.current
        return member

    @on(Table.Moved)
    def _show_current(self) -> None:
        if member := self.current:
            self.query_one("#about", Static).update(Content("\n").join([
                Content.styled(sanitize(member.message), "$error" if member.has_failed else "$text-muted"),
                Content.styled(sanitize(member.arn), "$text-muted"),
            ]))
        self.refresh_bindings()

    def _format_here(self, member: Replica) -> Content:
        return Content.styled("here" if member.region == self.session.region else "", "$text-muted")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offers "retry" only for a failed replica, and "remove" and "promote" only for replicas."""
        if not self.has_read:
            return True
        member = self.current
        if action == "retry" and not (member is not None and member.has_failed):
            return False
        if action in ("delete", "promote") and (member is None or member.is_primary):
            return False
        return super().check_action(action, parameters)

    # Changes.

    def list_resource_ids(self) -> Collection[str]:
        if self.replica_set is None or self.current is None:
            return self.list_secret_ids(None)
        return [*self.list_secret_ids(self.replica_set.primary), self.current.arn]

    def get_region(self, action: str) -> str:
        """Replicas are added and removed in the Region of the primary, and promoted in their own."""
        if self.replica_set is None or self.current is None:
            return self.session.region
        return self.current.region if action == "promote" else self.replica_set.region

    def _require_changeable(self) -> ReplicaSet | None:
        """Returns the replica set if it can be changed; otherwise shows why not and returns None."""
        replica_set = self.replica_set
        if replica_set is None or self.refuses_to_write():
            return None
        if why := find_denied_reason(replica_set.primary, replica_set.region, self.change_action):
            self.say(why, severity="warning")
            return None
        return replica_set

    @gesture
    async def action_add(self) -> None:
        replica_set = self._require_changeable()
        if replica_set is None:
            return
        refused: Sequence[ReplicaRequest] = ()
        problem = ""
        while True:
            name = sanitize(replica_set.name)
            dialog = AddReplicas(name, replica_set.regions, self._choose_key, refused, problem)
            wanted = await self.app.push_screen_wait(dialog)
            if not wanted:
                return
            refused, problem = wanted, NOT_REPLICATED
            try:
                if await self._replicate(replica_set, wanted):
                    return
            except SmtuiError as error:
                if not is_input_kept(error):
                    raise
                problem = explain_error(error)
            replica_set = self.replica_set or replica_set

    async def _choose_key(self, region: str) -> KeyChoice | None:
        return await ask_key(self.app, self.session, sanitize(f"KMS key in {region}"), region)

    @gesture
    async def action_retry(self) -> None:
        """Requests a failed replica again, with the same key."""
        replica_set, member = self._require_changeable(), self.current
        if replica_set is not None and member is not None and member.has_failed:
            reader = self.session.keys(member.region, record_reads=False)
            choice = KeyChoice(member.key, await call(find_key, reader, member.key))
            await self._replicate(replica_set, [ReplicaRequest(member.region, choice)])

    async def _replicate(self, replica_set: ReplicaSet, wanted: Sequence[ReplicaRequest]) -> bool:
        """Replicates to the Regions. It overwrites a secret of the same name only after a question.

        Returns:
            Whether it was done; False if the user answered a question with Cancel.
        """
        title = sanitize(f"Replicate {replica_set.name}")
        looked = await read_for_dialog(self.app, title, lambda: call(look_at_names, self.session, replica_set, wanted))
        if looked is None:
            return False
        seen, occupied = looked
        if occupied:
            question = Confirm(sanitize(f"Overwrite {replica_set.name} in {', '.join(occupied)}?"),
                               sanitize(OVERWRITTEN.format(regions=", ".join(occupied))), "Overwrite")
            if not await self.app.push_screen_wait(question):
                return False
        regions = [each.region for each in wanted]
        replicas = make_replicas_aspect(self.session, replica_set.primary, replica_set.region, regions)
        reader = self.session.combine_clients(replica_set.region, record_reads=False)
        overwritten: list[str] = []
        left: Replicas = {}

        def write() -> None:
            """Checks again which names are taken. The guard has reported changes since the question opened."""
            overwritten[:] = replicate(self.session, replica_set, wanted)
            left.update(replicas.read(reader))

        yours = f"replicate {replica_set.name} to {', '.join(regions)} and overwrite it there"
        choices = {each.region: each.key for each in wanted}
        if not await self._write_as_seen(replica_set, regions, seen, write, yours, "Overwrite anyway", choices):
            return False
        inverse.record_replication(self.session, replica_set, left, overwritten)
        await self.reload()
        self._report_results({*regions})
        return True

    async def _write_as_seen(
        self,
        replica_set: ReplicaSet,
        regions: Collection[str],
        seen: int,
        write: Callable[[], object],
        yours: str,
        insist: str,
        choices: Mapping[str, KeyChoice] = NO_CHOICES,
    ) -> bool:
        """Writes unless others changed the secret in one of the Regions since the question opened; then a dialog asks.

        It asks, too, if the alias of a chosen key points to another key than when the user chose it.

        Args:
            replica_set: the replica set.
            regions: the Regions to check.
            seen: the number of the newest audit event when the question opened.
            write: writes, in the thread of the vault.
            yours: what the user is about to do, for the dialog.
            insist: the text of the button that writes in spite of the changes.
            choices: the keys of new replicas by Region.

        Returns:
            Whether the change was written.
        """
        known = SeenReplicas(seen, {region: choice.target for region, choice in choices.items()})
        guard = guard_replicas(self.session, replica_set.name, regions, known, write, yours, insist, choices)
        outcome, _ = await guard.run(self.app, self.vault, known)
        if outcome is not WriteOutcome.STORED:
            await self.reload()
        return outcome is WriteOutcome.STORED

    def _report_results(self, regions: set[str]) -> None:
        """Shows which of the Regions have a replica now, and why the others failed."""
        assert self.replica_set is not None, "it was loaded before anything was changed"
        asked = [member for member in self.replica_set.members if member.region in regions]
        for failed in (member for member in asked if member.has_failed):
            self.say(f"{failed.region}: {failed.message}", severity="error")
        if made := ", ".join(member.region for member in asked if not member.has_failed):
            self.say(f"{self.replica_set.name} replicated to {made}.")

    @gesture
    async def action_delete(self) -> None:
        """Removes the replica under the cursor after a question."""
        asked = await self._find_replica("Delete the replica of {name} in {region}?")
        if asked is None:
            return
        replica_set, member, seen = asked
        question = sanitize(f"Delete the replica of {replica_set.name} in {member.region}?")
        warning = _describe_removal(replica_set, member)
        if not await self.app.push_screen_wait(Confirm(question, warning, "Delete")):
            return
        write = partial(remove_replica, self.session, replica_set, member.region)
        yours = f"delete the replica in {member.region}"
        if await self._write_as_seen(
            replica_set, {member.region, replica_set.region}, seen, write, yours, "Delete anyway"
        ):
            reader = self.session.keys(member.region, record_reads=False)
            inverse.record_replica_removal(self.session, replica_set, member, await call(find_key, reader, member.key))
            if member.region == self.session.region:
                self.app.look_at_region(replica_set.region, replica_set.primary["ARN"], REPLICATION)
            else:
                await self.report_change(f"Replica of {replica_set.name} in {member.region} deleted.")

    @gesture
    async def action_promote(self) -> None:
        """Promotes the replica under the cursor to an independent secret after a question."""
        asked = await self._find_replica("Promote {name} in {region}?")
        if asked is None:
            return
        replica_set, member, seen = asked
        if not member.exists:
            self.say("Replication failed there. Nothing to promote.")
            return
        title = sanitize(f"Promote {replica_set.name} in {member.region}?")
        text = sanitize(PROMOTED.format(primary=replica_set.region))
        if not await self.app.push_screen_wait(Confirm(title, text, "Promote")):
            return
        write = partial(promote_replica, self.session, member)
        yours = f"promote the replica in {member.region}"
        if await self._write_as_seen(
            replica_set, {member.region, replica_set.region}, seen, write, yours, "Promote anyway"
        ):
            inverse.record_promotion(self.session, replica_set, member)
            await self.report_change(f"{replica_set.name} in {member.region} promoted.")

    async def _find_replica(self, question: str) -> tuple[ReplicaSet, Replica, int] | None:
        """Reads the replica under the cursor again.

        Args:
            question: the title of the card while it reads, with `{name}` and `{region}`.

        Returns:
            The replica set, the replica and the number of the newest audit event; None if there is no such replica, it
            cannot be changed or the user cancels.
        """
        known, member = self._require_changeable(), self.current
        if known is None or member is None or member.is_primary:
            return None
        title = sanitize(question.format(name=known.name, region=member.region))
        looked = await read_for_dialog(self.app, title, lambda: call(look_at_replicas, self.session, known))
        if looked is None:
            return None
        seen, replica_set = looked
        found = next(
            (each for each in replica_set.members if each.region == member.region and not each.is_primary), None
        )
        if found is None:
            self.say(f"{replica_set.name} no longer has a replica in {member.region}.", severity="warning")
            await self.reload()
            return None
        return replica_set, found, seen

    # Navigation.

    @on(Table.Selected)
    def action_open(self) -> None:
        """Opens this tab of the secret in the Region under the cursor."""
        member = self.current
        if member is None or member.region == self.session.region:
            return
        if not member.exists:
            self.say(f"{member.region}: {member.message}", severity="warning")
        else:
            self.app.look_at_region(member.region, member.arn, REPLICATION)

    @gesture
    async def action_copy(self) -> None:
        if member := self.current:
            await self.app.copy(member.arn, f"ARN in {member.region}")


def _describe_removal(replica_set: ReplicaSet, member: Replica) -> SafeText:
    """Says what is lost when a replica is removed, and when it was last read."""
    read = "Never accessed there."
    if member.last_read:
        read = f"Last accessed there on {format_date(member.last_read)}."
    return sanitize(REMOVED.format(region=member.region, primary=replica_set.region, read=read), lines=True)


def _format_region(member: Replica) -> SafeText:
    return sanitize(member.region)


def _format_location(member: Replica) -> SafeText:
    return sanitize(REGIONS.get(member.region, ""))


def _format_status(member: Replica) -> Content:
    words, style = ("● primary", "bold") if member.is_primary else STATUS[member.status]
    return Content.styled(words, style)


def _format_key(member: Replica) -> SafeText:
    return sanitize(shorten_key_id(member.key).removeprefix("alias/"))


def _format_last_read(member: Replica) -> SafeText:
    return format_date(member.last_read) or SafeText("never")
