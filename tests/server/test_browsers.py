"""Tests that no web page gets anything from the endpoint: the requests of browsers, byte for byte, over a connection.

The headers are those that Chromium 130 and Firefox 132 send from a page of another origin, for each way in which a page
can reach another server: forms, images, scripts, frames, `fetch` with and without CORS, and WebSockets.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import smtui
from smtui.server.agent import Agent
from smtui.server.shared_vault import SharedVault
from tests.server.conftest import read_all
from tests.waiting import LIMIT

VALUE = "marked-value-5c1d"
CHROMIUM = ("User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36\r\n"
            "Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en\r\n")
PAGES = {
    "form": ("POST", "Origin: http://evil.example\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n"
             "Sec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\nContent-Type: text/plain\r\n"
             "Upgrade-Insecure-Requests: 1\r\n"),
    "form without an origin": ("POST", "Origin: null\r\nSec-Fetch-Site: cross-site\r\nContent-Type: text/plain\r\n"),
    "address bar": ("GET", "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"),
    "image": ("GET", "Referer: http://evil.example/\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"
              "Sec-Fetch-Dest: image\r\n"),
    "script of the same machine": ("GET", "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: no-cors\r\n"
                                   "Sec-Fetch-Dest: script\r\n"),
    "frame": ("GET", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n"),
    "simple fetch": ("POST", "Origin: http://evil.example\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"
                     "Sec-Fetch-Dest: empty\r\nContent-Type: text/plain;charset=UTF-8\r\n"),
    "preflight": ("OPTIONS", "Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n"
                  "Access-Control-Request-Headers: content-type,x-amz-target,authorization\r\n"
                  "Access-Control-Request-Private-Network: true\r\nSec-Fetch-Mode: cors\r\n"),
    "fetch with cors": ("POST", "Origin: http://evil.example\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n"
                        "X-Amz-Target: secretsmanager.GetSecretValue\r\n"
                        "Content-Type: application/x-amz-json-1.1\r\n"),
    "page of another port": ("GET", "Origin: http://127.0.0.1:8000\r\nSec-Fetch-Site: same-site\r\n"
                             "Sec-Fetch-Mode: cors\r\n"),
    "older browser": ("POST", "Origin: http://evil.example\r\nReferer: http://evil.example/\r\n"),
    "WebSocket": ("GET", "Upgrade: websocket\r\nOrigin: http://evil.example\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"),
}


@pytest.fixture
def served(vault: smtui.Vault, shared: SharedVault) -> Iterator[tuple[Agent, int]]:
    vault.client().create_secret(Name="a", SecretString=VALUE)
    agent = Agent(shared)
    agent.start(vault, with_socket=False, with_check=False)
    yield agent, agent.start_endpoint(0).server.port
    agent.close()


def exchange(port: int, method: str, path: str, headers: str, host: str = "") -> bytes:
    body = '{"SecretId":"a"}' if method == "POST" else ""
    raw = (f"{method} {path} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\n{headers}{CHROMIUM}"
           f"Content-Length: {len(body)}\r\n\r\n{body}")
    with socket.create_connection(("127.0.0.1", port), LIMIT) as line:
        line.sendall(raw.encode())
        line.shutdown(socket.SHUT_WR)
        return read_all(line)


@pytest.mark.parametrize("with_token", [False, True], ids=["", "with the token"])
@pytest.mark.parametrize("path", ["/", "/secretsmanager/get?secretId=a", "/v1/a"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_gets_nothing(served: tuple[Agent, int], name: str, path: str, with_token: bool) -> None:
    """Not even with the token of the interface of AWS's agent, which a page cannot know."""
    agent, port = served
    method, headers = PAGES[name]
    if with_token:
        token = agent.endpoints[0].callers.owner.keys.session_token
        headers += f"X-Aws-Parameters-Secrets-Token: {token}\r\n"
    answer = exchange(port, method, path, headers)

    assert answer.startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 405 "))
    assert b"access-control" not in answer.lower()
    assert VALUE.encode() not in answer


@pytest.mark.parametrize("host", ["evil.example:2773", "127.0.0.1.nip.io", "0.0.0.0", "[::]", "localhost."])
def test_a_name_that_was_bound_to_this_machine_gets_nothing(served: tuple[Agent, int], host: str) -> None:
    """DNS rebinding: the page has the origin of the name, so the browser sends no Origin with a GET."""
    agent, port = served
    token = agent.endpoints[0].callers.owner.keys.session_token
    headers = f"X-Aws-Parameters-Secrets-Token: {token}\r\n"

    assert exchange(port, "GET", "/v1/a", headers, f"{host}:{port}").startswith(b"HTTP/1.1 403 ")
    assert exchange(port, "GET", "/v1/a", headers).startswith(b"HTTP/1.1 200 ")


def test_refusals_leave_no_trace_of_a_read(served: tuple[Agent, int], vault: smtui.Vault) -> None:
    before = len(list(vault.audit_log()))
    for method, headers in PAGES.values():
        exchange(served[1], method, "/v1/a", headers)
    found: Any = list(vault.audit_log())

    assert len(found) == before


# A real browser, where there is one.

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SCRIPT = """
<body><script>
const json = {method: "POST", body: '{"SecretId":"a"}', headers: {
  "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue"}};
const token = {headers: {"X-Aws-Parameters-Secrets-Token": "TOKEN"}};
const load = (tag, url) => new Promise(done => {
  const element = document.createElement(tag);
  element.onload = element.onerror = (event) => {
    let content = "";
    try { content = element.contentDocument.body.innerText; } catch {}
    done(tag + " " + event.type + " " + content);
  };
  element.src = url;
  document.body.append(element);
});
const read = (url, options) => fetch(url, options).then(
  async (answer) => "fetch " + answer.status + " " + await answer.text(), (error) => "fetch failed");
const urls = ["http://127.0.0.1:PORT", "http://localhost:PORT", "http://evil.example:PORT"];
const tries = urls.flatMap(url => [
  read(url + "/", json), read(url + "/", {method: "POST", mode: "no-cors", body: json.body}),
  read(url + "/v1/a"), read(url + "/v1/a", token), read(url + "/v1/a", {mode: "no-cors"}),
  load("img", url + "/v1/a"), load("script", url + "/v1/a"), load("iframe", url + "/secretsmanager/get?secretId=a"),
]);
Promise.all(tries).then(found => { document.body.innerHTML = "<pre>" + found.join("\\n") + "\\nend</pre>"; });
</script></body>
"""
"""Reads in every way that a page has, also with the token, and from its own name (DNS rebinding)."""


@pytest.fixture
def page(served: tuple[Agent, int]) -> Iterator[str]:
    """The URL of a page of an attacker."""
    agent, port = served
    token = agent.endpoints[0].callers.owner.keys.session_token
    content = SCRIPT.replace("PORT", str(port)).replace("TOKEN", token).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Writes nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://evil.example:{server.server_address[1]}/"
        server.shutdown()


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome")
def test_a_page_in_a_real_browser_gets_nothing(
    served: tuple[Agent, int], page: str, vault: smtui.Vault, tmp_path: Path
) -> None:
    agent, before = served[0], len(list(vault.audit_log()))
    done = subprocess.run(
        [str(BROWSER), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
         "--host-resolver-rules=MAP evil.example 127.0.0.1", "--virtual-time-budget=60000", "--dump-dom", page],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=LIMIT,
        check=True)

    said = done.stdout
    assert "end</pre>" in said
    assert VALUE not in said
    assert "fetch 200" not in said
    carried_out, refused = agent.count_outcomes()
    assert (carried_out, refused > 0) == (0, True)
    assert len(list(vault.audit_log())) == before
