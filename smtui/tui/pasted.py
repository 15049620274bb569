"""Normalizes text that is pasted into the terminal."""


def normalize_line_breaks(pasted: str) -> str:
    """Returns `pasted` with LF for every line break. tmux and some terminals send CR, and Windows text has CR LF."""
    return pasted.replace("\r\n", "\n").replace("\r", "\n")
