"""A call that lasts is left when the user interrupts it."""

from __future__ import annotations

from threading import Event

import pytest

from smtui.text.interruption import interrupt_with, run_interruptible


class StopError(Exception):
    """Raised by the check."""


def stop() -> None:
    raise StopError


def test_a_call_that_lasts_is_left_and_the_next_waits_for_it() -> None:
    began, go_on, ended = Event(), Event(), Event()

    with interrupt_with(lambda: began.is_set() and stop()), pytest.raises(StopError):
        run_interruptible(lambda: (began.set(), go_on.wait(), ended.set()))

    assert not ended.is_set()
    with interrupt_with(go_on.set):
        assert run_interruptible(ended.is_set), "the two did not run at once"


def test_a_call_that_waits_for_another_and_is_left_does_not_run() -> None:
    began, go_on, called = Event(), Event(), Event()
    for function in (lambda: (began.set(), go_on.wait()), called.set):
        with interrupt_with(lambda: began.is_set() and stop()), pytest.raises(StopError):
            run_interruptible(function)

    go_on.set()
    run_interruptible(lambda: None)
    assert not called.is_set()


def test_its_result_and_its_error_are_passed_on() -> None:
    assert run_interruptible(lambda: 3) == 3
    with pytest.raises(StopError):
        run_interruptible(stop)
