"""Tests of the driver: cases that share an app fail under their own names."""

from __future__ import annotations

import pytest

from smtui.text.sanitize import SafeText
from smtui.tui.dialogs.confirm import Confirm
from smtui.tui.help.go import Go
from smtui.tui.secret_list.screen import SecretsScreen
from tests.tui.conftest import MakeApp
from tests.tui.driver import get_screen, run_cases


async def test_a_case_that_fails_is_named_and_the_others_begin_at_the_list(app: MakeApp) -> None:
    begun = []
    with pytest.raises(ExceptionGroup) as failed:
        async with run_cases(app()) as cases:
            for name in ("first", "second", "third"):
                async with cases.case(name):
                    begun.append(type(get_screen(cases.app, SecretsScreen)))
                    await cases.app.push_screen(Go())
                    await cases.app.push_screen(Confirm(SafeText("Delete?"), SafeText("It is lost."), "Delete"))
                    assert name != "second"

    assert begun == [SecretsScreen] * 3
    assert [error.__notes__ for error in failed.value.exceptions] == [["case: second"]]
