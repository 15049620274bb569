"""Tests that no command prints a value on standard error or writes it to the audit log or a log."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from smtui.api.model import OPERATIONS
from smtui.api.shapes import Blob, Flag, Integer, List, Shape, Structure, Text
from smtui.cli.parameters import hyphenate
from tests.cli.conftest import CommandLine

MARK = "marked-7f3a9c"
WriteFile = Callable[[str, str | bytes], str]


def sensitive(operation: str) -> Iterator[str]:
    for member, shape in OPERATIONS[operation].request.members.items():
        if getattr(shape, "sensitive", False):
            yield member


def example(shape: Shape) -> Any:
    match shape:
        case Structure():
            return {name: example(member) for name, member in shape.members.items()}
        case List():
            return [example(shape.item)]
        case Integer():
            return 7
        case Flag():
            return False
        case Text(enum=words) if words:
            return words[0]
        case Text() | Blob():
            return "prod/db"
    raise AssertionError(shape)


WAYS = [(operation, member) for operation in OPERATIONS for member in sensitive(operation)]


@pytest.mark.parametrize(("operation", "member"), WAYS)
@pytest.mark.parametrize("whole", [False, True])
def test_sensitive_parameters(
    stocked: CommandLine, caplog: pytest.LogCaptureFixture, operation: str, member: str, whole: bool
) -> None:
    """Tests every sensitive parameter in the contract, in successful and refused requests."""
    caplog.set_level(logging.DEBUG)
    request = OPERATIONS[operation].request
    wanted = request.members if whole else request.required
    asked = {name: example(request.members[name]) for name in wanted}
    asked[member] = f"{MARK}-{'x' * 20}"
    if not whole and "Name" in asked:
        asked["Name"] = "new"

    answer = stocked(hyphenate(operation), "--cli-input-json", "-", "--cli-binary-format", "raw-in-base64-out",
                     stdin=json.dumps(asked).encode())

    assert MARK not in answer.out + answer.err + caplog.text
    assert MARK not in stocked.done("audit", "--all", "--json", "--limit", "0")
    assert whole or member == "RotationToken" or answer.code == 0


MISTAKES = [
    ["set", "a", MARK],
    ["set", f"a#{'k'}", MARK],
    ["create-secret", "--name", "a", "--secret-strnig", MARK],
    ["create-secret", "--name", "a", "--secret-strnig=" + MARK],
    ["create-secret", "--name", "a", "--secret-binary", f"{MARK}!"],
    ["create-secret", "--name", "a", MARK],
    ["create-secret", "--cli-input-json", f'{{"SecretString": "{MARK}"'],
    ["create-secret", "--cli-input-json", f'{{"Name": "a", "SecretStrin": "{MARK}"}}'],
    ["create-secret", "--cli-input-yaml", f"Name: a\nSecretString: !{MARK}"],
    ["create-secret", "--cli-input-yaml", f"Name: a\nSecretString: [{MARK}"],
    ["create-secret", "--cli-input-yaml", f"Name: a\nSecretString: *{MARK}"],
    ["create-secret", "--cli-input-yaml", f"Name: a\nSecretString: [{MARK}]"],
    ["create-secret", "--cli-input-json", f'{{"Name": "a", "SecretString": ["{MARK}"]}}'],
    ["create-secret", "--cli-input-json", f'{{"Name": "a", "{MARK}!": "x"}}'],
    ["get-random-password", "--password-length", MARK],
    ["list-secrets", "--max-items", MARK],
    ["get", "a", "--passphrase-fd", MARK],
    ["init", "--account-id", MARK],
    ["audit", "--since", MARK],
    ["audit", "--outcome", MARK],
    ["keys", "create", "--days", MARK],
    ["create-secret", "--name", "a", "--tags", f"[\"{MARK}\""],
    ["create-secret", "--name", "a", "--tags", f"Key={MARK},Valu={MARK}"],
]


@pytest.mark.parametrize("argv", MISTAKES)
def test_mistakes_are_not_quoted(stocked: CommandLine, argv: list[str]) -> None:
    """An error for a misplaced value does not repeat it."""
    answer = stocked(*argv)

    assert answer.code in (1, 2)
    assert MARK not in answer.out + answer.err
    assert MARK not in stocked.done("audit", "--all", "--json", "--limit", "0")


@pytest.mark.parametrize(
    "content",
    [
        f"A={MARK}\n", f"{MARK}\n", f'A="{MARK}\n', f"A='{MARK}' {MARK}\n", f'{{"a": "{MARK}"}}', f'{{"a": "{MARK}"',
        f'{{"a": ["{MARK}"], "a": "{MARK}"}}', f'{{"bad name": "{MARK}"}}', f'{{"prod/db": "{MARK}"}}',
        f'{{"SecretValues": [{{"Name": "x", "SecretBinary": "{MARK}!"}}]}}', f"A={MARK}\0\n",
        f'{{"b": "{MARK}{"x" * 70_000}"}}',
    ],
)
@pytest.mark.parametrize("dry", [False, True])
def test_imports_name_no_value(stocked: CommandLine, file: WriteFile, content: str, dry: bool) -> None:
    answer = stocked("import", file("f", content), *(["--dry-run"] if dry else []))

    assert MARK not in answer.out + answer.err
    assert MARK not in stocked.done("audit", "--all", "--json", "--limit", "0")


def test_an_error_in_the_middle_of_everything(stocked: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message of an unexpected error is not printed, because it may contain the value."""
    from smtui.engine import values

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(MARK)

    monkeypatch.setattr(values, "decrypt", broken)

    for argv in (["get", "prod/db"], ["get-secret-value", "--secret-id", "prod/db"], ["copy", "prod/db"]):
        answer = stocked(*argv)
        assert answer.code == 1
        assert MARK not in answer.err
