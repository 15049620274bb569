"""Tests of URLs that may be opened: http and https alone, without a password, without characters that mislead."""

from __future__ import annotations

import pytest

from smtui.rules.web_url import RefusedUrlError, check_url, find_url


@pytest.mark.parametrize("url", [
    "https://example.com", "http://example.com:8080/a?b=c#d", "HTTPS://EXAMPLE.com/", "https://[::1]/", "https://x/@a",
    "https://x?a@b",
])
def test_accepted(url: str) -> None:
    assert check_url(f" {url}\n") == url


@pytest.mark.parametrize("text", [
    "", "example.com", "javascript:alert(1)", "file:///etc/passwd", "ftp://x", "data:text/html,x", "https:x", "https://",
    "https:///path", "https://:", "https://a:b@x/", "https://a@x", "https://x/a b", "https://x/\n--flag", "https://x/\x1b",
    "https://пример.рф", "https://x\\@y", "-https://x", "smb://x", "https://" + "x" * 3000, "\u202ehttps://x",
])
def test_refused_without_the_text(text: str) -> None:
    with pytest.raises(RefusedUrlError) as error:
        check_url(text)
    assert len(text) < 9 or text not in str(error.value)


def test_which_key() -> None:
    assert find_url([("a", "https://x"), ("login_url", "y")]) == 1
    assert find_url([("a", "1"), ("b", "HTTP://x")]) == 1
    assert find_url([("a", "1")]) is None
