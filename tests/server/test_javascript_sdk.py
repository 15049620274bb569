"""Tests of the endpoint with AWS's SDK for JavaScript, unmodified, in node.

`.ci/run` installs the SDK into `build/javascript`; without node or the package the tests are skipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import smtui
from smtui.server.agent import Agent
from smtui.system.ambient import read_system_clock
from tests.conftest import PASSPHRASE
from tests.server.served import serve
from tests.waiting import LIMIT

NODE = shutil.which("node")
FOLDER = Path(__file__).parents[2] / "build" / "javascript"
PACKAGE = FOLDER / "node_modules" / "@aws-sdk" / "client-secrets-manager"
pytestmark = pytest.mark.skipif(NODE is None or not PACKAGE.exists(), reason="needs node and AWS's SDK for JavaScript")
HEAD = """
const sdk = require("@aws-sdk/client-secrets-manager");
const client = new sdk.SecretsManagerClient({});
const send = (name, input) => client.send(new sdk[name + "Command"](input));
const refuse = async (name, input) => {
  try { await send(name, input); return null; }
  catch (error) { return {name: error.name, message: error.message, status: error.$metadata?.httpStatusCode,
                          id: error.$metadata?.requestId, attempts: error.$metadata?.attempts}; }
};
const answer = (found) => console.log(JSON.stringify(found));
"""
Run = Callable[[str], Any]


@pytest.fixture
def served(tmp_path: Path, cheap_kdf: None) -> Iterator[tuple[smtui.Vault, Agent, dict[str, str]]]:
    vault = smtui.create_vault(tmp_path / "js.vault", PASSPHRASE, clock=read_system_clock)
    with serve(vault) as (agent, environ):
        yield vault, agent, environ


@pytest.fixture
def run(served: tuple[smtui.Vault, Agent, dict[str, str]]) -> Run:
    """Runs a script in node, and returns what it answers."""

    def call(script: str) -> Any:
        done = subprocess.run([str(NODE), "-e", f"{HEAD}(async () => {{ {script} }})();"], env=served[2], cwd=FOLDER,
                              capture_output=True, text=True, timeout=LIMIT, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


def test_values_lists_and_times(run: Run, served: tuple[smtui.Vault, Agent, dict[str, str]]) -> None:
    found = run("""
        const created = await send("CreateSecret", {Name: "prod/db", SecretString: "grüße 😀", Tags: [{Key: "a", Value: "b"}]});
        await send("PutSecretValue", {SecretId: "prod/db", SecretBinary: new Uint8Array([0, 255, 10])});
        const binary = await send("GetSecretValue", {SecretId: "prod/db"});
        const text = await send("GetSecretValue", {SecretId: "prod/db", VersionStage: "AWSPREVIOUS"});
        const tagged = await send("TagResource", {SecretId: "prod/db", Tags: [{Key: "c", Value: ""}]});
        const names = [];
        for await (const page of sdk.paginateListSecrets({client, pageSize: 1}, {})) {
          names.push(...page.SecretList.map((each) => each.Name));
        }
        answer({arn: created.ARN, binary: [...binary.SecretBinary], text: text.SecretString, names,
                created: text.CreatedDate.getTime(), id: text.$metadata.requestId, tagged: tagged.$metadata.httpStatusCode});
    """)  # noqa: E501
    vault = served[0]
    value = vault.client().get_secret_value(SecretId="prod/db", VersionStage="AWSPREVIOUS")

    assert found["arn"] == value["ARN"]
    assert (found["binary"], found["text"], found["names"]) == ([0, 255, 10], "grüße 😀", ["prod/db"])
    assert found["created"] == round(value["CreatedDate"].timestamp() * 1000)
    assert found["tagged"] == 200
    assert found["id"] in {event["eventID"] for event in vault.audit_log()}


def test_errors_are_those_of_the_service(run: Run, served: tuple[smtui.Vault, Agent, dict[str, str]]) -> None:
    missing, invalid, later = run("""
        const missing = await refuse("GetSecretValue", {SecretId: "none"});
        const invalid = await refuse("GetRandomPassword", {PasswordLength: 0});
        const later = await refuse("GetSecretValue", {SecretId: "a".repeat(3000)});
        answer([missing, invalid, later]);
    """)
    assert (missing["name"], missing["status"], missing["attempts"]) == ("ResourceNotFoundException", 400, 1)
    assert "can't find the specified secret" in missing["message"]
    assert missing["id"]
    assert invalid["name"] in ("ValidationException", "InvalidParameterException")
    assert later["name"] == "ValidationException"


def test_a_locked_vault_is_an_error_that_is_tried_again(
    run: Run, served: tuple[smtui.Vault, Agent, dict[str, str]]
) -> None:
    served[1].shared.lock()
    found = run('answer(await refuse("GetSecretValue", {SecretId: "a"}));')

    assert (found["name"], found["status"], found["attempts"]) == ("ServiceUnavailableException", 503, 3)
    assert "smtui unlock" in found["message"]


def test_a_wrong_clock_is_corrected_by_the_date_of_the_response(run: Run) -> None:
    """A clock an hour slow: the SDK reads the header Date of the refusal, and signs again."""
    found = run("""
        await send("CreateSecret", {Name: "a", SecretString: "x"});
        const slow = new sdk.SecretsManagerClient({systemClockOffset: -3600000});
        answer((await slow.send(new sdk.GetSecretValueCommand({SecretId: "a"}))).SecretString);
    """)
    assert found == "x"


def test_two_hundred_gets_at_once(run: Run, served: tuple[smtui.Vault, Agent, dict[str, str]]) -> None:
    """With the SDK's own limit of 50 sockets, and with as many sockets as gets."""
    found = run("""
        await send("CreateSecret", {Name: "a", SecretString: "x"});
        const read = (client) => Promise.all(Array.from({length: 200}, async () =>
          (await client.send(new sdk.GetSecretValueCommand({SecretId: "a"}))).SecretString));
        const many = new sdk.SecretsManagerClient({requestHandler: {httpAgent: {maxSockets: 200}}});
        answer([...await read(client), ...await read(many)].filter((each) => each === "x").length);
    """)
    assert found == 400
    reads = [event for event in served[0].audit_log(operation="GetSecretValue") if "errorCode" not in event]
    assert len(reads) == 400
