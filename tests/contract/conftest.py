"""The client of the contract suite: every response it gives is held against the service model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import smtui
from tests.contract import oracle
from tests.contract.regions import FAR


class HeldToTheModel:
    """A client whose every answer and refusal is checked on the way out."""

    def __init__(self, client: Any, model: Any = oracle.MODEL) -> None:
        self._client = client
        self._model = model

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._checked(found, self._client.operations[name]) if name in self._client.operations else found

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
    """A client of the Region where the replicas are."""
    return HeldToTheModel(vault.client(region_name=FAR))


@pytest.fixture
def far_keys(vault: smtui.Vault) -> Any:
    return HeldToTheModel(vault.keys(region_name=FAR), oracle.KEY_MODEL)


@pytest.fixture
def primary(client: Any) -> str:
    """The ARN of a secret with two versions, a tag and a replica."""
    tags = [{"Key": "k", "Value": "v"}]
    arn: str = client.create_secret(Name="a", SecretString="1", Description="d", Tags=tags)["ARN"]
    client.put_secret_value(SecretId="a", SecretString="2")
    client.replicate_secret_to_regions(SecretId="a", AddReplicaRegions=[{"Region": FAR}])
    return arn


@pytest.fixture
def refused() -> Callable[..., Any]:
    """`refused(code, call, **params)`: the call must be refused with this code; answers with the message."""

    def check(code: str, call: Callable[..., Any], **params: Any) -> str:
        with pytest.raises(smtui.ClientError) as caught:
            call(**params)
        assert caught.value.response["Error"]["Code"] == code, caught.value
        return str(caught.value.response["Error"]["Message"])

    return check
