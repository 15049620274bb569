"""Promotion between two accounts: moto behind the proxy that logs calls, by processes that are killed (`kill -9`)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.aws_server import THROTTLED, Aws, Environ, Start, answer_with, name_operation
from tests.waiting import LIMIT

MARKER = "marker-f00d"
HOTFIX = "44444444-0000-4000-8000-444444444444"


class Disturbed:
    """moto with 10 % throttling, which kills the process that calls at one call."""

    def __init__(self, application: Any, kill_at: int) -> None:
        self._application = application
        self._kill_at = kill_at
        self.process: subprocess.Popen[bytes] | None = None
        self.calls = 0

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        self.calls += 1
        if self.calls == self._kill_at and self.process is not None:
            answer = list(self._application(environ, start))  # the change is made, its answer is lost
            os.kill(self.process.pid, signal.SIGKILL)
            return answer
        if self.calls % 10 == 0:
            return answer_with(THROTTLED, name_operation(environ), environ, start)
        return self._application(environ, start)  # type: ignore[no-any-return]


def run(environment: dict[str, str], *argv: str, disturbed: Disturbed | None = None) -> tuple[int, str]:
    """Runs the program in a process of its own. Returns its exit code and everything that it has written."""
    process = subprocess.Popen([sys.executable, "-m", "smtui", *argv], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if disturbed is not None:
        disturbed.process = process
    output, _ = process.communicate(timeout=LIMIT)
    return process.returncode, output.decode()


def read_labels(client: Any) -> dict[str, dict[str, str]]:
    """The labels of each secret with their versions."""
    found = {}
    for page in client.get_paginator("list_secrets").paginate():
        for entry in page["SecretList"]:
            versions = entry["SecretVersionsToStages"]
            found[entry["Name"]] = {label: version for version, held in versions.items() for label in held}
    return found


def fill(aws: Aws, count: int) -> None:
    left, right = aws.client("a"), aws.client("b")
    for at in range(count):
        left.create_secret(Name=f"dev/{at:02d}", SecretString=f"{MARKER}-left-{at}")
        if at % 4 < 3:
            right.create_secret(Name=f"prod/{at:02d}", SecretString=f"{MARKER}-old-{at}")
            right.put_secret_value(SecretId=f"prod/{at:02d}", SecretString=f"{MARKER}-right-{at}")


@pytest.mark.parametrize(("count", "foreign", "kills"), [(4, 1, 2), pytest.param(40, 5, 20, marks=pytest.mark.long)])
def test_killed_throttled_and_disturbed_by_others(
    aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, foreign: int, kills: int
) -> None:
    fill(aws, count)
    environment = {**os.environ, "HOME": str(tmp_path), "SMTUI_CONFIG": str(tmp_path / "c.toml"),
                   "TMPDIR": str(tmp_path)}
    plan = tmp_path / "release.plan"
    right = aws.client("b")
    before = read_labels(right)
    sides = "a@us-east-1", "b@us-east-1"
    code, said = run(environment, "compare", *sides, "--rename", "dev/=prod/", "--plan", str(plan))
    assert (code, plan.is_file()) == (1, True), said
    written = said + plan.read_text()
    changed = [f"prod/{at:02d}" for at in range(0, foreign * 4, 4)]
    for name in changed:
        right.put_secret_value(SecretId=name, SecretString="hotfix", ClientRequestToken=HOTFIX)

    application, draw = aws.proxy.application, random.Random(23)
    for _ in range(kills):
        disturbed = Disturbed(application, draw.randrange(3, count * 5))
        monkeypatch.setattr(aws.proxy, "application", disturbed)
        written += run(environment, "promote", str(plan), "--yes", "--rw", disturbed=disturbed)[1]
    monkeypatch.setattr(aws.proxy, "application", Disturbed(application, 0))
    code, said = run(environment, "promote", str(plan), "--yes", "--rw")
    written += said

    assert code == 1, said
    lines = [line for line in said.splitlines() if line.startswith("not changed: ")]
    assert lines == [f"not changed: {name}: version 44444444 was stored on the right side after the comparison"
                     for name in changed]
    labels = read_labels(right)
    for at in range(count):
        name = f"prod/{at:02d}"
        value = right.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["SecretString"]
        assert value == ("hotfix" if name in changed else f"{MARKER}-left-{at}")
    assert not any(label.startswith("smtui-") for held in labels.values() for label in held)

    monkeypatch.setattr(aws.proxy, "application", application)
    code, said = run(environment, "promote", str(plan), "--undo", "--yes", "--rw")
    written += said
    assert code == 1, said
    after = read_labels(right)
    for name, held in before.items():
        if name not in changed:
            assert after[name] == held, name
    assert [name for name in after if name not in before] == [], "new secrets are scheduled for deletion"
    assert MARKER not in written
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(MARKER.encode() in path.read_bytes() for path in files)
