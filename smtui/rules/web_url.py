"""URLs of web pages in secret values: which ones may be opened in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from smtui.api.errors import SmtuiError
from smtui.api.limits import MAX_URL_LENGTH
from smtui.rules.key_roles import URL, find_key

SCHEMES = ("http", "https")


class RefusedUrlError(SmtuiError):
    """A text may not be opened in the browser. The message never has the text."""


def check_url(text: str) -> str:
    """Returns the URL without spaces around it.

    A browser starts with the URL as its argument, which other programs can see, so a URL with a password is refused.

    Raises:
        RefusedUrlError: the text is not a plain http or https URL.
    """
    url = text.strip()
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in SCHEMES:
        raise RefusedUrlError("Only http:// and https:// URLs are opened.")
    if len(url) > MAX_URL_LENGTH:
        raise RefusedUrlError(f"This URL is longer than {MAX_URL_LENGTH:,} characters.")
    if not all("!" <= character <= "~" for character in url) or "\\" in url:
        raise RefusedUrlError("This URL has characters that are not allowed in a URL, such as spaces or other scripts.")
    host = rest.replace("?", "/").replace("#", "/").partition("/")[0]
    if "@" in host:
        raise RefusedUrlError("This URL contains a user name or password, which other programs could see.")
    if not host.strip(".:"):
        raise RefusedUrlError("This URL has no host.")
    return url


def find_url(members: Sequence[tuple[str, str]]) -> int | None:
    """Returns the index of the member of a JSON object with a URL; None if there is none.

    Args:
        members: the keys and the texts of their values. A key such as `url` comes before a web address in another key.
    """
    at = find_key([key for key, _ in members], URL)
    if at is not None:
        return at
    return next((at for at, (_, text) in enumerate(members) if text.strip().lower().startswith(("http://", "https://"))),
                None)
