"""Tests of dialogs that read before they open: they show progress or the error, and F12 reads again."""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen

import smtui
from smtui.api.errors import VaultBusyError
from smtui.text.sanitize import SafeText
from smtui.tui.app import SmtuiApp
from smtui.tui.audit.retention import set_retention
from smtui.tui.dialogs.one_line import OneLine
from smtui.tui.dialogs.pick import Pick
from smtui.tui.dialogs.read_first import ReadingDialog, read_for_dialog
from smtui.tui.kms.screen import KmsKeysScreen
from smtui.tui.policy.screen import PolicyScreen
from smtui.tui.replication.screen import ReplicationScreen
from smtui.tui.rotation.screen import RotationScreen
from smtui.tui.secret.compare import CompareScreen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret.tabs import VERSIONS
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.vault.database import Database
from tests.tui.conftest import BOB, MakeApp, screen_text, until, version_id
from tests.tui.driver import get_screen, get_session, run_cases
from tests.tui.test_read_states import holding, listed, settle

SMALL = (80, 24)
SECRET = "prod/db"
BUSY = "Another program is at it."
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"AWS": BOB}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})
Prepare = Callable[[SmtuiApp, Pilot[None]], Awaitable[None]]


@dataclass(frozen=True)
class Case:
    """A dialog: `prepare` opens its screen, `key` opens the dialog."""

    title: str
    prepare: Prepare
    key: str = ""
    then: str = ""
    """A text in the dialog after everything is read."""


async def open_screen(app: SmtuiApp, pilot: Pilot[None], make: Callable[[Any], Any]) -> Any:
    screen = make(app.session)
    await app.push_screen(screen)
    await settle(pilot)
    return screen


async def secret(app: SmtuiApp, pilot: Pilot[None]) -> None:
    await open_screen(app, pilot, lambda session: SecretScreen(session, SECRET))


async def versions(app: SmtuiApp, pilot: Pilot[None]) -> None:
    screen = await open_screen(app, pilot, lambda session: SecretScreen(session, SECRET, VERSIONS))
    await until(pilot, lambda: screen.labels.get("AWSPREVIOUS"))


async def rotation_form(app: SmtuiApp, pilot: Pilot[None]) -> None:
    await open_screen(app, pilot, lambda session: RotationScreen(session, SECRET))
    await pilot.press("e")
    await until(pilot, lambda: app.screen.query("#function"))
    app.screen.query_one("#function").focus()


async def replica(app: SmtuiApp, pilot: Pilot[None]) -> None:
    await open_screen(app, pilot, lambda session: ReplicationScreen(session, SECRET))
    await pilot.press("j")


async def key(app: SmtuiApp, pilot: Pilot[None]) -> None:
    screen = await open_screen(app, pilot, KmsKeysScreen)
    while screen.current.name != "alias/own":
        await pilot.press("j")


async def new_alias(app: SmtuiApp, pilot: Pilot[None]) -> None:
    await key(app, pilot)
    await pilot.press("A")
    await until(pilot, lambda: isinstance(app.screen, Pick))
    await pilot.press("enter", "x")


async def described(app: SmtuiApp, pilot: Pilot[None]) -> None:
    await secret(app, pilot)
    await pilot.press("i")
    await until(pilot, lambda: app.screen.query("Input"))
    await pilot.press("x", "enter")
    await settle(pilot)


async def list_of_secrets(app: SmtuiApp, pilot: Pilot[None]) -> None:
    secrets = get_screen(app, SecretsScreen).secrets
    while secrets.current["Name"] != SECRET:
        await pilot.press("j")


async def compared(app: SmtuiApp, pilot: Pilot[None]) -> None:
    labels = {"AWSPREVIOUS": version_id(1), "AWSCURRENT": version_id(2)}
    await open_screen(app, pilot, lambda session: CompareScreen(
        session, SECRET, SafeText(SECRET), labels, version_id(1), version_id(2)))


async def policy(app: SmtuiApp, pilot: Pilot[None]) -> None:
    get_session(app).client().put_resource_policy(SecretId=SECRET, ResourcePolicy=POLICY)
    await open_screen(app, pilot, lambda session: PolicyScreen(session, SECRET))


async def policy_edited(app: SmtuiApp, pilot: Pilot[None]) -> None:
    await policy(app, pilot)
    await pilot.press("e", "space")
    await settle(pilot)


async def retention(app: SmtuiApp, pilot: Pilot[None]) -> None:
    """Does nothing; `begin` runs the task of the vault screen."""


CASES = {
    "key of a secret": Case("KMS key for prod/db", secret, "K", "alias/own"),
    "function": Case("Rotation function", rotation_form, "enter", "maker"),
    "replica removed": Case("Delete the replica of prod/db in eu-west-1?", replica, "d", "The primary in us-east-1"),
    "replica promoted": Case("Promote prod/db in eu-west-1?", replica, "P", "standalone secret"),
    "secrets of a key": Case("Secrets encrypted with alias/own", key, "enter", "under-own"),
    "key disabled": Case("Disable alias/own?", key, "z", "1 version"),
    "key deleted": Case("Schedule deletion of alias/own?", key, "d", "under-own"),
    "alias": Case("Alias for alias/own", new_alias, "enter"),
    "label": Case("Roll back to the previous version?", versions, "b", "AWSPREVIOUS"),
    "value": Case("New value of prod/db", secret, "e", "user"),
    "copy": Case("Copy which key of prod/db?", list_of_secrets, "y", "user"),
    "key of a version copied": Case("prod/db, version 00000001, password", compared, "y"),
    "key of a version revealed": Case("prod/db, version 00000001, password", compared, "r"),
    "policy validated": Case("Validate the policy of prod/db", policy, "f3"),
    "policy attached": Case("Attach this policy to prod/db?", policy_edited, "ctrl+s"),
    "undo": Case("Undo", described, "u", "UpdateSecret"),
    "retention": Case("Audit log retention in days", retention, "", "0"),
}


@pytest.fixture
def kept(database: Any, vault: smtui.Vault) -> smtui.Vault:
    """Returns a vault with a function, a key, a replica and `prod/db`."""
    vault.rotations().create_function(FunctionName="maker", Password={})
    keys = vault.keys()
    own = keys.create_key()["KeyMetadata"]["KeyId"]
    keys.create_alias(AliasName="alias/own", TargetKeyId=own)
    database.create_secret(Name="under-own", SecretString="x", KmsKeyId="alias/own")
    database.replicate_secret_to_regions(SecretId=SECRET, AddReplicaRegions=[{"Region": "eu-west-1"}])
    return vault


@contextmanager
def reading_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Blocks reads of the vault in other threads until the yielded function is called, except in transactions."""
    gate = threading.Event()

    def wait_before(read: Callable[..., Any]) -> Callable[..., Any]:
        def wait(database: Database, *args: Any, **how: Any) -> Any:
            if threading.current_thread() is not threading.main_thread() and not database._lock._is_owned():
                gate.wait()
            return read(database, *args, **how)
        return wait

    with monkeypatch.context() as patch:
        for method in ("fetch_row", "fetch_rows", "transaction"):
            patch.setattr(Database, method, wait_before(getattr(Database, method)))
        try:
            yield gate.set
        finally:
            gate.set()


@contextmanager
def reading_refused(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object, **__: object) -> Any:
        raise VaultBusyError(BUSY)

    with monkeypatch.context() as patch:
        for method in ("fetch_row", "fetch_rows"):
            patch.setattr(Database, method, refuse)
        yield


async def begin(app: SmtuiApp, pilot: Pilot[None], case: Case) -> None:
    if case.key:
        await pilot.press(case.key)
    else:
        app.run_task(set_retention)


async def reading(app: SmtuiApp, pilot: Pilot[None], state: str) -> None:
    """Waits until the reading dialog shows this state."""
    await until(pilot, lambda: isinstance(app.screen, ReadingDialog) and state in card(app))


def card(app: SmtuiApp) -> str:
    """Returns the text of the card, without frames and line breaks."""
    return " ".join(" ".join(str(each.render()) for each in app.screen.query(".card Static")).split())


async def test_one_that_reads_slowly_opens_and_says_so(
    app: MakeApp, kept: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading dialog shows the title and "Reading…", and is replaced by the dialog."""
    async with run_cases(app()) as cases:
        for name, case in CASES.items():
            async with cases.case(name):
                await case.prepare(cases.app, cases.pilot)
                with reading_held(monkeypatch) as release:
                    await begin(cases.app, cases.pilot, case)
                    await reading(cases.app, cases.pilot, "Reading…")
                    assert case.title in card(cases.app)
                    release()
                    await see_the_dialog(cases.app, cases.pilot, case)


async def test_escape_leaves_at_once_and_nothing_comes_after(
    app: MakeApp, kept: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_cases(app()) as cases:
        running, pilot = cases.app, cases.pilot
        for name, case in CASES.items():
            async with cases.case(name):
                await case.prepare(running, pilot)
                beneath = running.screen
                with reading_held(monkeypatch) as release:
                    await begin(running, pilot, case)
                    await reading(running, pilot, "Reading…")
                    await pilot.press("escape")
                    kind = type(beneath)
                    await until(pilot, lambda kind=kind: type(running.screen) is kind)
                    release()
                    await pilot.pause()
                    await until(pilot, lambda: running.input.is_idle)

                    assert isinstance(running.screen, OneLine) if name == "alias" else running.screen is beneath


async def test_one_that_cannot_read_says_why_and_reads_again_with_one_key(
    app: MakeApp, kept: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_cases(app()) as cases:
        running, pilot = cases.app, cases.pilot
        for name, case in CASES.items():
            async with cases.case(name):
                await case.prepare(running, pilot)
                with reading_refused(monkeypatch):
                    await begin(running, pilot, case)
                    await reading(running, pilot, f"Could not read: {BUSY} F12 retries.")
                    assert case.title in card(running)
                    await pilot.press("f12")
                    await until(pilot, lambda: running.input.is_idle)
                    await reading(running, pilot, f"Could not read: {BUSY} F12 retries.")
                await pilot.press("f12")
                await see_the_dialog(running, pilot, case)


async def see_the_dialog(app: SmtuiApp, pilot: Pilot[None], case: Case) -> None:
    """Waits until the dialog has replaced the reading dialog."""
    await until(pilot, lambda: not isinstance(app.screen, ReadingDialog))
    if case.then:
        await until(pilot, lambda: isinstance(app.screen, ModalScreen) and case.then in
                    " ".join(screen_text(app).split()))


async def test_what_is_typed_ahead_is_for_the_dialog(app: MakeApp, kept: smtui.Vault) -> None:
    """Keys that arrive during the read select the second key of the list."""
    running = app()
    async with running.run_test(size=SMALL) as pilot, holding() as held:
        await listed(running, pilot)
        await secret(running, pilot)
        await held.hold()
        press = ("K", "j", "enter")
        for each in press:
            running.input.put(_key(running, each))
        await reading(running, pilot, "Reading…")
        await held.release()
        await until(pilot, lambda: kept.client().describe_secret(SecretId=SECRET).get("KmsKeyId"))

        assert kept.client().describe_secret(SecretId=SECRET)["KmsKeyId"].endswith("alias/own")


def _key(app: SmtuiApp, key: str) -> Any:
    from textual import events

    return events.Key(key, key if len(key) == 1 else None)


async def test_where_there_is_nothing_the_dialog_says_so(app: MakeApp, kept: smtui.Vault) -> None:
    keys = kept.keys()
    keys.create_alias(AliasName="alias/unused", TargetKeyId=keys.create_key()["KeyMetadata"]["KeyId"])
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await listed(running, pilot)
        screen = await open_screen(running, pilot, KmsKeysScreen)
        while screen.current.name != "alias/unused":
            await pilot.press("j")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, Pick))
        assert "Secrets encrypted with alias/unused No secrets." in card(running)
        await pilot.press("j", "enter", "escape")
        await until(pilot, lambda: running.screen is screen)


async def test_what_is_read_at_once_needs_no_card(app: MakeApp, kept: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await listed(running, pilot)
        stack = list(running.screen_stack)

        async def load() -> int:
            return 0

        assert await read_for_dialog(running, SafeText("Anything"), load) == 0
        assert running.screen_stack == stack
