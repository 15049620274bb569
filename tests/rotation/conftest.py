"""A rotation of one secret by a script, and what became of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import smtui

TOKEN = "00000000-1111-4000-8000-000000000000"
VALUE = "first-value-of-all"
ID: Any = {"SecretId": "db"}
Rotate = Callable[..., dict[str, Any]]


@pytest.fixture
def rotate(vault: smtui.Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rotate:
    """Rotates `db` by a script, and tells how that went."""
    client, rotations = vault.client(), vault.rotations()
    client.create_secret(Name="db", SecretString=VALUE)
    monkeypatch.setattr("smtui.rotation.command.GRACE", 0.2)

    def by(script: str, *, limit: int = 30, shell: bool = False) -> dict[str, Any]:
        path = tmp_path / "function"
        path.write_text(script.replace("PYTHON", sys.executable))
        before = f"import sys; sys.path.insert(0, {str(Path.cwd())!r})\n"
        if not shell:
            path.write_text(before + path.read_text())
        arguments = ["/bin/sh" if shell else sys.executable, str(path)]
        arn = rotations.create_function(
            FunctionName="f", Command={"Arguments": arguments, "TimeoutInSeconds": limit}
        )["FunctionArn"]
        client.rotate_secret(**ID, RotationLambdaARN=arn, ClientRequestToken=TOKEN)
        found: dict[str, Any] = rotations.describe_rotation(**ID)["Rotation"]
        return found

    return by


def current(vault: smtui.Vault) -> str:
    return str(vault.client().get_secret_value(**ID)["SecretString"])


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
