"""What a terminal hands over when something is pasted."""


def with_line_feeds(pasted: str) -> str:
    """`pasted` with LF for every line break: tmux and some terminals send CR, text from Windows has both."""
    return pasted.replace("\r\n", "\n").replace("\r", "\n")
