"""The screen that compares the values of a secret on both sides key by key, and reveals one value at a time."""

from __future__ import annotations

from typing import Any

from smtui.comparison.state import SecretState
from smtui.text.sanitize import SafeText, sanitize
from smtui.tui.comparison.sides import OtherSide, format_side
from smtui.tui.secret.compare import CompareRow, CompareScreen
from smtui.tui.secret.label_moves import shorten_id
from smtui.tui.secret.values import Value, extract_value
from smtui.tui.session import Session

LEFT, RIGHT = SafeText("left"), SafeText("right")
"""What stands for the versions of the two sides."""


class PairScreen(CompareScreen):
    """Compares the current versions of a secret on the two sides, as the comparison has found them.

    Args:
        session: the session of the left side.
        side: the right side.
        left: the secret on the left side.
        right: the secret on the right side.
    """

    def __init__(self, session: Session, side: OtherSide, left: SecretState, right: SecretState) -> None:
        super().__init__(session, left.secret_id, sanitize(left.name), {}, LEFT, RIGHT)
        self._side = side
        self._places = {LEFT: format_side(session, session.region), RIGHT: side.title}
        self._states = {LEFT: left, RIGHT: right}

    async def load_labels(self) -> None:
        """Does nothing: the title names the sides."""

    def shorten(self, version: str) -> SafeText:
        return LEFT if version == LEFT else RIGHT

    def describe_version(self, version: str, *remarks: str) -> SafeText:
        side = self.shorten(version)
        state = self._states[side]
        known = f" ({shorten_id(state.version)})" if state.version else ""
        has_one_name = len({each.name for each in self._states.values()}) == 1
        return sanitize(f"{side} {self._places[side] if has_one_name else state.name}{known}")

    def describe_row(self, row: CompareRow) -> str:
        return f"{self.shorten(row.version)} side"

    def read_value(self, version: str) -> Value:
        """Reads the value of a side, that of another context in a thread of its own."""
        side, state = self.shorten(version), self._states[self.shorten(version)]
        request: Any = {"SecretId": state.secret_id, **({"VersionId": state.version} if state.version else {})}
        if side == LEFT:
            return extract_value(self.client.get_secret_value(**request))
        other = self._side.session

        def read() -> Value:
            return extract_value(other.client(self._side.region).get_secret_value(**request))

        return read() if other is self.session else other.lane.run_from_thread(read)
