"""Tests of what needs a package that few people install: a sentence names it, and everything else works."""

from __future__ import annotations

import sys

import pytest

from tests.cli.conftest import CommandLine


@pytest.mark.parametrize(("package", "words"), [
    ("keyring", ["keyring", "store"]), ("shtab", ["completion", "tcsh"]),
])
def test_a_missing_package_is_named(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, package: str, words: list[str]
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    answer = cli(*words)

    assert answer.code in (1, 4)
    assert f"needs the package {package}, which is not installed" in answer.err
    assert "pip install 'smtui[" in answer.err


def test_without_the_keyring_the_passphrase_opens_the_vault(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, home: object
) -> None:
    """Also with the setting on: a keyring that is not there has no key."""
    from dataclasses import replace

    from smtui.system.settings import change_settings

    change_settings(lambda settings: replace(settings, keyring=True))
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert cli("ls").code == 0
    cli.person.present, cli.person.answers = True, ["correct horse battery staple"]
    assert cli("ls", unlock=False).code == 0
    assert "not unlocked by the keyring" in cli("keyring", "status").out
