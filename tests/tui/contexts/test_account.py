"""Tests of the screens on AWS accounts, against moto's server."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

import smtui
from smtui.clipboard.clipboard import Clipboard
from smtui.system.context_settings import ContextSettings
from smtui.system.settings import Settings, get_settings_path
from smtui.text.sanitize import SafeText
from smtui.tui import keys
from smtui.tui.app import SmtuiApp
from smtui.tui.audit.screen import AuditLogScreen
from smtui.tui.contexts.screen import RegionsScreen
from smtui.tui.help.screen import HelpScreen
from smtui.tui.rotation.functions import FunctionsScreen
from smtui.tui.secret.screen import SecretScreen
from smtui.tui.secret_list.deletion import DeletionPlan
from smtui.tui.secret_list.screen import SecretsScreen
from smtui.tui.unlock.account import AccountScreen
from smtui.tui.unlock.screen import UnlockScreen
from tests.aws_server import ACCOUNT, DENIED, OTHER_ACCOUNT, THROTTLED, Aws, aws, aws_server
from tests.conftest import PASSPHRASE
from tests.tui.conftest import MakeApp, Steady, paste, said, screen_text, types, until
from tests.tui.driver import get_session, hear, see

__all__ = ["aws", "aws_server"]

SIZE = (80, 24)
WRITES = ("Create", "Put", "Update", "Delete", "Tag", "Untag", "Restore", "Rotate", "Cancel", "Replicate", "Remove",
          "Stop", "Schedule", "Enable", "Disable")
CONTEXTS = f"""\
[contexts.prod]
profile = "a"
account = "{ACCOUNT}"
[contexts.other]
profile = "b"
protect = "no"
"""


@pytest.fixture(autouse=True)
def contexts(aws: Aws) -> None:
    path = get_settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONTEXTS)


def make_app(tmp_path: Path, monotonic: Steady, **settings: Any) -> SmtuiApp:
    """The app as `smtui --context prod` starts it."""
    context = ContextSettings("prod", **{"profile": "a", "account": ACCOUNT, **settings})
    return SmtuiApp(tmp_path / "none.vault", Settings(), account=(context, None), monotonic=monotonic,
                    pasteboard=Clipboard(monotonic=monotonic))


async def go_to_context(pilot: Any, name: str) -> None:
    """Chooses a row of the table of contexts."""
    await go_to_row(pilot, "contexts", lambda row: row.context.name == name)


async def go_to_vault(pilot: Any, vault: smtui.Vault) -> None:
    await go_to_row(pilot, "vaults", lambda row: row[0] == vault.path)


async def go_to_row(pilot: Any, table_id: str, fits: Callable[[Any], bool]) -> None:
    await pilot.press("c")
    await until(pilot, lambda: isinstance(pilot.app.screen, RegionsScreen) and pilot.app.screen.has_read)
    while pilot.app.focused.id != table_id:
        await pilot.press("tab")
    while not fits(pilot.app.focused.current):
        await pilot.press("down")
    await pilot.press("enter")


def list_writes(aws: Aws) -> list[str]:
    return [call for call in aws.proxy.calls if call.startswith(WRITES)]


def read_header(app: SmtuiApp) -> list[str]:
    """The words of the header, without the signs between them."""
    return [word for word in screen_text(app).splitlines()[0].split() if word.isascii()]


async def test_an_account_is_shown_as_a_vault_is(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """The first list costs one call, opening a secret reads no value, and revealing it reads one."""
    aws.fill(120)
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "100+ secrets")
        assert read_header(app) == ["smtui", "prod", ACCOUNT, "us-east-1", "PROTECTED"]
        assert aws.proxy.calls == ["GetCallerIdentity", "ListSecrets"]
        await pilot.press("G")
        await see(pilot, "120 secrets")
        assert aws.proxy.calls == ["GetCallerIdentity", "ListSecrets", "ListSecrets"]
        await pilot.press("g", "enter")
        await see(pilot, "hidden (r to reveal)")
        assert "GetSecretValue" not in aws.proxy.calls
        await pilot.press("r")
        await see(pilot, "text, 1 byte")
        assert aws.calls["GetSecretValue"] == 1
        await pilot.press("4")
        await see(pilot, "Rotation is off")
        await pilot.press("6")
        await see(pilot, "AWS CloudTrail keeps the events")
        await see(pilot, "No matching events.")
        assert aws.proxy.requests[0]["LookupAttributes"][0]["AttributeKey"] == "ResourceName"


async def test_gestures_after_one_full_list_list_nothing_again(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """Filters, orders, the tree, planned deletions, and the way back from a secret."""
    aws.fill(150)
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "100+ secrets")
        await pilot.press("G")
        await see(pilot, "150 secrets")
        assert aws.calls["ListSecrets"] == 2
        await pilot.press("slash")
        await types(pilot, "00012")
        await see(pilot, "prod/svc/00012")
        await pilot.press("escape", "escape")
        await see(pilot, "150 secrets")
        for key in ("s", "s", "s", "S", "x", "x", "T", "T", "g", "G"):
            await pilot.press(key)
            await pilot.pause()
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen) and app.screen.has_read)
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen))
        await pilot.pause()

    assert aws.calls["ListSecrets"] == 2


async def test_thirty_gestures_in_five_thousand_secrets(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """The first list costs one call. After one full list, no gesture lists anything again."""
    aws.fill(5000)
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "100+ secrets")
        assert aws.calls["ListSecrets"] == 1
        await pilot.press("G")
        await see(pilot, "5,000 secrets")
        assert aws.calls["ListSecrets"] == 50
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")
        await pilot.press("escape")
        await see(pilot, "prod/svc/04999")
        await pilot.press("s", "s", "s", "s", "S", "S", "x", "x", "T", "T", "g", "G", "pageup", "pagedown", "space",
                          "V", "up", "V", "asterisk", "asterisk", "escape", "slash", "escape", "Z", "Z", "home", "end")
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen) and app.screen.has_read)
        for text in ("04321", "tag:team=t1", "older:90d"):
            await pilot.press("slash")
            await types(pilot, text)
            await until(pilot, lambda: isinstance(app.screen, SecretsScreen) and app.screen.secrets.pending is None)
            await pilot.press("escape", "escape")
        await pilot.pause()

    assert aws.calls["ListSecrets"] == 50


async def test_a_refresh_reads_the_list_again(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    aws.fill(2)
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        aws.client().delete_secret(SecretId="prod/svc/00001", ForceDeleteWithoutRecovery=True)
        await pilot.press("f12")
        await until(pilot, lambda: "prod/svc/00001" not in screen_text(app) and "1 secret" in screen_text(app))


async def test_no_key_changes_a_protected_account(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    aws.fill(2)
    app = make_app(tmp_path, monotonic)
    places = ("secrets", "secret", "versions", "policy", "rotation", "replication", "kms", "functions")
    pressed = sorted({key for each in keys.SHORTCUTS if each.place in places for key in each.keys.split(",")})
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        for key in pressed:
            await pilot.press(key, "enter", "y", "ctrl+s")
            await pilot.pause()
            while not isinstance(app.screen, SecretsScreen):
                await app.pop_screen()
        app.input.drop()
        app.workers.cancel_all()
        await until(pilot, lambda: app.input.is_idle)
        await pilot.press("u")
        await hear(pilot, "Read-only session: no changes made.")

    assert list_writes(aws) == []


async def test_changes_are_allowed_after_a_question_and_for_a_while(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    aws.fill(1)
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "1 secret")
        await pilot.press("f10")
        await see(pilot, f"AWS account {ACCOUNT}")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "PROTECTED" not in read_header(app))
        session: Any = app.session
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DeletionPlan))
        await pilot.press("y")
        await until(pilot, lambda: aws.calls["DeleteSecret"] == 1)
        session.vault.guard._open_until = 0.0  # as after 15 minutes
        await hear(pilot, "prod is protected from changes again.")
        await until(pilot, lambda: "PROTECTED" in read_header(app))


async def test_what_the_lock_leaves(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """The credentials are dropped; a key press signs in again, at the same place."""
    aws.fill(3)
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "3 secrets")
        session: Any = app.session
        await pilot.press("down", "ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, AccountScreen) and session.vault.locked)
        await see(pilot, "Locked by Ctrl+L.")
        with pytest.raises(smtui.VaultLockedError):
            session.vault.client().list_secrets()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen) and app.screen.has_read)
        assert isinstance(app.screen, SecretsScreen)
        assert app.screen.secrets.cursor == 1


@pytest.mark.parametrize(("settings", "sentence"), [
    ({"profile": "offline", "account": ""}, "no connection to AWS"),
    ({"profile": "sso", "account": ""}, "aws sso login --profile sso"),
    ({"account": OTHER_ACCOUNT}, f"belongs to account {ACCOUNT}"),
    ({"profile": "process", "account": ""}, "the credential_process of profile process failed"),
])
async def test_who_cannot_sign_in_is_told_how(
    aws: Aws, tmp_path: Path, monotonic: Steady, settings: dict[str, str], sentence: str
) -> None:
    app = make_app(tmp_path, monotonic, **settings)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: sentence in " ".join(screen_text(app).replace("│", " ").split()))

    assert app.session is None
    assert "ListSecrets" not in aws.proxy.calls


async def test_a_profile_with_mfa_asks_for_a_code_once(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    app = make_app(tmp_path, monotonic, profile="mfa", account=OTHER_ACCOUNT, colour="red")
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "MFA code for profile mfa")
        await pilot.press("escape")
        await see(pilot, "needs an MFA code")
        assert aws.proxy.calls == []
        await pilot.press("enter")
        await see(pilot, "MFA code for profile mfa")
        await types(pilot, "123456")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen) and app.screen.has_read)
        assert OTHER_ACCOUNT in read_header(app)

    assert aws.calls["AssumeRole"] == 1


async def test_a_list_that_cannot_be_read_says_why_and_how_to_retry(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    aws.fill(1)
    aws.proxy.faults["ListSecrets"] = THROTTLED
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "Rate exceeded")
        assert "F12 retries" in " ".join(screen_text(app).split())
        aws.proxy.faults.clear()
        await pilot.press("f12")
        await see(pilot, "1 secret")


async def test_from_a_vault_to_two_accounts_and_back(
    app: MakeApp, aws: Aws, filled: Any, vault: smtui.Vault
) -> None:
    """By keyboard only: filter, cursor, marks and the undo history of each are as they were left."""
    aws.fill(3)
    running = app()
    async with running.run_test(size=SIZE) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("slash")
        await types(pilot, "prod")
        await pilot.press("escape", "down", "space")
        await see(pilot, "1 marked")
        get_session(running).record_undo(SafeText("a change of the vault"))
        await go_to_context(pilot, "prod")
        await until(pilot, lambda: ACCOUNT in screen_text(running))
        await see(pilot, "3 secrets")
        assert running.session is not None and running.session.undo.last is None
        await pilot.press("down", "enter")
        await see(pilot, "hidden (r to reveal)")
        assert not vault.locked
        await go_to_context(pilot, "other")
        await until(pilot, lambda: OTHER_ACCOUNT in screen_text(running))
        await see(pilot, "0 secrets")
        assert read_header(running)[-1] == "eu-west-1", "not protected"

        signed_in = aws.calls["GetCallerIdentity"]
        await pilot.press("0")
        await until(pilot, lambda: ACCOUNT in screen_text(running))
        await see(pilot, "hidden (r to reveal)")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(running.screen, SecretsScreen) and running.screen.secrets.cursor == 1)
        await pilot.press("0")
        await until(pilot, lambda: OTHER_ACCOUNT in screen_text(running))
        await go_to_vault(pilot, vault)
        await see(pilot, "1 marked")
        listing = running.screen
        assert isinstance(listing, SecretsScreen)
        assert listing.filter.value == "prod" and listing.secrets.cursor == 2
        assert running.session.undo.last is not None and running.session.undo.last.words == "a change of the vault"
        assert aws.calls["GetCallerIdentity"] == signed_in, "nobody signed in again"


async def test_a_context_that_was_not_opened_can_be_left(app: MakeApp, aws: Aws, filled: Any) -> None:
    """Esc returns from the screen that signs in, where the reason is shown, to what is open."""
    aws.proxy.faults["GetCallerIdentity"] = DENIED
    running = app()
    async with running.run_test(size=SIZE) as pilot:
        await see(pilot, "5 secrets")
        await pilot.press("0")
        await hear(pilot, "No other context is open")
        await go_to_context(pilot, "prod")
        await see(pilot, "is not authorized")
        await pilot.press("escape")
        await see(pilot, "5 secrets")
        await go_to_context(pilot, "prod")
        await see(pilot, "is not authorized")
        aws.proxy.faults.clear()
        await pilot.press("enter")
        await until(pilot, lambda: ACCOUNT in screen_text(running))
        await pilot.press("0")
        await see(pilot, "5 secrets")


async def test_the_lock_locks_everything_that_is_open(
    app: MakeApp, aws: Aws, filled: Any, vault: smtui.Vault, monotonic: Steady
) -> None:
    """Also when nobody presses a key; only the passphrase of the vault leads back to the accounts."""
    running = app(settings=Settings(idle_lock=300))
    async with running.run_test(size=SIZE) as pilot:
        await see(pilot, "5 secrets")
        await go_to_context(pilot, "prod")
        await until(pilot, lambda: ACCOUNT in screen_text(running))
        first: Any = running.session
        await go_to_context(pilot, "other")
        await until(pilot, lambda: OTHER_ACCOUNT in screen_text(running))
        second: Any = running.session
        monotonic.seconds += 301
        await running.tick()
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))
        await until(pilot, lambda: first.vault.locked and second.vault.locked and vault.locked)
        assert running.sessions == []
        await pilot.press("escape")
        assert isinstance(running.screen, UnlockScreen)
        await paste(pilot, PASSPHRASE)
        await pilot.press("enter")
        await see(pilot, "5 secrets")
        assert len(running.sessions) == 1


async def test_a_screen_that_signs_in_does_not_stop_the_idle_lock(
    app: MakeApp, aws: Aws, filled: Any, vault: smtui.Vault, monotonic: Steady
) -> None:
    aws.proxy.faults["GetCallerIdentity"] = DENIED
    running = app(settings=Settings(idle_lock=300))
    async with running.run_test(size=SIZE) as pilot:
        await see(pilot, "5 secrets")
        await go_to_context(pilot, "prod")
        await see(pilot, "is not authorized")
        monotonic.seconds += 301
        await running.tick()
        await until(pilot, lambda: vault.locked and isinstance(running.screen, UnlockScreen))


async def test_changes_are_allowed_in_one_context_alone(app: MakeApp, aws: Aws, filled: Any) -> None:
    get_settings_path().write_text(CONTEXTS.replace('protect = "no"', ""))
    running = app()
    async with running.run_test(size=SIZE) as pilot:
        await see(pilot, "5 secrets")
        await go_to_context(pilot, "prod")
        await until(pilot, lambda: "PROTECTED" in read_header(running))
        await pilot.press("f10")
        await see(pilot, f"AWS account {ACCOUNT}")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "PROTECTED" not in read_header(running))
        await go_to_context(pilot, "other")
        await until(pilot, lambda: OTHER_ACCOUNT in read_header(running))
        assert "PROTECTED" in read_header(running)
        await pilot.press("0")
        await until(pilot, lambda: ACCOUNT in read_header(running))
        assert "PROTECTED" not in read_header(running)


async def test_an_account_that_asks_names_itself_before_each_change(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    """Once for each action, whatever it sends; who declines changes nothing."""
    aws.fill(3)
    app = make_app(tmp_path, monotonic, protect="ask")
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "3 secrets")
        assert "PROTECTED" not in read_header(app)
        await pilot.press("space", "space", "d")
        await until(pilot, lambda: isinstance(app.screen, DeletionPlan))
        await see(pilot, f"prod {ACCOUNT}")
        await see(pilot, "Not in a protected account")
        await pilot.press("y")
        await see(pilot, "Change prod?")
        assert f"AWS account {ACCOUNT}, us-east-1" in screen_text(app)
        assert "DeleteSecret" in screen_text(app)
        await pilot.press("escape")
        await see(pilot, "Not confirmed. DeleteSecret was not sent.")
        assert list_writes(aws) == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DeletionPlan))
        await pilot.press("y")
        await see(pilot, "Change prod?")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen))
        assert list_writes(aws) == ["DeleteSecret", "DeleteSecret"]
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DeletionPlan))
        await pilot.press("y")
        await see(pilot, "Change prod?")


async def test_who_is_signed_in_and_what_was_called(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    aws.fill(1)
    app = make_app(tmp_path, monotonic, regions=("us-east-1",))
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "1 secret")
        await pilot.press("c")
        await see(pilot, "2 calls, $0.0000")
        assert f"arn:aws:sts::{ACCOUNT}:user/moto" in screen_text(app)


@pytest.fixture
def sso_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `aws` that notes its arguments, and a terminal that can be handed over. Returns the note."""
    note, tool = tmp_path / "note", tmp_path / "bin" / "aws"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" >> {note}\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(App, "suspend", lambda app: nullcontext())
    return note


async def test_an_expired_session_is_renewed_by_its_command(
    aws: Aws, tmp_path: Path, monotonic: Steady, sso_login: Path
) -> None:
    """Enter hands the screen over to it, and then signs in."""
    app = make_app(tmp_path, monotonic, profile="sso", account="")
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "aws sso login --profile sso")
        await see(pilot, "Enter runs it, then signs in.")
        assert not sso_login.exists(), "nothing runs unasked"
        aws.config.write_text(aws.config.read_text().replace("[profile sso]", "[profile former]").replace(
            "[profile a]", "[profile sso]"))
        await pilot.press("enter")
        await see(pilot, "0 secrets")

    assert not sso_login.exists(), "the session was valid again"


async def test_the_command_runs_if_the_session_is_still_expired(
    aws: Aws, tmp_path: Path, monotonic: Steady, sso_login: Path
) -> None:
    app = make_app(tmp_path, monotonic, profile="sso", account="")
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "Enter runs it, then signs in.")
        await pilot.press("enter")
        await until(pilot, sso_login.exists)
        await see(pilot, "Enter runs it, then signs in.")

    assert sso_login.read_text() == "sso login --profile sso\n"


async def test_a_session_that_expires_while_it_is_open_is_renewed(
    aws: Aws, tmp_path: Path, monotonic: Steady, sso_login: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pane says why it could not be read; its key that retries offers the command first."""
    aws.fill(1)
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "1 secret")
        session: Any = app.session
        expired = smtui.SignInError("prod: the SSO session has expired.", command=("aws", "sso", "login"))
        with monkeypatch.context() as patch:
            patch.setattr(session.vault.context._connection, "call", lambda *_: raise_error(expired))
            await pilot.press("enter")
            await until(pilot, lambda: "F12 retries" in " ".join(screen_text(app).split()))
            await pilot.press("f12")
            await see(pilot, "Sign in again?")
            assert not sso_login.exists()
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")

    assert sso_login.read_text() == "sso login\n"


def raise_error(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(("command", "sentence"), [
    ("exit 3", "ended with exit code 3"), (None, "aws cannot be run"),
])
async def test_a_command_that_fails_says_so(
    aws: Aws, tmp_path: Path, monotonic: Steady, sso_login: Path, monkeypatch: pytest.MonkeyPatch,
    command: str | None, sentence: str,
) -> None:
    if command is None:
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        (tmp_path / "bin" / "aws").write_text(f"#!/bin/sh\n{command}\n")
    app = make_app(tmp_path, monotonic, profile="sso", account="")
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "Enter runs it, then signs in.")
        await pilot.press("enter")
        await see(pilot, sentence)


async def test_keys_work_while_aws_does_not_answer(
    app: MakeApp, aws: Aws, filled: Any, vault: smtui.Vault
) -> None:
    """No call is answered from the first secret on, until the lock is over: no key waits for an answer."""
    aws.fill(3)
    running = app()
    async with running.run_test(size=SIZE) as pilot:
        await see(pilot, "5 secrets")
        await go_to_context(pilot, "prod")
        await see(pilot, "3 secrets")
        account: Any = running.session
        aws.proxy.gate.clear()
        for _ in range(12):  # more often than there are threads
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(running.screen, SecretScreen))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(running.screen, SecretsScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(running.screen, HelpScreen))
        await pilot.press("escape", "f12", "slash")
        await types(pilot, "00002")
        await see(pilot, "00002")
        await pilot.press("escape", "c")
        await until(pilot, lambda: isinstance(running.screen, RegionsScreen))
        await see(pilot, "Reading")
        await pilot.press("0")
        await see(pilot, "5 secrets")
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")
        await pilot.press("0")
        await until(pilot, lambda: ACCOUNT in screen_text(running))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))
        aws.proxy.gate.set()
        await until(pilot, lambda: vault.locked and account.vault.locked)


async def test_total_throttling_leaves_all_keys_working(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """What cannot be read says so in its pane, with the key that retries."""
    aws.fill(2)
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        aws.proxy.faults["*"] = THROTTLED
        await pilot.press("enter")
        await see(pilot, "Rate exceeded")
        for number in "3456":
            await pilot.press(number)
            await see(pilot, "F12 retries")
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, SecretScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen))
        aws.proxy.faults.clear()
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")


async def test_bookmarks_lead_to_secrets_of_other_accounts(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    """No list has them; the account of the ARN is asked, in the Region of the ARN."""
    arn = f"arn:aws:secretsmanager:eu-west-1:{OTHER_ACCOUNT}:secret:shared/db-AbCdEf"
    app = make_app(tmp_path, monotonic, bookmarks=(arn,))
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "0 secrets")
        await pilot.press("apostrophe")
        await see(pilot, "shared/db")
        await pilot.press("enter")
        await until(pilot, lambda: aws.calls["DescribeSecret"] == 1)
        assert read_header(app)[-2] == "eu-west-1"


async def test_the_regions_of_an_account_are_those_enabled(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "0 secrets")
        session: Any = app.session
        assert "ap-south-1" in session.vault.context.list_regions(), "all of them, because moto does not tell"
        aws.proxy.regions += ["us-east-1", "eu-west-1"]
        session.vault.context._regions = None
        await pilot.press("c")
        await see(pilot, "eu-west-1")
        assert "us-east-2" not in screen_text(app)


async def test_what_is_missing_stays_in_its_place(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """Dimmed, with the reason, in the menu and among the keys."""
    app = make_app(tmp_path, monotonic, protect="no")
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "0 secrets")
        await pilot.press("o")
        await until(pilot, lambda: "v  Vault               An AWS account is not a file" in screen_text(app))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FunctionsScreen) and app.screen.has_read)
        await see(pilot, "No listed secret uses a function.")
        binding = app.screen.active_bindings["a"]
        assert not binding.enabled
        await pilot.press("a")
        await hear(pilot, "Rotation functions of an account are in AWS Lambda")
        assert isinstance(app.screen, FunctionsScreen)


async def test_what_a_role_may_not_do_is_learned(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """The key is dimmed and says why, until F12 tries again."""
    aws.fill(1)
    aws.proxy.faults["GetSecretValue"] = DENIED
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "1 secret")
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")
        assert app.screen.active_bindings["r"].enabled
        await pilot.press("r")
        await hear(pilot, "is not authorized to perform: secretsmanager:GetSecretValue")
        await until(pilot, lambda: not app.screen.active_bindings["r"].enabled)
        await pilot.press("r")
        await hear(pilot, "F12 tries again")
        assert aws.calls["GetSecretValue"] == 1
        aws.proxy.faults.clear()
        await pilot.press("f12")
        await until(pilot, lambda: app.screen.active_bindings["r"].enabled)
        await pilot.press("r")
        await see(pilot, "text, 1 byte")


async def test_a_role_that_may_only_read_values_reads_them(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    """By a name that no list shows."""
    aws.fill(1)
    aws.allow_only("GetSecretValue")
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "secretsmanager:ListSecrets")
        await pilot.press("colon")
        await types(pilot, "secret prod/svc/00000")
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")
        await pilot.press("r")
        await see(pilot, "text, 1 byte")


async def test_a_role_that_may_only_list_lists(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    aws.fill(2)
    aws.allow_only("ListSecrets")
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "2 secrets")
        await pilot.press("slash")
        await types(pilot, "tag:team=t1")
        await see(pilot, "1 of 2")
        await pilot.press("escape", "enter")
        await hear(pilot, "secretsmanager:DescribeSecret")
        await see(pilot, "Service 1")
        await see(pilot, "hidden (r to reveal)")


async def test_a_role_that_may_only_write_values_writes_them(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    aws.fill(1)
    aws.allow_only("PutSecretValue")
    source = tmp_path / "value"
    source.write_text("from a file")
    app = make_app(tmp_path, monotonic, protect="no")
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "secretsmanager:ListSecrets")
        await pilot.press("colon")
        await types(pilot, "secret prod/svc/00000")
        await pilot.press("enter")
        await see(pilot, "hidden (r to reveal)")
        await pilot.press("f")
        await see(pilot, "from file")
        await paste(pilot, str(source))
        await pilot.press("enter")
        await see(pilot, "Store a new version")
        await pilot.press("enter")
        await until(pilot, lambda: aws.calls["PutSecretValue"] == 1)

    aws.proxy.faults.clear()
    assert aws.client().get_secret_value(SecretId="prod/svc/00000")["SecretString"] == "from a file"


async def test_the_audit_log_is_that_of_cloud_trail(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    """Where it may not be read, that is said in its place, with the key that retries."""
    aws.proxy.events += [{
        "eventID": str(number), "eventName": "RotationFailed", "eventSource": "secretsmanager.amazonaws.com",
        "eventTime": "2026-11-24T09:30:00Z", "readOnly": False, "requestParameters": None,
        "additionalEventData": {"SecretId": "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf"},
        "userIdentity": {"invokedBy": "secretsmanager.amazonaws.com"}} for number in range(60)]
    aws.proxy.faults["LookupEvents"] = DENIED
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=(120, 36)) as pilot:
        await see(pilot, "0 secrets")
        await pilot.press("o", "t")
        await until(pilot, lambda: isinstance(app.screen, AuditLogScreen))
        await see(pilot, "is not authorized to perform")
        await see(pilot, "F12 retries")
        aws.proxy.faults.clear()
        await pilot.press("f12")
        await see(pilot, "60 events")
        await see(pilot, "RotationFailed")
        await see(pilot, "prod/db")
        await see(pilot, "AWS CloudTrail keeps the events")
        await see(pilot, "As of 20")


async def test_what_an_account_does_not_have_is_said(aws: Aws, tmp_path: Path, monotonic: Steady) -> None:
    aws.fill(1)
    app = make_app(tmp_path, monotonic)
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "1 secret")
        await pilot.press("o", "v")
        await hear(pilot, "An AWS account is not a file")
        assert isinstance(app.screen, SecretsScreen)
        await pilot.press("I")
        await hear(pilot, "Favourites are kept for vaults only.")
        assert any("Favourites" in each for each in said(app))


async def test_the_deletion_of_a_key_does_not_promise_that_nothing_is_lost(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    """The list tells the keys of current versions only."""
    key = aws.client(service="kms").create_key(Description="orders")["KeyMetadata"]
    aws.client(service="kms").create_alias(AliasName="alias/orders", TargetKeyId=key["KeyId"])
    app = make_app(tmp_path, monotonic, protect="no")
    async with app.run_test(size=SIZE) as pilot:
        await see(pilot, "0 secrets")
        await pilot.press("o", "k")
        await until(pilot, lambda: "0+" in screen_text(app))
        await pilot.press("d")
        await until(pilot, lambda: "older versions were not examined" in
                    " ".join(screen_text(app).replace("│", " ").split()))


async def test_details_of_kms_keys_are_read_as_they_come_into_sight(
    aws: Aws, tmp_path: Path, monotonic: Steady
) -> None:
    """The names of all keys are there after the lists, and can be walked through before any detail is."""
    client = aws.client(service="kms")
    for number in range(60):
        key = client.create_key(Description=f"about {number:02d}")["KeyMetadata"]["KeyId"]
        client.create_alias(AliasName=f"alias/key{number:02d}", TargetKeyId=key)
    app = make_app(tmp_path, monotonic, protect="no")
    aws.proxy.held.add("DescribeKey")
    aws.proxy.gate.clear()
    async with app.run_test(size=(120, 24)) as pilot:
        await see(pilot, "0 secrets")
        await pilot.press("o", "k")
        await see(pilot, "alias/key01")
        await pilot.press("down", "z")
        await hear(pilot, "Reading the details of the key")
        aws.proxy.gate.set()
        await see(pilot, "about 05")
        assert aws.calls["ListKeys"] == 1
        described = aws.calls["DescribeKey"]
        assert described < 30
        await pilot.press("end")
        await see(pilot, "about 59")
        aws.proxy.faults["DescribeKey"] = DENIED
        await pilot.press("pageup", "pageup")
        await see(pilot, "not authorized to perform")
        await pilot.press("z")
        await hear(pilot, "not authorized to perform")
        aws.proxy.faults.clear()
        await pilot.press("f12")
        await until(pilot, lambda: "not authorized to perform" not in screen_text(app))
        await pilot.press("z")
        await see(pilot, "Disable alias/key")
        await pilot.press("tab", "enter")
        await see(pilot, "○ disabled")
        assert aws.calls["DescribeKey"] < 60
        assert aws.calls["DisableKey"] == 1


async def test_very_many_calls_say_first_what_they_cost(
    aws: Aws, tmp_path: Path, monotonic: Steady, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Number, price and time, in the question of each action on several secrets, and of its undo."""
    monkeypatch.setattr("smtui.api.context.MANY_CALLS", 3)
    aws.fill(2)
    app = make_app(tmp_path, monotonic, protect="no")
    async with app.run_test(size=(100, 30)) as pilot:
        await see(pilot, "2 secrets")
        await pilot.press("space", "space", "W")
        await see(pilot, "Export 2 secrets")
        await types(pilot, str(tmp_path / "values.json"))
        await see(pilot, "about 4 calls, $0.00, 0 seconds.")
        await pilot.press("escape")
        await see(pilot, "Discard changes?")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(app.screen, SecretsScreen))
        await pilot.press("d")
        await see(pilot, "about 6 calls, $0.00, 0 seconds.")
        await pilot.press("y")
        await until(pilot, lambda: aws.calls["DeleteSecret"] == 2 and isinstance(app.screen, SecretsScreen))
        await pilot.press("u")
        await see(pilot, "about 4 calls, $0.00, 0 seconds.")
