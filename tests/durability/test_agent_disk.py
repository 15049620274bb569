"""Tests that a full disk refuses a call to agent and endpoint, and that the next call works.

A file size limit simulates the full disk, because it needs no permissions.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import smtui
from smtui.api.errors import VaultFullError
from smtui.backends import agent_client
from smtui.server.agent import Agent
from smtui.system.ambient import read_system_clock
from tests.agents import run_agent, runtime
from tests.conftest import PASSPHRASE

resource = pytest.importorskip("resource")
__all__ = ["runtime"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")
LARGEST = 128 * 1024
BIG = "x" * 60_000


@pytest.fixture
def agent(tmp_path: Path, cheap_kdf: None, runtime: Path) -> Iterator[Agent]:
    path = tmp_path / "v.vault"
    with smtui.create_vault(path, PASSPHRASE, clock=read_system_clock) as vault:
        vault.client().create_secret(Name="a", SecretString="x")
    with run_agent(path) as agent:
        yield agent


@contextmanager
def full_disk() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill(create: Callable[[str], Any], refusal: type[Exception], prefix: str) -> tuple[list[str], Any]:
    """Creates secrets until one is refused. Returns the names of the others, and the refusal."""
    names: list[str] = []
    while len(names) < 10:
        try:
            create(f"{prefix}/{len(names)}")
        except refusal as error:
            return names, error
        names.append(f"{prefix}/{len(names)}")
    pytest.fail("the disk was never full")


def test_a_full_disk_refuses_one_call_and_the_next_works(agent: Agent) -> None:
    environment = agent.make_environment(agent.start_endpoint(0))
    boto: Any = boto3.client(
        "secretsmanager", endpoint_url=environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"], region_name="us-east-1",
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"], aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 0}))
    client: Any = agent_client.connect(agent.shared.path)
    with full_disk():
        stored, _ = fill(lambda name: client.create_secret(Name=name, SecretString=BIG), VaultFullError, "agent")
        more, error = fill(lambda name: boto.create_secret(Name=name, SecretString=BIG), ClientError, "boto")
    client.put_secret_value(SecretId="a", SecretString=BIG)
    boto.create_secret(Name="later", SecretString=BIG)

    assert error.response["Error"]["Code"] in ("InternalServiceError", "InternalServiceErrorException")
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert ".vault" not in str(error)
    assert not agent.shared.is_locked
    with agent.shared.use() as vault:
        assert vault.maintenance.check().clean
        names = {each["Name"] for each in vault.client().list_secrets()["SecretList"]}
        assert names == {"a", "later", *stored, *more}
    client.close()
