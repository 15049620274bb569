"""Tests of background jobs: their progress, and their end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

import smtui
from smtui.api.errors import ClientError
from smtui.text.sanitize import SafeText
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.dialogs.job import JobDialog
from smtui.tui.jobs.job import Progress, run_job
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.session import Session
from smtui.tui.shell import Task
from smtui.tui.unlock.screen import UnlockScreen
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, paste, said, screen_text, until
from tests.tui.driver import get_screen
from tests.waiting import LIMIT

SMALL = (80, 24)


class Slow:
    """A job that creates ten secrets in one transaction, and waits for `go_on` after each."""

    def __init__(self) -> None:
        self.go_on = threading.Semaphore(0)
        self.ended: list[str] = []

    def __call__(self, vault: smtui.Vault, progress: Progress) -> int:
        try:
            with vault.transaction():
                for number in range(10):
                    progress("making", number, 10)
                    vault.client().create_secret(Name=f"made-{number}", SecretString="x")
                    self.go_on.acquire(timeout=LIMIT)
        except BaseException as error:
            self.ended.append(type(error).__name__)
            raise
        return 10

    async def task(self, app: SmtuiApp, session: Session) -> None:
        count = await run_job(app, SafeText("Making"), self)
        app.notify(f"{count} are made.")


@pytest.fixture
def slow() -> Slow:
    return Slow()


def names(vault: smtui.Vault) -> list[str]:
    return [secret["Name"] for secret in vault.client().list_secrets()["SecretList"]]


async def test_it_shows_how_far_it_is_and_what_came_of_it(app: MakeApp, slow: Slow, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(slow.task)
        await until(pilot, lambda: "making" in screen_text(running))
        slow.go_on.release(5)
        await until(pilot, lambda: "making 5 of 10" in screen_text(running))
        assert "50%" in screen_text(running)
        slow.go_on.release(5)
        await until(pilot, lambda: said(running) == ["10 are made."])

        assert isinstance(running.screen, SecretsScreen)
        assert len(names(vault)) == 10


async def begin_in_background(running: SmtuiApp, pilot: Pilot[None], slow: Slow) -> None:
    """Begins the job and leaves its dialog when two of the ten secrets are made."""
    await until(pilot, lambda: running.session)
    running.run_task(slow.task)
    await until(pilot, lambda: isinstance(running.screen, JobDialog))
    slow.go_on.release(2)
    await pilot.press("f9")
    await until(pilot, lambda: "Making 20%" in screen_text(running))


async def test_one_can_go_on_beside_it(app: MakeApp, slow: Slow) -> None:
    """F9 leaves the dialog, the footer shows the progress, and F9 opens the dialog again."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await begin_in_background(running, pilot, slow)
        await pilot.press("slash", "m")
        assert get_screen(running, SecretsScreen).filter.value == "m"
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(running.screen, JobDialog))
        slow.go_on.release(8)
        await until(pilot, lambda: said(running) == ["10 are made."])

        assert "Making" not in screen_text(running)


async def test_what_is_stopped_leaves_nothing(app: MakeApp, slow: Slow, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(slow.task)
        await until(pilot, lambda: isinstance(running.screen, JobDialog))
        await pilot.press("escape")
        slow.go_on.release(10)
        await until(pilot, lambda: said(running) == ["Cancelled. Nothing was changed."])

        assert isinstance(running.screen, SecretsScreen)
        assert names(vault) == []


@pytest.mark.usefixtures("never_idle")
async def test_a_long_question_is_stopped_in_the_middle(app: MakeApp) -> None:
    """Esc interrupts a running SQL statement."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(working(lambda vault, progress: vault._state.database.fetch_row(endless)))
        await until(pilot, lambda: isinstance(running.screen, JobDialog))
        await pilot.press("escape")

        await until(pilot, lambda: said(running) == ["Cancelled. Nothing was changed."])


async def test_the_lock_ends_it(app: MakeApp, slow: Slow, vault: smtui.Vault) -> None:
    """The screen locks at once. After the lock, no thread and no open file remains."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(slow.task)
        await until(pilot, lambda: isinstance(running.screen, JobDialog))
        locking = asyncio.ensure_future(running.lock())
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))
        assert not locking.done()
        slow.go_on.release(10)
        await locking

        assert slow.ended == ["JobStoppedError"]
        assert said(running) == []
        assert [path.name for path in vault.path.parent.iterdir() if "vault" in path.name] == ["test.vault"]
        with smtui.open_vault(vault.path, PASSPHRASE) as again:
            assert names(again) == []
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(pilot, lambda: running.session is not None)
        assert said(running) == ["Making was stopped by the lock (making 0 of 10). Nothing was changed."]


async def test_there_is_one_at_a_time(app: MakeApp, slow: Slow) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(slow.task)
        await until(pilot, lambda: isinstance(running.screen, JobDialog))
        running.run_task(slow.task)
        await until(pilot, lambda: said(running))
        assert said(running) == ["Making is still in progress.\nWait until it is done, or cancel it."]
        slow.go_on.release(10)
        await until(pilot, lambda: running.session and running.session.job is None)


async def test_a_refusal_is_said(app: MakeApp) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(working(lambda vault, progress: vault.client().describe_secret(SecretId="absent")))

        await until(pilot, lambda: said(running))
        assert "can't find" in said(running)[0]


def working(function: Callable[[smtui.Vault, Progress], Any]) -> Task:
    async def task(app: SmtuiApp, session: Session) -> None:
        await run_job(app, SafeText("Working"), function)

    return task


@pytest.mark.parametrize("mounted", [True, False], ids=["mounted", "not mounted yet"])
async def test_its_dialog_takes_no_other_away(app: MakeApp, slow: Slow, mounted: bool) -> None:
    """A dialog above the job's dialog stays open when the job ends, and gets the user's answer."""
    running = app()
    question, answers = Confirm(SafeText("Go on?"), SafeText(), "Go on"), list[bool | None]()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        slow.go_on.release(9)
        task = running.run_task(slow.task)
        await until(pilot, lambda: running.job_status and running.job_status.done == 9)
        await until(pilot, lambda: isinstance(running.screen, JobDialog) and running.screen.is_mounted)
        if not mounted:
            await running.pop_screen()
            running.show_job()
        running.push_screen(question, answers.append)
        slow.go_on.release()
        await until(pilot, lambda: task.is_finished and said(running))
        await until(pilot, lambda: question.is_mounted)
        assert running.screen is question
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(running.screen, SecretsScreen))

        assert answers == [True]
        assert not any(isinstance(screen, JobDialog) for screen in running.screen_stack)


async def test_the_end_removes_a_dialog_that_is_not_mounted_yet(
    app: MakeApp, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next dialog of the task opens above the screen where it began."""
    monkeypatch.setattr("smtui.tui.jobs.job.SHOW_AFTER", 3600.0)  # the test itself opens the dialog
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(slow.task)
        await until(pilot, lambda: running.session and running.session.job)
        assert running.session is not None and running.session.job is not None
        running.show_job()
        assert isinstance(running.screen, JobDialog) and not running.screen.is_mounted
        running.session.job.is_over = True
        running.refresh_job()
        assert isinstance(running.screen, SecretsScreen)
        slow.go_on.release(10)
        await until(pilot, lambda: said(running) == ["10 are made."])


@pytest.mark.usefixtures("filled")
async def test_what_ends_at_once_is_not_shown(app: MakeApp) -> None:
    """A job that ends at once shows no dialog."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        done = running.run_task(working(lambda vault, progress: progress("x", 1, 1)))
        seen: set[type] = set()
        await until(pilot, lambda: seen.add(type(running.screen)) or done.is_finished)

        assert seen == {SecretsScreen}
        assert not isinstance(done.error, ClientError)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_quitting_asks_first_while_it_runs(app: MakeApp, slow: Slow, vault: smtui.Vault, key: str) -> None:
    """Enter lets it run; only the other answer stops it. The lock and signals do not ask."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await begin_in_background(running, pilot, slow)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        text = str(running.screen.query_one("#text", Static).render())
        assert text == "Making is running (making 2 of 10). It will be stopped, and its changes are discarded."
        assert running.focused is not None
        assert running.focused.id == "cancel"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, SecretsScreen))
        assert not vault.locked
        assert running.session
        assert running.session.job

        await pilot.press(key)
        await until(pilot, lambda: isinstance(running.screen, Confirm))
        await pilot.press("tab", "enter")
        slow.go_on.release(10)
        await until(pilot, lambda: vault.locked)

    assert slow.ended == ["JobStoppedError"]


async def test_quitting_when_it_is_over_asks_nothing(app: MakeApp, slow: Slow, vault: smtui.Vault) -> None:
    running = app()
    slow.go_on.release(10)
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        running.run_task(slow.task)
        await until(pilot, lambda: said(running) == ["10 are made."])
        await pilot.press("q")
        await until(pilot, lambda: vault.locked)
