"""Tests that a vault can be read without smtui: the script in docs/, and the test vectors of its key derivation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import smtui
from smtui.vault import kdf
from smtui.vault.key_file import KeyFile
from tests.conftest import PASSPHRASE
from tests.prepared_vault import ROOT
from tests.vault.conftest import REAL

SCRIPT, PAGE = ROOT / "docs" / "read_vault.py", ROOT / "docs" / "vault-file.md"


@pytest.fixture(autouse=True)
def real_costs(monkeypatch: pytest.MonkeyPatch, cheap: None) -> None:
    """The script derives keys at their real cost."""
    monkeypatch.setattr(kdf, "PROFILES", REAL)


def run_script(path: Path, *words: str, passphrase: str = PASSPHRASE) -> bytes:
    """Runs the script where smtui cannot be imported."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = [each for each in sys.path if each != {str(ROOT)!r}];"
         f" sys.path.append({next(each for each in sys.path if each.endswith('site-packages'))!r});"
         f" import runpy; sys.argv[:] = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__');"
         " assert 'smtui' not in sys.modules", str(SCRIPT), str(path), *words],
        input=f"{passphrase}\n".encode(), capture_output=True, check=False, cwd="/", start_new_session=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def fill(vault: smtui.Vault) -> None:
    client = vault.client()
    client.create_secret(Name="prod/db", SecretString="first")
    client.put_secret_value(SecretId="prod/db", SecretString="päss\nwörd")
    client.create_secret(Name="key", SecretBinary=b"\0\xff")
    vault.client(region_name="eu-west-1").create_secret(Name="other", SecretString="x")


@pytest.mark.parametrize("with_key_file", [False, True])
def test_the_script_lists_names_and_decrypts_a_value(tmp_path: Path, with_key_file: bool) -> None:
    path, key_file = tmp_path / "v.vault", tmp_path / "k"
    key_file.write_bytes(b"a key file\n")
    key_file.chmod(0o600)
    with smtui.create_vault(path, PASSPHRASE, key_file=key_file if with_key_file else None) as vault:
        fill(vault)
    words = (str(key_file),) if with_key_file else ()

    assert run_script(path, "", *words).decode().splitlines() == [
        "us-east-1 key", "eu-west-1 other", "us-east-1 prod/db"]
    assert run_script(path, "prod/db", *words).decode() == "päss\nwörd"
    assert run_script(path, "key", *words) == b"\0\xff"


def test_the_script_reads_the_costly_profile_and_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "v.vault"
    with smtui.create_vault(path, "Åsa", kdf_memory=256) as vault:
        vault.client().create_secret(Name="a", SecretString="1")
    before = path.read_bytes()

    assert run_script(path, "a", passphrase="A\N{COMBINING RING ABOVE}sa") == b"1"
    assert path.read_bytes() == before


def test_the_vectors_of_the_page(tmp_path: Path) -> None:
    """Each row: passphrase, salt, content of the key file, master, page and root key."""
    key = r"`(\w{64})` \|"
    row = rf"^\| `(.+?)` \| `([0-9a-f]{{32}})` \| (?:none|`(.+?)`) \| {key} {key} {key}$"
    rows = re.findall(row, PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == 3
    for passphrase, salt, content, *expected in rows:
        import hashlib

        key_file = KeyFile(hashlib.sha256(content.encode()).digest()) if content else None
        keys = kdf.FileKeys.from_passphrase(passphrase, bytes.fromhex(salt), key_file)
        assert [key.hex() for key in (keys.master, keys.page, keys.root)] == expected
