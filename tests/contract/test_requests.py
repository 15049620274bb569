"""Tests that all operations refuse invalid requests alike, and repeat no sensitive member."""

import pytest

from smtui.api.model import OPERATIONS
from smtui.api.shapes import Blob, List, Structure, Text
from smtui.engine.client import format_method_name

MARKER = "hunter2-do-not-tell"


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_missing_and_unknown_parameters(client, refused, operation) -> None:
    method = getattr(client, format_method_name(operation))
    for name in OPERATIONS[operation].request.required:
        assert f'Missing required parameter in input: "{name}"' in refused("ValidationException", method)
    assert "Unknown parameter" in refused("ValidationException", method, Colour="blue")


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_sensitive_members_never_leave_through_a_refusal_or_the_trail(vault, client, operation) -> None:
    """Each sensitive member gets a marked value, with a right or wrong type; no error and no event contains it."""
    shape = OPERATIONS[operation].request
    base = {name: _sample(shape.members[name]) for name in shape.required}
    attempts = [{**base, MARKER: MARKER}]
    for name, member in shape.members.items():
        if isinstance(member, Text | Blob) and member.sensitive:
            attempts += [{**base, name: wrong} for wrong in (MARKER, [MARKER], {MARKER: MARKER}, MARKER * 9000)]
    for params in attempts:
        try:
            said = repr(getattr(client, format_method_name(operation))(**params))
            said = said if "SecretString" not in params else ""
        except Exception as error:
            said = f"{error} {error!r} {vars(error)}"
        assert MARKER not in said
    assert MARKER not in repr(list(vault.audit_log()))


def _sample(shape):
    match shape:
        case Structure():
            return {name: _sample(shape.members[name]) for name in ("Region",) if name in shape.members}
        case List():
            return [_sample(shape.item)]
        case Text(pattern=str()):
            return "us-west-2"
    return "a"


def test_only_errors_of_the_model_repeat_their_message(client) -> None:
    """As recorded from AWS: `Message` stands beside `Error` only in responses of errors that the model declares."""
    client.create_secret(Name="a")
    responses = {}
    for params in ({"SecretId": "missing"}, {"SecretId": "a b"}, {"SecretId": "a"}):
        try:
            client.rotate_secret(RotationLambdaARN="arn:aws:lambda:us-east-1:000000000000:function:none", **params)
        except client.exceptions.ClientError as error:
            responses[error.response["Error"]["Code"]] = error.response

    assert {code: response.keys() - {"ResponseMetadata"} for code, response in responses.items()} == {
        "ResourceNotFoundException": {"Error", "Message"}, "ValidationException": {"Error"},
        "AccessDeniedException": {"Error"},
    }
