"""Splits text into words for the search index and for queries.

A word ends where letters meet digits, where a capital begins a new word, and at any other character:
`credsDatabase#892` is creds, database, 892.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"[^\W_]+")
_BORDER = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"  # letter and digit
    r"|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"  # dataBase, AWSKey
)


def split_query(text: str) -> list[str]:
    """The words of a query, in lower case."""
    return [word for run in _RUN.findall(text) for word in _split_run(run)]


def list_words(text: str) -> list[str]:
    """The index words of a text, each once. Vaults of older versions also have whole runs, such as credsdatabase892."""
    return list(dict.fromkeys(split_query(text)))


def _is_word(run: str) -> bool:
    """Whether a run of letters and digits is a single word; most are."""
    return run.isdecimal() or (run.isalpha() and run.islower())


def _split_run(run: str) -> list[str]:
    """Splits a run where words end."""
    return [run] if _is_word(run) else [part.lower() for part in _BORDER.split(run)]
