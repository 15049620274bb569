"""Tests of the Functions screen: creating and removing rotation functions with the keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

import smtui
from smtui.tui.app import SmtuiApp
from smtui.tui.base_screen import READ_ONLY
from smtui.tui.rotation.function_form import CommandFunction
from smtui.tui.rotation.functions import FunctionsScreen
from smtui.tui.rotation.screen import RotationScreen
from smtui.tui.secret.conflict import ConflictDialog
from tests.tui.conftest import BOB, FakeTool, MakeApp, types, until
from tests.tui.driver import hear, join_screen_text, press_button, see, see_escape_ask, wait_for_screen

SMALL = (80, 24)

pytestmark = pytest.mark.usefixtures("one_time_and_place")


@pytest.fixture
def functions(vault: smtui.Vault, filled: Any) -> Any:
    """Creates `busy`, which rotates four secrets, and `idle`; returns the client of functions."""
    rotations = vault.rotations()
    busy = rotations.create_function(FunctionName="busy", Password={"PasswordLength": 20, "ExcludePunctuation": True})
    rotations.create_function(FunctionName="idle", Command={"Arguments": ["true", "a b"], "TimeoutInSeconds": 5})
    for name in ("dev/web/flags", "prod/payments/db", "prod/web/session", "shared/wifi"):
        filled.rotate_secret(SecretId=name, RotationLambdaARN=busy["FunctionArn"], RotateImmediately=False)
    return rotations


@asynccontextmanager
async def at_functions(running: SmtuiApp) -> AsyncIterator[Pilot[None]]:
    async with running.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: running.session)
        await pilot.press("o")
        await see(pilot, "Go to")
        await pilot.press("f")
        await see(pilot, "Rotation functions")
        yield pilot


def names(client: Any) -> list[str]:
    return [each["FunctionName"] for each in client.list_functions()["Functions"]]


async def test_what_is_there_and_what_it_rotates(app: MakeApp, functions: Any, tool: FakeTool) -> None:
    """Enter opens the rotation of a secret that the function rotates; `y` copies the function's ARN."""
    async with at_functions(app()) as pilot:
        await see(pilot, "20 characters, without punctuation, as the entire value")
        await see(pilot, "dev/web/flags, prod/payments/db, prod/web/session and 1 more")
        await pilot.press("j")
        await see(pilot, "true 'a b' · 5 s per step")
        await pilot.press("y")
        await until(pilot, lambda: tool.held)
        assert tool.held == b"arn:aws:lambda:us-east-1:000000000000:function:idle"
        await pilot.press("enter")
        await see(pilot, "No secrets.")
        await pilot.press("escape", "k", "enter")
        await see(pilot, "Secrets that busy rotates")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RotationScreen))

        await see(pilot, "prod/payments/db")


async def test_a_password_function_is_made_with_every_option(app: MakeApp, vault: smtui.Vault) -> None:
    """Invalid options are reported at once. If the name exists, the form opens again with its input."""
    vault.rotations().create_function(FunctionName="taken", Password={})
    async with at_functions(app()) as pilot:
        await pilot.press("a", "enter")
        await see(pilot, "New password function")
        await types(pilot, "a b")
        await see(pilot, "A function name can contain letters")
        await pilot.press(*["backspace"] * 3)
        await types(pilot, "taken")
        await pilot.press("tab")
        await types(pilot, "token")
        await pilot.press("tab")
        for key in ("home", "ctrl+k", "2"):
            await pilot.press(key)
        await see(pilot, "No such password")
        await pilot.press("0")
        for _ in range(4):
            await pilot.press("tab")
        await pilot.press("space", "tab", "space")
        await see(pilot, "bits. For secrets that no other system stores.")
        await pilot.press("ctrl+s")
        await hear(pilot, "Function already exist: taken")
        await see(pilot, "bits.")
        await types(pilot, "tokens")
        await pilot.press("ctrl+s")
        await hear(pilot, "tokens created.")
        await see(pilot, "20 characters, without punctuation, with spaces, in key token")

    made = vault.rotations().list_functions()["Functions"][1]["Password"]
    assert {name: made[name] for name in ("Key", "PasswordLength", "ExcludePunctuation", "IncludeSpace")} == {
        "Key": "token", "PasswordLength": 20, "ExcludePunctuation": True, "IncludeSpace": True,
    }


async def test_a_command_is_shown_as_it_is_split(app: MakeApp, vault: smtui.Vault) -> None:
    """The preview splits the command like a shell; `u` undoes the creation."""
    async with at_functions(app()) as pilot:
        await pilot.press("a", "down", "enter")
        await see(pilot, "New command function")
        await types(pilot, "pg")
        await pilot.press("tab")
        await see(pilot, "Enter a command.")
        await pilot.press(*(
            {" ": "space", "'": "apostrophe", "/": "slash", "-": "minus"}.get(each, each)
            for each in "/bin/sh -c 'x y"
        ))
        await see(pilot, "A quotation mark is not closed")
        await pilot.press("apostrophe")
        await see(pilot, "runs  /bin/sh  -c  x y")
        await pilot.press("tab", "backspace", "backspace", "9", "0", "1")
        await see(pilot, "The time limit is 1 to 900 seconds.")
        await pilot.press("backspace", "ctrl+s")
        await hear(pilot, "pg created.")
        [made] = vault.rotations().list_functions()["Functions"]
        assert made["Command"] == {"Arguments": ["/bin/sh", "-c", "x y"], "TimeoutInSeconds": 90}
        await pilot.press("u")
        await see(pilot, "DeleteFunction")
        await pilot.press("enter")
        await see(pilot, "No rotation functions yet")

        assert names(vault.rotations()) == []


async def test_only_what_rotates_nothing_is_removed(app: MakeApp, functions: Any) -> None:
    """Only an unused function can be removed, with the focus on Cancel; `u` restores it."""
    before = functions.list_functions()["Functions"][1]["Command"]
    async with at_functions(app()) as pilot:
        await pilot.press("d")
        await hear(pilot, "cannot be deleted while it rotates dev/web/flags, prod/payments/db, prod/web/session and 1")
        await pilot.press("j", "d")
        await see(pilot, "Delete idle?")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FunctionsScreen))
        assert names(functions) == ["busy", "idle"]
        await pilot.press("d")
        await see(pilot, "Delete idle?")
        await pilot.press("tab", "enter")
        await hear(pilot, "idle deleted.")
        assert names(functions) == ["busy"]
        await pilot.press("u")
        await see(pilot, "CreateFunction")
        await pilot.press("enter")
        await until(pilot, lambda: len(names(functions)) == 2)

        assert functions.list_functions()["Functions"][1]["Command"] == before


@pytest.mark.parametrize(("theirs", "words"), [
    ({"Arguments": ["false"]}, "idle was replaced. user/bob created it in us-east-1 at"),
    ({"Arguments": ["true", "a b"], "TimeoutInSeconds": 6}, "idle was replaced. user/bob created it"),
    (None, "The function no longer exists. user/bob removed it"),
])
async def test_a_function_of_others_is_not_removed(
    app: MakeApp, vault: smtui.Vault, functions: Any, theirs: Any, words: str
) -> None:
    """What the question described is not there any more: nothing is removed, and there is nothing to undo."""
    async with at_functions(app()) as pilot:
        await pilot.press("j", "d")
        await see(pilot, "Delete idle?")
        with vault.reopen() as own:
            bob = own.rotations(caller=BOB)
            bob.delete_function(FunctionName="idle")
            if theirs is not None:
                bob.create_function(FunctionName="idle", Command=theirs)
        await pilot.press("tab", "enter")
        await hear(pilot, words)
        await hear(pilot, "No changes made.")

        assert names(functions) == ["busy", *(["idle"] if theirs else [])]
        await pilot.press("u")
        await hear(pilot, "Nothing to undo.")


async def test_a_function_that_others_replaced_is_not_removed_by_undo(app: MakeApp, vault: smtui.Vault) -> None:
    async with at_functions(app()) as pilot:
        await pilot.press("a")
        await see(pilot, "New rotation function")
        await pilot.press("enter")
        await see(pilot, "New password function")
        await types(pilot, "maker")
        await pilot.press("ctrl+s")
        await hear(pilot, "maker created.")
        with vault.reopen() as own:
            bob = own.rotations(caller=BOB)
            bob.delete_function(FunctionName="maker")
            bob.create_function(FunctionName="maker", Command={"Arguments": ["true"]})
        await pilot.press("u")
        await hear(pilot, "maker was replaced. user/bob created it")

        assert names(vault.rotations()) == ["maker"]


async def test_a_session_that_only_reads_changes_nothing(app: MakeApp, functions: Any) -> None:
    async with at_functions(app(read_only=True)) as pilot:
        for key in ("a", "d"):
            pilot.app.clear_notifications()
            await pilot.press(key)
            await hear(pilot, READ_ONLY)


async def test_a_lambda_function_shows_what_it_may_read(
    app: MakeApp, vault: smtui.Vault, filled: Any, tmp_path: Path
) -> None:
    """What it runs with is on the screen; values of its variables are only in the question for a permission."""
    file = tmp_path / "rotate.py"
    file.write_text("def lambda_handler(event, context): ...\n")
    vault.rotations().create_function(FunctionName="f", Allow=False, Lambda={
        "File": str(file), "Handler": "lambda_handler", "Interpreter": "/usr/bin/python3", "MayRead": ["shared/wifi"],
        "Environment": [{"Name": "DATABASE", "Value": "[bold]\x1b[2J"}]})
    async with at_functions(app()) as pilot:
        await see(pilot, "lambda")
        await see(pilot, "may read  shared/wifi")
        await see(pilot, "sets      DATABASE")
        await see(pilot, "waits for your permission")
        await pilot.press("L")
        await see(pilot, "Allow f on this machine?")
        await see(pilot, "[bold]")
        await see(pilot, sha256(file.read_bytes()).hexdigest()[:40])
        await pilot.press("tab", "enter")
        await hear(pilot, "f allowed on this machine.")

        assert "WaitsForPermission" not in vault.rotations().list_functions()["Functions"][0]


@pytest.fixture
def rotate_file(tmp_path: Path) -> Path:
    """Returns the file of a Lambda function."""
    file = tmp_path / "rotate.py"
    file.write_text("def lambda_handler(event, context): ...\n")
    return file


async def fill(pilot: Pilot[None], id: str, text: str) -> None:
    """Replaces the content of a field."""
    field = pilot.app.screen.query_one(f"#{id}", Input)
    field.focus()
    field.value = text
    await pilot.pause()


async def test_a_lambda_function_is_made_and_asked_about(
    app: MakeApp, vault: smtui.Vault, filled: Any, rotate_file: Path
) -> None:
    """The form says what is wrong and what will run; the question shows everything before the function may run."""
    async with at_functions(app()) as pilot:
        await pilot.press("a", "down", "down", "enter")
        await see(pilot, "New Lambda function")
        await fill(pilot, "name", "aws")
        await see(pilot, "Enter the file of the function.")
        await fill(pilot, "file", str(rotate_file))
        await fill(pilot, "handler", "a-b")
        await see(pilot, "The handler is the name of a function in the file.")
        await fill(pilot, "handler", "lambda_handler")
        await fill(pilot, "python", "/nowhere/python")
        await see(pilot, "program not found: /nowhere/python")
        await fill(pilot, "python", "/bin/sh")
        await fill(pilot, "environment", "HOST=db '")
        await see(pilot, "Environment: a quotation mark is not closed")
        await fill(pilot, "environment", "HOST=db NOTE='two words'")
        await fill(pilot, "may-read", "nowhere")
        await see(pilot, "sets      HOST, NOTE")
        await pilot.press("ctrl+s")
        await hear(pilot, "can't find the specified secret: nowhere")
        await see(pilot, "New Lambda function")
        await fill(pilot, "may-read", "shared/wifi prod/payments/db")
        await pilot.press("ctrl+s")
        await see(pilot, "Allow aws on this machine?")
        await see(pilot, sha256(rotate_file.read_bytes()).hexdigest()[:40])
        [made] = vault.rotations().list_functions()["Functions"]
        assert made["WaitsForPermission"]
        await pilot.press("tab", "enter")
        await hear(pilot, "aws created.")

        [made] = vault.rotations().list_functions()["Functions"]
        assert "WaitsForPermission" not in made
        assert made["Lambda"]["Environment"] == [
            {"Name": "HOST", "Value": "db"}, {"Name": "NOTE", "Value": "two words"}]
        assert [arn.rpartition("-")[0][-11:] for arn in made["Lambda"]["MayRead"]] == ["shared/wifi", "payments/db"]


async def test_a_lambda_function_that_is_not_allowed_waits(
    app: MakeApp, vault: smtui.Vault, filled: Any, rotate_file: Path
) -> None:
    async with at_functions(app()) as pilot:
        await pilot.press("a", "down", "down", "enter")
        await see(pilot, "New Lambda function")
        await fill(pilot, "name", "aws")
        await fill(pilot, "file", str(rotate_file))
        await pilot.press("ctrl+s")
        await see(pilot, "Allow aws on this machine?")
        await pilot.press("enter")
        await hear(pilot, "aws created.")
        await see(pilot, "waits for your permission")


async def test_a_changed_lambda_function_keeps_its_secrets_and_asks_again(
    app: MakeApp, vault: smtui.Vault, filled: Any, rotate_file: Path
) -> None:
    """What it could read stays the same secret. `u` restores the former settings with their permission."""
    rotations = vault.rotations()
    made = rotations.create_function(FunctionName="f", Lambda={
        "File": str(rotate_file), "Handler": "lambda_handler", "Interpreter": "/bin/sh", "MayRead": ["shared/wifi"]})
    filled.rotate_secret(SecretId="prod/payments/db", RotationLambdaARN=made["FunctionArn"], RotateImmediately=False)
    async with at_functions(app()) as pilot:
        await see(pilot, "may read  shared/wifi")
        await pilot.press("e")
        await see(pilot, "Change Lambda function")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, FunctionsScreen))
        assert "WaitsForPermission" not in rotations.list_functions()["Functions"][0]
        await pilot.press("e")
        await see(pilot, "Change Lambda function")
        await fill(pilot, "environment", "HOST=db")
        await pilot.press("ctrl+s")
        await see(pilot, "It rotates 1 secret and receives its values.")
        await pilot.press("tab", "enter")
        await hear(pilot, "f changed.")

        [changed] = rotations.list_functions()["Functions"]
        assert (changed["FunctionArn"], changed["SecretNames"]) == (made["FunctionArn"], ["prod/payments/db"])
        assert changed["Lambda"]["Environment"] == [{"Name": "HOST", "Value": "db"}]
        assert changed["Lambda"]["MayRead"] == made["Lambda"]["MayRead"]
        await pilot.press("u")
        await see(pilot, "UpdateFunction")
        await pilot.press("enter")
        await until(pilot, lambda: "Environment" not in rotations.list_functions()["Functions"][0]["Lambda"])
        assert "WaitsForPermission" not in rotations.list_functions()["Functions"][0]


async def test_passwords_and_commands_are_changed_too(app: MakeApp, functions: Any) -> None:
    """A changed command waits until it is allowed; a password function needs no permission."""
    async with at_functions(app()) as pilot:
        await pilot.press("e")
        await see(pilot, "Change password function")
        await fill(pilot, "key", "token")
        await pilot.press("ctrl+s")
        await hear(pilot, "busy changed.")
        await pilot.press("j", "e")
        await see(pilot, "Change command function")
        await fill(pilot, "line", "false")
        await pilot.press("ctrl+s")
        await see(pilot, "Allow idle on this machine?")
        await pilot.press("enter")
        await see(pilot, "waits for your permission")

        busy, idle = functions.list_functions()["Functions"]
        assert (busy["Password"]["Key"], busy["Password"]["PasswordLength"], busy["SecretCount"]) == ("token", 20, 4)
        assert (idle["Command"]["Arguments"], idle["WaitsForPermission"]) == (["false"], True)


async def test_what_others_changed_meanwhile_is_not_overwritten(
    app: MakeApp, vault: smtui.Vault, functions: Any
) -> None:
    """Cancel keeps what was typed and asks again; Store mine anyway replaces the change that was shown."""
    async with at_functions(app()) as pilot:
        await pilot.press("j", "e")
        await see(pilot, "Change command function")
        with vault.reopen() as own:
            own.rotations(caller=BOB).update_function(FunctionName="idle", Command={"Arguments": ["false"]})
        await fill(pilot, "line", "true c")
        for answer in ("Cancel", "Store mine anyway"):
            await pilot.press("ctrl+s")
            await wait_for_screen(pilot, ConflictDialog)
            shown = join_screen_text(pilot.app)
            assert "idle changed while you edited it" in shown and "user/bob changed it" in shown
            assert "Now: false · 60 s per step" in shown and "Yours: true c · 5 s per step" in shown
            assert functions.list_functions()["Functions"][1]["Command"] == {"Arguments": ["false"]}
            await press_button(pilot, answer)
            if answer == "Cancel":
                await see(pilot, "Change command function")
                await see(pilot, "true c")
        await see(pilot, "Allow idle on this machine?")

        command = functions.list_functions()["Functions"][1]["Command"]
        assert command == {"Arguments": ["true", "c"], "TimeoutInSeconds": 5}


async def test_what_was_typed_for_a_function_that_others_delete_is_kept(
    app: MakeApp, vault: smtui.Vault, functions: Any
) -> None:
    async with at_functions(app()) as pilot:
        await pilot.press("j", "e")
        await see(pilot, "Change command function")
        await fill(pilot, "line", "true c")
        with vault.reopen() as own:
            own.rotations(caller=BOB).delete_function(FunctionName="idle")
        await pilot.press("ctrl+s")
        await wait_for_screen(pilot, ConflictDialog)
        assert "Now: deleted" in join_screen_text(pilot.app)
        await press_button(pilot, "Store mine anyway")
        await hear(pilot, "idle")
        await wait_for_screen(pilot, CommandFunction)
        await see(pilot, "true c")
        await see_escape_ask(pilot, CommandFunction)


async def test_a_removed_lambda_function_is_made_again_by_undo(
    app: MakeApp, vault: smtui.Vault, filled: Any, tmp_path: Path
) -> None:
    file = tmp_path / "rotate.py"
    file.write_text("def lambda_handler(event, context): ...\n")
    vault.rotations().create_function(FunctionName="f", Lambda={
        "File": str(file), "Handler": "lambda_handler", "Interpreter": "/usr/bin/python3", "MayRead": ["shared/wifi"]})
    [before] = vault.rotations().list_functions()["Functions"]
    async with at_functions(app()) as pilot:
        await see(pilot, "may read  shared/wifi")
        await pilot.press("d")
        await see(pilot, "Delete f?")
        await pilot.press("tab", "enter")
        await hear(pilot, "f deleted.")
        assert names(vault.rotations()) == []
        await pilot.press("u")
        await see(pilot, "CreateFunction")
        await pilot.press("enter")
        await until(pilot, lambda: names(vault.rotations()) == ["f"])
        [after] = vault.rotations().list_functions()["Functions"]
        assert after["Lambda"] == before["Lambda"]
