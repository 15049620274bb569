"""An input that says why it does not take what is typed or pasted."""

from __future__ import annotations

from textual.widgets import Input

DIGITS = "[0-9]*"
"""The restriction of a field for a whole number."""


class LimitedInput(Input):
    """An input of one line. Textual 8.2 rings the bell, and leaves out a whole paste that is too long."""

    def restricted(self) -> None:
        """Says what fits, and rings the bell."""
        super().restricted()
        fits = f"only digits are allowed here, at most {self.max_length:,}" if self.restrict == DIGITS else (
            f"at most {self.max_length:,} characters are allowed here")
        self.app.notify(f"Not entered: {fits}.", markup=False)
