"""Checks of responses and errors against botocore's service models."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape

MODEL = botocore.session.get_session().get_service_model("secretsmanager")
KEY_MODEL = botocore.session.get_session().get_service_model("kms")


def check_response(operation: str, response: dict[str, Any], model: ServiceModel = MODEL) -> None:
    """Asserts that every member of the response is in the model and has the right type and length."""
    output = model.operation_model(operation).output_shape
    members = {name: value for name, value in response.items() if name != "ResponseMetadata"}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
    if output is None:
        assert members == {}
    else:
        _check(output, members, operation)


def check_error(operation: str, code: str, model: ServiceModel = MODEL) -> None:
    """Asserts that the operation may raise this error according to the model.

    LimitExceededException is always allowed: the model does not declare it for TagResource, but the user guide does.
    """
    declared = {shape.name for shape in model.operation_model(operation).error_shapes}
    everywhere = {"ValidationException", "AccessDeniedException", "LimitExceededException"}
    assert code in declared | everywhere


def _check(shape: Shape, value: Any, at: str) -> None:
    kinds = {"string": str, "blob": bytes, "boolean": bool, "integer": int, "long": int, "timestamp": datetime,
             "list": list, "map": dict, "structure": dict}
    assert isinstance(value, kinds[shape.type_name]), f"{at}: {type(value)}"
    assert value is not None
    if shape.type_name == "structure":
        for name, member in value.items():
            assert name in shape.members, f"{at}.{name} is unknown to the model"
            _check(shape.members[name], member, f"{at}.{name}")
    elif shape.type_name == "list":
        for item in value:
            _check(shape.member, item, f"{at}[]")
    elif shape.type_name == "map":
        for key, item in value.items():
            _check(shape.key, key, f"{at} key")
            _check(shape.value, item, f"{at}[{key}]")
    elif shape.type_name == "timestamp":
        assert value.tzinfo is not None
    elif shape.type_name in ("string", "blob") and at.rpartition(".")[2] != "Name":
        assert shape.metadata.get("min", 0) <= len(value) <= shape.metadata.get("max", 1 << 30), at
