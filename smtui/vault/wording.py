"""How text is cut into words for search, both when it is stored and when it is looked for.

Words end where letters meet digits, where a capital begins a new word, and at anything else than letters and
digits: `credsDatabase#892` is creds, database, 892.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"[^\W_]+")
_BORDER = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"  # letter and digit
    r"|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"  # dataBase, AWSKey
)


def split(text: str) -> list[str]:
    """The words of a search, in lower case."""
    return [word for run in _RUN.findall(text) for word in _parts(run)]


def words(text: str) -> list[str]:
    """The words under which text is found: those of `split`, and each run of letters and digits as a whole."""
    runs = _RUN.findall(text)
    if all(map(_is_word, runs)):
        return list(dict.fromkeys(runs))
    return list(dict.fromkeys([*(word for run in runs for word in _parts(run)), *(run.lower() for run in runs)]))


def _is_word(run: str) -> bool:
    """Whether a run of letters and digits is a word as it stands; most are."""
    return run.isdecimal() or (run.isalpha() and run.islower())


def _parts(run: str) -> list[str]:
    """A run at its borders."""
    return [run] if _is_word(run) else [part.lower() for part in _BORDER.split(run)]
