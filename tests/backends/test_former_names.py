"""Scripts written for 0.1.0 run as before, and are told the present names."""

from __future__ import annotations

from pathlib import Path

import pytest

import smtui
from smtui.backends.former_names import FORMER_NAMES


@pytest.mark.parametrize("name", FORMER_NAMES)
def test_every_former_name_still_answers(vault: smtui.Vault, name: str) -> None:
    with pytest.warns(DeprecationWarning, match=FORMER_NAMES[name]):
        getattr(vault, name)


def test_a_script_that_keeps_the_former_names(vault: smtui.Vault, tmp_path: Path) -> None:
    with pytest.warns(DeprecationWarning):
        with vault.all_or_nothing():  # type: ignore[attr-defined]
            vault.client().create_secret(Name="a", SecretString="1")
        vault.backup(tmp_path / "copy.vault")  # type: ignore[attr-defined]
        assert vault.check().findings == ()  # type: ignore[attr-defined]
        assert next(iter(vault.trail()))["eventName"] == "CreateSecret"


def test_a_name_it_never_had_is_an_attribute_error(vault: smtui.Vault) -> None:
    with pytest.raises(AttributeError, match="'Vault' object has no attribute 'chek'"):
        vault.chek  # type: ignore[attr-defined]  # noqa: B018
