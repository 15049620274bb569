"""Tests of the vault screen: check, backup, import, export, passphrase, and information about the vault."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

import smtui
from smtui.backends import keyring_store
from smtui.backends.maintenance import Maintenance
from smtui.passphrase import strength
from smtui.passphrase.strength import Strength
from smtui.system.settings import Settings, load_settings
from smtui.tui.app import SmtuiApp
from smtui.tui.dialogs.ask_path import AskPath
from smtui.tui.unlock.recovery_code import UNSEEN, RecoveryScreen
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.vault.import_form import ImportForm
from smtui.tui.vault.import_plan import ImportPlan
from smtui.tui.vault.screen import VaultScreen
from smtui.tui.vault.tasks import TASKS
from smtui.tui.widgets.passphrase import Passphrase
from tests.conftest import PASSPHRASE, by_another_program
from tests.transfer.sources.kdbx_writer import make_document, write_4
from tests.tui.conftest import MakeApp, palette_is_ready, paste, said, screen_text, types, until
from tests.tui.driver import get_screen, join_screen_text
from tests.waiting import LIMIT

SMALL, LARGE = (80, 24), (120, 36)
NEW = "tableware unsubtle sauna getaway armory hush"


async def at(pilot: Pilot[None], running: SmtuiApp, task: str) -> None:
    """Opens the vault screen with the cursor on a task."""
    await until(pilot, lambda: running.session)
    before = running.screen
    await pilot.press("o", "v")
    await until(pilot, lambda: isinstance(running.screen, VaultScreen) and running.screen is not before
                and "Account" in screen_text(running))
    number = next(number for number, each in enumerate(TASKS) if each.title == task)
    await pilot.press("home", *["down"] * number, "enter")


async def test_what_the_vault_is_can_be_read(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """The screen shows the path, the account, the secrets per Region, and the settings file."""
    vault.client(region_name="eu-west-1").create_secret(Name="abroad", SecretString="x")
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: running.session)
        await pilot.press("o", "v")
        await until(pilot, lambda: "us-east-1 (5), eu-west-1 (1)" in screen_text(running))

        for words in ("test.vault", "bytes, format", "000000000000", "config.toml", "after 5 minutes"):
            assert words in screen_text(running)


async def test_a_whole_vault_is_found_whole(app: MakeApp, filled: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "Check")

        await until(pilot, lambda: "No issues found." in screen_text(running))
        assert "5 secrets" in screen_text(running)


async def test_what_is_wrong_is_told(vault: smtui.Vault, filled: Any, tmp_path: Path) -> None:
    """Another program changed the audit log of a copy."""
    path, key = tmp_path / "copy.vault", vault.unlock_key()
    vault.maintenance.backup(path)
    by_another_program(path, key, "UPDATE audit_events SET event = replace(event, 'stripe', 'strope')")
    with smtui.open_vault(path, key=key) as copy:
        running = SmtuiApp(path, Settings(), vault=copy)
        async with running.run_test(size=SMALL) as pilot:
            await at(pilot, running, "Check")

            await until(pilot, lambda: "✗ audit log: " in screen_text(running))
            assert "findings. Keep this file unchanged and open a backup." in screen_text(running)


async def test_a_backup_is_written_where_one_says(app: MakeApp, vault: smtui.Vault, filled: Any) -> None:
    """The default path is beside the vault with the date; an existing file is replaced after a confirmation."""
    target = vault.path.with_name("test-2026-03-02.vault")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "Backup")
        await until(pilot, lambda: "A complete copy" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: target.exists() and "Backup written" in "".join(said(running)))
        first = target.stat().st_ino
        await pilot.press("enter")
        await until(pilot, lambda: "A complete copy" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: "The existing file will be replaced" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, VaultScreen))
        assert target.stat().st_ino == first

    with smtui.open_vault(target, PASSPHRASE) as copy:
        assert len(copy.client().list_secrets()["SecretList"]) == 5


async def test_another_passphrase(app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new recovery code is shown, and the session continues."""
    monkeypatch.setattr(strength, "estimate_strength", lambda typed: Strength(78))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "New passphrase")
        await until(pilot, lambda: "The vault is re-encrypted" in screen_text(running))
        for _ in range(2):
            await paste(pilot, NEW)
            await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, RecoveryScreen))
        code = str(running.screen.query_one("#code").render())
        await pilot.press("tab", "enter")
        await until(pilot, lambda: said(running))
        assert running.session is not None
        running.session.client().create_secret(Name="after", SecretString="x")

    smtui.open_vault(vault.path, NEW).close()
    smtui.open_vault(vault.path, recovery_code=code).close()


@pytest.mark.parametrize("shown_first", [True, False], ids=["while the code is shown", "before it is"])
async def test_a_lock_tells_of_a_recovery_code_that_nobody_has(
    app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch, shown_first: bool,
) -> None:
    """If the vault locks before the new code is shown, a message says that the user's code is no longer valid."""
    monkeypatch.setattr(strength, "estimate_strength", lambda typed: Strength(78))
    running = app()
    real, sealed = Maintenance.change_passphrase, threading.Event()

    def locked_at_the_end(self: Maintenance, *how: Any) -> None:
        real(self, *how)
        sealed.set()
        if not shown_first:
            locking.wait(LIMIT)

    locking = threading.Event()
    monkeypatch.setattr(Maintenance, "change_passphrase", locked_at_the_end)
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "New passphrase")
        await until(pilot, lambda: "The vault is re-encrypted" in screen_text(running))
        for _ in range(2):
            await paste(pilot, NEW)
            await pilot.press("enter")
        await until(pilot, sealed.is_set)
        if shown_first:
            await until(pilot, lambda: isinstance(running.screen, RecoveryScreen))
        lock = asyncio.create_task(running.lock())
        await until(pilot, lambda: running.session is None)
        locking.set()
        await lock
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))

        assert said(running) == [UNSEEN]
    smtui.open_vault(vault.path, NEW).close()


async def test_another_program_that_has_it_open_is_in_the_way(
    app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A change of the passphrase needs exclusive access; a message says so, and nothing changes."""
    monkeypatch.setattr(strength, "estimate_strength", lambda typed: Strength(78))
    monkeypatch.setattr("smtui.vault.opening.BUSY_MILLISECONDS", 100)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        with smtui.open_vault(vault.path, PASSPHRASE) as other:
            other.client().list_secrets()
            await at(pilot, running, "New passphrase")
            await until(pilot, lambda: "The vault is re-encrypted" in screen_text(running))
            for _ in range(2):
                await paste(pilot, NEW)
                await pilot.press("enter")

            await until(pilot, lambda: "Another process has the vault open" in "".join(said(running)))
    smtui.open_vault(vault.path, PASSPHRASE).close()


async def test_the_palette_knows_places_and_tasks(app: MakeApp, filled: Any) -> None:
    """The command palette lists places and tasks everywhere in a session."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "5 secrets" in screen_text(running))
        for asked, seen in (("vault check", "No issues found."), ("go regions", "Regions of this vault")):
            await pilot.press("ctrl+p")
            await pilot.pause()
            await types(pilot, asked)
            await palette_is_ready(pilot)
            await pilot.press("enter")
            await until(pilot, lambda seen=seen: seen in screen_text(running))  # type: ignore[misc]
            await pilot.press("escape")


@pytest.fixture
def env(tmp_path: Path, client: Any) -> Path:
    """Writes a file of three variables: a new one, an unchanged one, and one with another value."""
    client.create_secret(Name="dev/SAME", SecretString="1")
    client.create_secret(Name="dev/OTHER", SecretString="old")
    (tmp_path / ".env").write_text("NEW=3\nSAME=1\nOTHER=new\n")
    return tmp_path / ".env"


async def ask_to_import(pilot: Pilot[None], running: SmtuiApp, file: Path) -> None:
    await at(pilot, running, "Import")
    await until(pilot, lambda: "A preview is shown first" in screen_text(running))
    await paste(pilot, str(file))
    await pilot.press("tab")
    await types(pilot, "dev/")
    await pilot.press("ctrl+s")


async def test_an_import_says_first_what_it_would_do(app: MakeApp, env: Path, client: Any) -> None:
    """Secrets with other values are left alone, unless the user chooses to update them."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, env)
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
        assert "new secrets 1, unchanged 1, skipped 1" in screen_text(running)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "Imported 1 secret (unchanged 1, skipped 1)." in "".join(said(running)))

    assert client.get_secret_value(SecretId="dev/NEW")["SecretString"] == "3"
    assert client.get_secret_value(SecretId="dev/OTHER")["SecretString"] == "old"


async def test_what_differs_can_become_a_new_version(app: MakeApp, env: Path, client: Any) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, env)
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
        await pilot.press("shift+tab", "space")
        await until(pilot, lambda: "new secrets 1, new versions 1, unchanged 1" in screen_text(running))
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: "Imported" in "".join(said(running)))

    assert client.get_secret_value(SecretId="dev/OTHER")["SecretString"] == "new"


async def test_the_plan_says_what_the_file_is_and_what_it_lacks(app: MakeApp, tmp_path: Path) -> None:
    page = {"SecretValues": [{"Name": "a", "SecretString": "1"}], "NextToken": "t", "Errors": [{"SecretId": "b"}]}
    (tmp_path / "page.json").write_text(json.dumps(page))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, tmp_path / "page.json")
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
        await until(pilot, lambda: "output of AWS Secrets Manager, 1 secret." in join_screen_text(running))
        assert "skipped 1 without a value" in join_screen_text(running)
        assert "more secrets on AWS than in this file" in join_screen_text(running)


async def test_the_form_says_what_a_file_is_while_its_path_is_typed(app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / "old.kdbx").write_bytes(write_4(make_document(), PASSPHRASE))
    (tmp_path / "names.json").write_text('{"a": "1", "b": "2"}')
    (tmp_path / "other").write_text("some prose")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "Import")
        await until(pilot, lambda: "A preview is shown first" in screen_text(running))
        for name, words in (("old.kdbx", "KeePass 2 and KeePassXC, encrypted with a passphrase"),
                            ("names.json", "JSON object of names and values, 2 secrets"),
                            ("other", "is in no format that smtui knows")):
            running.screen.query_one("#path", Input).value = str(tmp_path / name)
            await until(pilot, lambda: words in join_screen_text(running))  # noqa: B023
        running.screen.query_one("#path", Input).value = str(tmp_path / "nothing")
        await until(pilot, lambda: not running.screen.query_one("#kind").display)


async def test_an_encrypted_file_asks_for_its_passphrase(app: MakeApp, tmp_path: Path, client: Any) -> None:
    """A wrong passphrase is asked for again; the plan shows what each secret was, and what is not imported."""
    (tmp_path / "old.kdbx").write_bytes(write_4(make_document(), PASSPHRASE))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, tmp_path / "old.kdbx")
        for typed, said_then in (("wrong", "is wrong"), (PASSPHRASE, "KeePass 4 database")):
            await until(pilot, lambda: running.screen.query("#passphrase"))
            await until(pilot, lambda: running.focused is running.screen.query_one("#passphrase"))
            running.screen.query_one("#passphrase", Passphrase).type(typed)
            await pilot.press("ctrl+s")
            await until(pilot, lambda: said_then in join_screen_text(running))  # noqa: B023
        assert "1 item in the trash" in join_screen_text(running)
        assert PASSPHRASE not in screen_text(running)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "Imported 3 secrets." in said(running))

    assert json.loads(client.get_secret_value(SecretId="dev/Mail/Box")["SecretString"])["password"] == "second"


async def test_a_file_that_cannot_be_read_says_where(app: MakeApp, tmp_path: Path) -> None:
    """The sentence is in the form, which keeps its input, until that is changed."""
    (tmp_path / "bad.env").write_text("GOOD=1\nnot a line\n")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, tmp_path / "bad.env")
        await until(pilot, lambda: "line 2: expected NAME=value" in join_screen_text(running))
        form = get_screen(running, ImportForm)
        assert [form.query_one(f"#{name}", Input).value for name in ("path", "prefix")] == [
            str(tmp_path / "bad.env"), "dev/"]
        (tmp_path / "bad.env").write_text("GOOD=1\n")
        await pilot.press("end")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))


@pytest.mark.parametrize(("name", "words"), [("plain/x.vault", "cannot be created"), (".", "is not a regular file")])
async def test_a_backup_that_cannot_be_written_says_why(
    app: MakeApp, vault: smtui.Vault, tmp_path: Path, name: str, words: str
) -> None:
    """The dialog stays with the path and the reason, and goes on with another path."""
    (tmp_path / "plain").write_text("no folder")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "Backup")
        await until(pilot, lambda: isinstance(running.screen, AskPath))
        running.screen.query_one(Input).value = f"{tmp_path}/{name}"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(running.screen, AskPath) and running.screen.problem)
        await until(pilot, lambda: "✗" in screen_text(running))
        dialog = get_screen(running, AskPath)
        assert words in dialog.problem
        assert dialog.query_one(Input).value == f"{tmp_path}/{name}"
        dialog.query_one(Input).value = f"{tmp_path}/good.vault"
        await pilot.press("enter")
        await until(pilot, lambda: "Backup written" in "".join(said(running)))

    assert (tmp_path / "good.vault").exists()


async def test_an_import_that_is_refused_leaves_nothing(app: MakeApp, tmp_path: Path, client: Any) -> None:
    """The second value is too large, so nothing is imported."""
    (tmp_path / "big.json").write_text(json.dumps({"good": "1", "big": "x" * 70_000}))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, tmp_path / "big.json")
        await until(pilot, lambda: isinstance(running.screen, ImportPlan))
        await until(pilot, lambda: " ✗  conflict     dev/big" in screen_text(running))
        assert "the value has 70,000" in screen_text(running)
        assert running.screen.query_one("#go").disabled

    assert client.list_secrets()["SecretList"] == []


async def test_a_preview_records_no_access_to_names_that_are_new(app: MakeApp, tmp_path: Path, vault: Any) -> None:
    """For 5,000 new names, no event is recorded and the file hardly grows."""
    (tmp_path / "many.json").write_text(json.dumps({f"s{number}": "x" for number in range(5000)}))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, tmp_path / "many.json")
        await until(pilot, lambda: "new secrets 5,000" in screen_text(running))

        assert list(vault.audit_log(operation="GetSecretValue")) == list(vault.audit_log(outcome="refused")) == []


async def test_what_cannot_be_imported_is_marked_before(app: MakeApp, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(json.dumps([{"Name": name, "SecretString": "1"} for name in ("a", "no good")]))
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await ask_to_import(pilot, running, tmp_path / "bad.json")
        await until(pilot, lambda: "Entries marked ✗ cannot be imported" in screen_text(running))

        assert " ✗  conflict     dev/no good" in screen_text(running)
        assert running.screen.query_one("#go").disabled


async def test_an_export_is_a_private_file(app: MakeApp, tmp_path: Path, filled: Any) -> None:
    """The form exports the secrets with a prefix, and says who can read the file."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "Export")
        await until(pilot, lambda: "Values are written in plain text" in screen_text(running))
        await paste(pilot, str(tmp_path / "out.json"))
        await pilot.press("tab")
        await types(pilot, "prod/payments/")
        await pilot.press("ctrl+s")
        file = tmp_path / "out.json"
        await until(pilot, lambda: f"2 secrets exported to {file} in plain text." in said(running))

    assert file.stat().st_mode & 0o777 == 0o600
    assert [secret["Name"] for secret in json.loads(file.read_text())] == ["prod/payments/db", "prod/payments/stripe"]


async def test_an_export_overwrites_nothing(app: MakeApp, tmp_path: Path, filled: Any) -> None:
    (tmp_path / "mine").write_text("mine")
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "Export")
        await until(pilot, lambda: "Values are written in plain text" in screen_text(running))
        await paste(pilot, str(tmp_path / "mine"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "File already exists" in screen_text(running))

    assert (tmp_path / "mine").read_text() == "mine"


async def test_a_session_that_only_reads_changes_nothing(app: MakeApp) -> None:
    running = app(read_only=True)
    async with running.run_test(size=SMALL) as pilot:
        for task in ("Import", "New passphrase", "Audit log retention"):
            await at(pilot, running, task)
            await until(pilot, lambda: "Read-only session: no changes made." in said(running))
            running.clear_notifications()


async def test_the_state_that_a_task_changes_is_shown(app: MakeApp, vault: smtui.Vault) -> None:
    """The table shows whether the keyring has the key, and the retention of the audit log."""
    vault.audit.set_retention(45)
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await until(pilot, lambda: running.session)
        await pilot.press("o", "v")
        await until(pilot, lambda: "45 days" in screen_text(running))

        assert "not stored" in screen_text(running)


async def test_how_long_the_audit_log_is_kept(app: MakeApp, vault: smtui.Vault) -> None:
    """A shorter retention asks first, because it drops events."""
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "Audit log retention")
        await until(pilot, lambda: "0 = unlimited" in screen_text(running))
        await pilot.press("backspace", "9", "0", "enter")
        await until(pilot, lambda: "Older events are permanently deleted" in screen_text(running))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: said(running) == ["Audit log retention: 90 days."])

        await until(pilot, lambda: "90 days" in screen_text(running))
    assert vault.audit.retention_days == 90


async def test_how_long_others_keep_the_audit_log_stays(app: MakeApp, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "Audit log retention")
        await until(pilot, lambda: "0 = unlimited" in screen_text(running))
        await pilot.press("backspace", "9", "0", "enter")
        await until(pilot, lambda: "Older events are permanently deleted" in screen_text(running))
        with vault.reopen() as own:
            own.audit.set_retention(400)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "✗ Changed by others. Audit log retention: 400 days." in screen_text(running))
        assert running.screen.query_one(Input).value == "90"

    assert vault.audit.retention_days == 400


async def test_the_keyring_is_told_and_forgets(app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Storing the key sets the keyring setting, and the same key press removes the stored key."""
    kept: dict[Path, bytes] = {}
    monkeypatch.setattr(keyring_store, "load", kept.get)
    monkeypatch.setattr(keyring_store, "store", lambda path, key: kept.update({path: key}) or "A keyring")
    monkeypatch.setattr(keyring_store, "forget", lambda path: kept.pop(path, None) is not None)
    running = app()
    async with running.run_test(size=SMALL) as pilot:
        await at(pilot, running, "Keyring")
        await until(pilot, lambda: "Unlock this vault with the OS keyring?" in screen_text(running))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: kept and running.settings.keyring)
        assert load_settings().keyring
        await until(pilot, lambda: isinstance(running.screen, VaultScreen) and " stored" in screen_text(running))
        await pilot.press("enter")
        await until(pilot, lambda: not kept)
