"""The words for environments in names, such as `prod` in `prod/payments/db`, which screens show in a colour each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textual.content import Content

ENVIRONMENTS = {
    "production": ("production", "prod", "prd", "live"),
    "staging": ("staging", "stage", "stg", "preprod", "uat", "qa"),
    "development": ("development", "dev", "testing", "test", "sandbox"),
}
"""The words for each environment. The name of an environment is also the name of its colour in the themes."""
_WORD = re.compile(
    "(?<![a-z0-9])(?:" + "|".join(f"(?P<{name}>{'|'.join(words)})" for name, words in ENVIRONMENTS.items())
    + ")(?![a-z0-9])", re.IGNORECASE)


def find_environments(text: str) -> Iterator[tuple[int, int, str]]:
    """Yields the words for environments in a text: where each begins, where it ends, and its environment."""
    for match in _WORD.finditer(text):
        yield match.start(), match.end(), match.lastgroup or ""


def highlight_environments(name: Content) -> Content:
    """Colours the words for environments in a name."""
    for start, end, environment in find_environments(name.plain):
        name = name.stylize(f"${environment}", start, end)
    return name
