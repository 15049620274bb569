"""Tests of `smtui get --otp`: the code instead of its seed, from a URI, a seed, or the key that holds one."""

from __future__ import annotations

import json

import pytest

from smtui.rules.one_time_code import parse_seed
from smtui.system.ambient import read_system_clock
from tests.cli.conftest import CommandLine

SEED = "JBSWY3DPEHPK3PXP"
URI = f"otpauth://totp/mail:admin?secret={SEED}&digits=8&period=60"


@pytest.mark.parametrize(("value", "target", "seed"), [
    (SEED, "mail", SEED), (URI, "mail", URI), (json.dumps({"user": "a", "otp": SEED}), "mail", SEED),
    (json.dumps({"totp": SEED, "setup": URI}), "mail", URI), (json.dumps({"x": SEED}), "mail#x", SEED),
])
def test_the_code_is_printed_and_nothing_else(stocked: CommandLine, value: str, target: str, seed: str) -> None:
    stocked.done("set", "mail", "-", stdin=value.encode())

    possible = [parse_seed(seed).compute_code(read_system_clock()).code]
    printed = stocked.done("get", target, "--otp")
    possible.append(parse_seed(seed).compute_code(read_system_clock()).code)

    assert printed in possible


@pytest.mark.parametrize(("value", "target", "message"), [
    ("hunter2!", "mail", "not Base32"), (json.dumps({"x": SEED}), "mail", "No key of mail holds a one-time code seed"),
    (json.dumps({"x": "hunter2!"}), "mail#x", "not Base32"), ("otpauth://hotp/x?secret=MFRGG", "mail", "HOTP"),
])
def test_what_has_no_code_is_refused_unseen(stocked: CommandLine, value: str, target: str, message: str) -> None:
    stocked.done("set", "mail", "-", stdin=value.encode())

    answer = stocked("get", target, "--otp")

    assert answer.code == 1 and answer.raw == b"" and message in answer.err
    assert SEED not in answer.err and "hunter2" not in answer.err and "MFRGG" not in answer.err
