"""Uses every command with marked values in one process: `python -m tests.leaks.session`.

Afterwards, it prints `ready` and waits to be killed, with the vault open and the last writes in the write-ahead log.
It does not print the output of the commands.
"""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import smtui
from smtui.cli import terminal
from smtui.cli.main import run
from smtui.vault import kdf

PASSPHRASE, NEW_PASSPHRASE = "marked-passphrase-Qw7zX", "marked-passphrase-next-Vb3k"
VALUES = (
    "marked-value-Xy7Kp2", "marked-json-Zt4Rm9", "marked-binary-Lk8Wd3", "marked-rotated-Hn5Bc6", "marked-env-Jd2Fs1",
)
TEXT, IN_JSON, BINARY, ROTATED, FROM_FILE = VALUES
# Content of the vault other than values; it must not appear outside the vault either.
KNOWN_INSIDE = ("marked-name-Ap3Gu8", "marked-description-Ve6Iq4", "marked-tag-Ow1Ts7")
NAME, DESCRIPTION, TAG = KNOWN_INSIDE
ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Sid": TAG.replace("-", ""), "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
    "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})  # fmt: skip
FUNCTION = f"""
import json, sys, smtui
event = json.load(sys.stdin)
with smtui.rotation_client() as client:
    print("looked at", client.get_secret_value(SecretId=event["SecretId"])["SecretString"])
    if event["Step"] == "createSecret":
        client.put_secret_value(SecretId=event["SecretId"], ClientRequestToken=event["ClientRequestToken"],
                                SecretString=bytes({list(ROTATED.encode())}).decode(), VersionStages=["AWSPENDING"])
"""


def command(*argv: str, stdin: str | bytes = b"", may_fail: bool = False) -> str:
    """Runs one command and returns its standard output. Standard error goes to the parent process.

    Raises:
        SystemExit: The command fails, and `may_fail` is not set.
    """
    raw = stdin.encode() if isinstance(stdin, str) else stdin
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogateescape", write_through=True)
    before = sys.stdin, sys.stdout
    sys.stdin, sys.stdout = io.TextIOWrapper(io.BytesIO(raw)), out
    os.environ["SMTUI_PASSPHRASE"] = PASSPHRASE
    try:
        code = run(list(argv))
    finally:
        sys.stdin, sys.stdout = before
        os.environ.pop("SMTUI_PASSPHRASE", None)
    if code and not may_fail:
        raise SystemExit(f"{argv[0]} ended with {code}")
    assert isinstance(out.buffer, io.BytesIO)
    return out.buffer.getvalue().decode("utf-8", "surrogateescape")


def everything(home: Path) -> None:
    command("init")
    command("set", NAME, "-", "--description", DESCRIPTION, stdin=TEXT)
    command("create-secret", "--cli-input-json", "-", stdin=json.dumps(
        {"Name": "j", "SecretString": json.dumps({"user": "a", "password": IN_JSON}), "Description": DESCRIPTION,
         "Tags": [{"Key": TAG, "Value": TAG}]}))
    command("create-secret", "--cli-input-json", "-", stdin=json.dumps(
        {"Name": "b", "SecretBinary": BINARY}), may_fail=True)
    command("set", "b", "-", "--binary", stdin=b"\0\xff" + BINARY.encode())
    command("import", "-", "--prefix", "env/", stdin=f"KEY={FROM_FILE}\n")
    for argv in (["get", NAME], ["get", "j#password"], ["get-secret-value", "--secret-id", "b"],
                 ["batch-get-secret-value", "--secret-id-list", NAME, "j"], ["ls", "--long"], ["export", NAME],
                 ["list-secrets"], ["describe-secret", "--secret-id", "j"],
                 ["audit", "--all", "--json", "--limit", "0"],
                 ["list-secret-version-ids", "--secret-id", "j"], ["get-random-password"], ["check"]):
        command(*argv)
    command("put-secret-value", "--cli-input-json", "-", stdin=json.dumps({"SecretId": NAME, "SecretString": TEXT * 2}))
    command("update-secret", "--secret-id", "j", "--description", DESCRIPTION * 2)
    command("tag-resource", "--secret-id", NAME, "--tags", f"Key={TAG},Value={TAG}")
    command("put-resource-policy", "--secret-id", "j", "--resource-policy", POLICY)
    command("policy", "who-can", "GetSecretValue", "j", may_fail=True)
    versions = json.loads(command("list-secret-version-ids", "--secret-id", NAME))["Versions"]
    one = next(each["VersionId"] for each in versions if "AWSPREVIOUS" in each["VersionStages"])
    command("update-secret-version-stage", "--secret-id", NAME, "--version-stage", "blue", "--move-to-version-id", one)
    command("replicate-secret-to-regions", "--secret-id", "j", "--add-replica-regions", "Region=eu-west-1")
    script = home / "function.py"
    script.write_text(FUNCTION)
    command("functions", "add", "f", "--", sys.executable, str(script))
    command("rotate-secret", "--secret-id", NAME, "--rotation-lambda-arn", f"{ARN}f")
    command("delete-secret", "--secret-id", "b")
    command("restore-secret", "--secret-id", "b")
    command("backup", str(home / "copy.vault"))
    for mistake in (["get", "absent"], ["create-secret", "--name", NAME, "--secret-string", "-"], ["get", "j#absent"]):
        command(*mistake, stdin=TEXT, may_fail=True)


def main() -> None:
    home = Path(os.environ["HOME"])
    cheap = {number: kdf.Profile(memory_cost=64, iterations=1, lanes=1) for number in kdf.PROFILES}
    kdf.PROFILES.update(cheap)
    terminal.write = lambda text: True  # without a terminal, the recovery code counts as shown
    everything(home)
    with smtui.open_vault(os.environ["SMTUI_VAULT"], PASSPHRASE) as vault:
        vault.maintenance.change_passphrase(NEW_PASSPHRASE)
        for name in (NAME, "j"):
            vault.client().put_secret_value(SecretId=name, SecretString=TEXT)
            vault.client().get_secret_value(SecretId=name)
        events = repr(list(vault.audit_log()))
        assert not [value for value in VALUES if value in events], "a value is in the trail"
        print("ready", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
