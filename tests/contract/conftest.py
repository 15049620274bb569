"""Fixtures of the contract tests: clients whose every response is checked against the service model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import smtui
from smtui.engine.declaration import CONTRACT
from tests.contract import oracle
from tests.contract.regions import FAR


class HeldToTheModel:
    """A client that checks every response and error against the service model."""

    def __init__(self, client: Any, model: Any = oracle.MODEL) -> None:
        self._client = client
        self._model = model

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in self._client.operations:
            return found
        return self._checked(found, CONTRACT[self._client.operations[name]].name)

    def _checked(self, method: Callable[..., Any], operation: str) -> Callable[..., Any]:
        def call(**params: Any) -> Any:
            try:
                response = method(**params)
            except smtui.ClientError as error:
                assert error.operation_name == operation
                assert error.response["Error"]["Message"]
                oracle.check_error(operation, error.response["Error"]["Code"], self._model)
                raise
            oracle.check_response(operation, response, self._model)
            return response

        return call


@pytest.fixture
def client(vault: smtui.Vault) -> Any:
    return HeldToTheModel(vault.client())


@pytest.fixture
def keys(vault: smtui.Vault) -> Any:
    return HeldToTheModel(vault.keys(), oracle.KEY_MODEL)


@pytest.fixture
def far(vault: smtui.Vault) -> Any:
    """Returns a client of the Region of the replicas."""
    return HeldToTheModel(vault.client(region_name=FAR))


@pytest.fixture
def far_keys(vault: smtui.Vault) -> Any:
    return HeldToTheModel(vault.keys(region_name=FAR), oracle.KEY_MODEL)


@pytest.fixture
def primary(client: Any) -> str:
    """Returns the ARN of a secret with two versions, a tag and a replica."""
    tags = [{"Key": "k", "Value": "v"}]
    arn: str = client.create_secret(Name="a", SecretString="1", Description="d", Tags=tags)["ARN"]
    client.put_secret_value(SecretId="a", SecretString="2")
    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}])
    return arn


@pytest.fixture
def refused() -> Callable[..., Any]:
    """Returns `refused(code, call, **params)`, which checks the call's error code and returns the message."""

    def check(code: str, call: Callable[..., Any], **params: Any) -> str:
        with pytest.raises(smtui.ClientError) as caught:
            call(**params)
        assert caught.value.response["Error"]["Code"] == code, caught.value
        return str(caught.value.response["Error"]["Message"])

    return check
