"""Tests of the report about a failed rotation."""

from __future__ import annotations

from smtui.cli.rotation_report import shorten_message


def test_thousands_of_lines_are_shortened() -> None:
    """The first lines say what failed, the last ones why."""
    message = "\n".join(["It ended with code 1.", "Its output:", *(f"line {number}" for number in range(5000))])
    lines = shorten_message(message).split("\n")

    assert lines[:2] == ["It ended with code 1.", "Its output:"]
    assert lines[3] == "(4,987 lines omitted; the Rotation tab of the secret shows them)"
    assert lines[-1] == "line 4999"
    assert len(lines) == 16


def test_a_short_message_is_whole() -> None:
    assert shorten_message("It ended with code 1.\nno such host") == "It ended with code 1.\nno such host"
