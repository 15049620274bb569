"""The screen "Access": the agent and the endpoint that serve this vault, who may call them, and what is called."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from smtui.text.sanitize import SafeText, sanitize
from smtui.tui import keys
from smtui.tui.access.facts import format_facts
from smtui.tui.base_screen import SessionScreen
from smtui.tui.bridge import call, gesture
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.help import places
from smtui.tui.widgets.chrome import Footer
from smtui.tui.widgets.panel import Panel
from smtui.tui.widgets.read_pane import ReadPane
from smtui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from smtui.tui.access.facts import Status
    from smtui.tui.session import Session

Caller = Mapping[str, Any]
Request = Mapping[str, Any]
KEPT = 200
"""The number of requests that the screen keeps."""
WARNING = SafeText(
    "While it runs, every program of your user can read every secret of this vault without the passphrase, through the "
    "agent; programs with its credentials also through the endpoint. Each use is in the audit log. Both end when the "
    "screens lock.")
POLICIES = {"admin": "allow all", "none": "allow nothing"}


class AccessScreen(SessionScreen[None]):
    """Shows the facts above a table of the callers and one of the last requests, newest first."""

    place = places.ACCESS
    BINDINGS = keys.list_bindings("access")
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#callers"

    callers = getters.query_one("#callers", Table)
    requests = getters.query_one("#requests", Table)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._status: Status | None = None
        self._requests: deque[Request] = deque(maxlen=KEPT)
        self._with_names = False

    def compose(self) -> ComposeResult:
        yield self.create_header()
        with ReadPane(), Vertical():
            with Panel(title="Access", id="about"):
                yield Static(id="facts")
            with Panel(title="Callers", id="callers-area"):
                yield Table(
                    Column("Caller", lambda caller: sanitize(_get_resource(caller["arn"])), 16, grows=1, names=True),
                    Column("Own policies", lambda caller: SafeText(POLICIES.get(caller["identity"], "")), 14),
                    Column("Access key ID", lambda caller: sanitize(caller["access_key_id"]), 20),
                    Column("Requests", lambda caller: SafeText(f"{caller['requests']:,}"), 8),
                    key=lambda caller: caller["access_key_id"], nothing=SafeText("No endpoint is running."),
                    id="callers",
                )
            with Panel(title="Requests", id="requests-area"):
                yield Table(
                    Column("Time", _format_time, 8),
                    Column("Caller", lambda request: sanitize(_get_resource(request["caller"])), 9, grows=1,
                           names=True),
                    Column("Operation", lambda request: sanitize(request["operation"]), 18, grows=1),
                    Column("Outcome", _format_outcome, 15, grows=1),
                    Column("ms", lambda request: SafeText(f"{request['milliseconds']:,.1f}"), 6),
                    Column("Secret", self._format_secret, 10, grows=1, names=True),
                    Column("Client", lambda request: sanitize(request["client"]), 16, grows=2, drop=1),
                    key=lambda request: request["number"], nothing=SafeText("No requests yet."), id="requests",
                )
        yield Footer()

    # Reading.

    async def load(self) -> None:
        before = self._status
        self._status = await call(self.session.agent.read_status)
        if _get_process(before) != _get_process(self._status):
            self._requests.clear()
        if self._status is not None:
            above = self._requests[0]["number"] if self._requests else 0
            more = await call(self.session.agent.list_requests, above, with_names=self._with_names)
            self._requests.extendleft(more)
        self._show()

    async def look_for_more(self) -> None:
        await self.load()

    def _show(self) -> None:
        self.query_one("#facts", Static).update(format_facts(
            self._status, self.find_key("access.start"), self.session.idle_lock, self.session.seconds_to_lock))
        self.callers.put(self._list_callers())
        self.requests.put(list(self._requests))
        self.refresh_bindings()

    def _list_callers(self) -> Sequence[Caller]:
        return [caller for endpoint in self._endpoints for caller in endpoint["callers"]]

    @property
    def _endpoints(self) -> Sequence[Mapping[str, Any]]:
        return [] if self._status is None else self._status["endpoints"]

    def _format_secret(self, request: Request) -> SafeText | Content:
        return sanitize(request["secret"]) if self._with_names else Content.styled("hidden", "$text-muted")

    # Actions.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        status = self._status
        if action == "start":
            return not self._endpoints or bool(status and status["locked"] and status["here"])
        if action in ("stop", "toggle_names"):
            return status is not None
        if action == "lock_agent":
            return status is not None and not status["locked"]
        return bool(self._endpoints) if action in ("revoke", "copy") else True

    @gesture
    async def action_start(self) -> None:
        """Starts an endpoint; without an agent, an agent in this process, after a question."""
        if self._status is None and not await self.app.push_screen_wait(
            Confirm(SafeText("Start an agent with an endpoint?"), WARNING, "Start", can_be_undone=True)
        ):
            return
        url = await call(self.session.agent.start, read_only=self.read_only)
        await self.report_change(f"Serving at {url}.")

    @gesture
    async def action_stop(self) -> None:
        """Stops the endpoint; if none is running, the agent."""
        if self._endpoints:
            url = self._endpoints[0]["url"]
            question = Confirm(sanitize(f"Stop the endpoint at {url}?"),
                               SafeText("Its connections end, and its credentials are refused from then on."), "Stop")
            if await self.app.push_screen_wait(question):
                await call(self.session.agent.stop_endpoint, url)
                await self.report_change("The endpoint is stopped.")
            return
        question = Confirm(SafeText("Stop the agent?"), SafeText("Commands then need the passphrase again."), "Stop")
        if self._status is not None and await self.app.push_screen_wait(question):
            await call(self.session.agent.stop_agent)
            await self.report_change("The agent is stopped.")

    @gesture
    async def action_lock_agent(self) -> None:
        """Locks the agent; the screens stay unlocked."""
        await call(self.session.agent.lock)
        await self.report_change("The agent is locked.")

    @gesture
    async def action_revoke(self) -> None:
        """Refuses the access key of the caller under the cursor from now on."""
        caller: Caller | None = self.callers.current
        if caller is None:
            return
        name = _get_resource(caller["arn"])
        then = "The owner gets a new key pair."
        if caller["name"]:
            then = f"The caller is removed from this {'vault' if caller['is_stored'] else 'endpoint'}."
        key = caller["access_key_id"]
        question = Confirm(sanitize(f"Revoke the access key of {name}?"),
                           sanitize(f"Requests with {key} are refused from now on. {then}"), "Revoke")
        if await self.app.push_screen_wait(question):
            await call(self.session.agent.revoke, key)
            await self.report_change(f"{key} is revoked.")

    @gesture
    async def action_copy(self) -> None:
        """Copies the environment variables for a program of the caller under the cursor, as lines for a shell."""
        from smtui.server.endpoint_environment import format_exports

        caller: Caller | None = self.callers.current
        if caller is not None:
            name = _get_resource(caller["arn"])
            found = await call(self.session.agent.find_environment, caller["name"] or None)
            await self.app.copy(format_exports(found) + "\n", f"Environment variables of {name}")

    @gesture
    async def action_toggle_names(self) -> None:
        """Shows or hides the names of the secrets in the requests."""
        self._with_names = not self._with_names
        self._requests.clear()
        await self.load()


def _get_process(status: Status | None) -> object:
    return None if status is None else (status["pid"], status["here"])


def _get_resource(arn: str) -> str:
    """The last part of an ARN, such as `user/alice`."""
    return arn.rpartition(":")[2]


def _format_time(request: Request) -> SafeText:
    return sanitize(f"{datetime.fromisoformat(request['time']).astimezone():%H:%M:%S}")


def _format_outcome(request: Request) -> Content:
    outcome = Content(sanitize(request["outcome"]))
    return outcome.stylize("$success" if request["outcome"] == "done" else "$error")
