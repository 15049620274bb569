"""Tests of the screen Access with an agent in the app, and with one that runs elsewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from textual.pilot import Pilot

import smtui
from smtui.api.errors import ClientError
from smtui.backends import agent_client
from smtui.server.agent import Agent
from smtui.server.shared_vault import LockLimits, SharedVault
from smtui.system.ambient import Ambient
from smtui.tui.access.screen import AccessScreen
from smtui.tui.app import SmtuiApp
from smtui.tui.unlock.screen import UnlockScreen
from smtui.tui.vault.passphrase import change_passphrase
from tests.agents import runtime
from tests.tui.conftest import FakeTool, MakeApp, said, screen_text, until

__all__ = ["runtime"]
LARGE = (120, 36)
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets"), pytest.mark.usefixtures("runtime"),
]


async def open_access(pilot: Pilot[None], running: SmtuiApp) -> None:
    await until(pilot, lambda: running.session)
    await pilot.press("o", "a")
    await until(pilot, lambda: isinstance(running.screen, AccessScreen) and "Agent" in screen_text(running))


async def start(pilot: Pilot[None], running: SmtuiApp) -> dict[str, Any]:
    """Starts agent and endpoint on the screen. Returns the environment for programs."""
    await pilot.press("f5")
    await until(pilot, lambda: "without the passphrase" in screen_text(running))
    await pilot.press("enter")
    await until(pilot, lambda: "allow all" in screen_text(running))
    agent = get_own_agent(running)
    return agent.find_environment()


def get_own_agent(running: SmtuiApp) -> Agent:
    assert running.session is not None
    agent = running.session.agent._own
    assert agent is not None
    return agent


def read(environment: dict[str, Any], name: str) -> int:
    """The status of a read through the interface of AWS's agent."""
    url = f"{environment['AWS_ENDPOINT_URL_SECRETS_MANAGER']}/v1/{name}"
    try:
        with urlopen(Request(url, headers={"X-Vault-Token": environment["AWS_TOKEN"]})) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


@contextmanager
def run_agent_elsewhere(vault: smtui.Vault) -> Iterator[Agent]:
    opened = vault.reopen()
    agent = Agent(SharedVault(opened, lambda _: vault.reopen(), LockLimits(), Ambient()))
    agent.start(opened)
    yield agent
    agent.close()


async def test_an_endpoint_that_is_started_here_serves_the_open_vault(
    app: MakeApp, vault: smtui.Vault, client: Any
) -> None:
    client.create_secret(Name="marked", SecretString="the-value")
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_access(pilot, running)
        assert "not running" in screen_text(running)
        environment = await start(pilot, running)

        assert read(environment, "marked") == 200
        assert read(environment, "absent") == 400
        await until(pilot, lambda: "1 done, 1 refused" in screen_text(running))
        await until(pilot, lambda: "ResourceNotFound" in screen_text(running))
        assert "marked" not in screen_text(running)
        assert "the-value" not in screen_text(running)
        await pilot.press("full_stop")
        await until(pilot, lambda: "marked" in screen_text(running) and "absent" in screen_text(running))
        await pilot.press("full_stop")
        await until(pilot, lambda: "marked" not in screen_text(running))


async def test_the_lock_of_the_screens_ends_what_was_started_here(
    app: MakeApp, vault: smtui.Vault, client: Any
) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_access(pilot, running)
        await start(pilot, running)
        agent = get_own_agent(running)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen) and vault.locked)
        await until(pilot, lambda: agent.shared.is_locked)

        assert agent_client.connect(vault.path) is None
        assert agent.endpoints == []
        assert [str(each) for each in running._lock_notices.take_report(vault.path)] == [
            "The endpoint ended when the screens locked."]


async def test_the_agent_is_locked_alone_and_unlocked_again(app: MakeApp, vault: smtui.Vault, client: Any) -> None:
    client.create_secret(Name="a", SecretString="x")
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_access(pilot, running)
        environment = await start(pilot, running)
        await pilot.press("f7")
        await until(pilot, lambda: "locked on this screen" in screen_text(running))
        assert read(environment, "a") == 503
        assert not vault.locked

        await pilot.press("f5")
        await until(pilot, lambda: "locks in" in screen_text(running))
        assert read(environment, "a") == 200


async def test_a_caller_is_revoked(app: MakeApp, client: Any) -> None:
    client.create_secret(Name="a", SecretString="x")
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_access(pilot, running)
        environment = await start(pilot, running)
        assert environment["AWS_ACCESS_KEY_ID"] in screen_text(running)
        await pilot.press("f8")
        await until(pilot, lambda: "Revoke the access key of root?" in screen_text(running))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: any("is revoked" in each for each in said(running)))

        assert read(environment, "a") == 403
        assert read(get_own_agent(running).find_environment(), "a") == 200


async def test_stopping_the_endpoint_then_the_agent(app: MakeApp, vault: smtui.Vault) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_access(pilot, running)
        await start(pilot, running)
        for question in ("Stop the endpoint", "Stop the agent?"):
            await pilot.press("f6")
            await until(pilot, lambda question=question: question in screen_text(running))  # type: ignore[misc]
            await pilot.press("tab", "enter")
            await until(pilot, lambda: isinstance(running.screen, AccessScreen))
        await until(pilot, lambda: "not running; F5 starts one here" in screen_text(running))

        assert agent_client.connect(vault.path) is None


async def test_the_environment_is_copied_for_a_shell(app: MakeApp, tool: FakeTool) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_access(pilot, running)
        environment = await start(pilot, running)
        await pilot.press("y")
        await until(pilot, lambda: tool.held)

        lines = tool.held.decode()
        words = subprocess.run(["sh", "-c", f"{lines}echo $AWS_ACCESS_KEY_ID"], capture_output=True, check=True).stdout
        assert words.decode().strip() == environment["AWS_ACCESS_KEY_ID"]
        assert environment["AWS_SECRET_ACCESS_KEY"] not in screen_text(running)


async def test_an_agent_that_runs_elsewhere_is_seen_and_stopped(
    app: MakeApp, vault: smtui.Vault, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.create_secret(Name="a", SecretString="x")
    with run_agent_elsewhere(vault) as agent:
        served = agent.start_endpoint(0, {"alice": "none"})
        running = app()
        async with running.run_test(size=LARGE) as pilot:
            await open_access(pilot, running)
            await until(pilot, lambda: served.url in screen_text(running) and "user/alice" in screen_text(running))
            elsewhere = agent_client.connect(vault.path)
            assert elsewhere is not None
            elsewhere.get_secret_value(SecretId="a")  # type: ignore[attr-defined]
            await until(pilot, lambda: "GetSecretValue" in screen_text(running))
            await pilot.press("f7")
            await until(pilot, lambda: agent.shared.is_locked and "locked" in screen_text(running))
            elsewhere.close()

        assert agent.endpoints == [served], "what others started stays when the screens end"


async def test_an_endpoint_in_the_agent_of_another_process_ends_with_the_session(
    app: MakeApp, vault: smtui.Vault
) -> None:
    with run_agent_elsewhere(vault) as agent:
        running = app()
        async with running.run_test(size=LARGE) as pilot:
            await open_access(pilot, running)
            await pilot.press("f5")
            await until(pilot, lambda: agent.endpoints and agent.endpoints[0].url in screen_text(running))
            await pilot.press("ctrl+l")
            await until(pilot, lambda: isinstance(running.screen, UnlockScreen))
            await until(pilot, lambda: not agent.endpoints)


async def test_an_agent_that_does_not_answer_does_not_stop_the_screens(
    app: MakeApp, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smtui.tui.jobs.agent_access.WAIT_SECONDS", 0.1)
    with run_agent_elsewhere(vault) as agent:
        monkeypatch.setattr("smtui.server.agent_server.AgentServer._answer_all", lambda *_: agent.ended.wait())
        running = app()
        async with running.run_test(size=LARGE) as pilot:
            await until(pilot, lambda: running.session)
            await pilot.press("o", "a")
            await until(pilot, lambda: "not running" in screen_text(running))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(running.screen, AccessScreen))
        agent.ended.set()


async def test_an_endpoint_goes_on_while_another_context_is_shown_until_the_lock(
    app: MakeApp, vault: smtui.Vault, client: Any, tmp_path: Path
) -> None:
    client.create_secret(Name="a", SecretString="x")
    smtui.create_vault(tmp_path / "other.vault", "x").close()
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_access(pilot, running)
        environment = await start(pilot, running)
        agent = get_own_agent(running)
        running.open_another(tmp_path / "other.vault")
        await until(pilot, lambda: isinstance(running.screen, UnlockScreen))
        assert read(environment, "a") == 200

        await running.lock()
        assert agent.shared.is_locked and agent.endpoints == []


@pytest.mark.parametrize("name", ["\x1b]52;c;eA==\x07", "[@click=app.quit]x[/]", "\u202eevil", "[/x]"])
async def test_hostile_names_in_requests_are_shown_harmless(app: MakeApp, vault: smtui.Vault, name: str) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_access(pilot, running)
        await start(pilot, running)
        elsewhere: Any = agent_client.connect(vault.path)
        with pytest.raises(ClientError):
            elsewhere.get_secret_value(SecretId=name)
        elsewhere.close()
        await pilot.press("full_stop")
        await until(pilot, lambda: "GetSecretValue" in screen_text(running))

        assert not {"\x1b", "\x07", "\u202e"} & set(screen_text(running))
        assert isinstance(running.screen, AccessScreen)


async def test_the_passphrase_is_not_changed_while_an_agent_here_has_the_vault_open(app: MakeApp) -> None:
    running = app()
    async with running.run_test(size=LARGE) as pilot:
        await open_access(pilot, running)
        await start(pilot, running)
        running.run_task(change_passphrase)
        await until(pilot, lambda: any("Stop it on the Access screen first" in each for each in said(running)))
        assert isinstance(running.screen, AccessScreen)
