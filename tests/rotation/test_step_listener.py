"""The listener of a step: a real boto3 reaches its secret through it, and nobody and nothing else does."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import smtui
from smtui.api.errors import VaultDamagedError
from smtui.protocol.http_server import open_private_listener
from smtui.protocol.key_pair import KeyPair
from smtui.rotation import conversation
from smtui.rotation.function import Task
from smtui.rotation.rpc_server import RpcServer
from smtui.rotation.step_listener import ENDED, StepListener
from smtui.system.ambient import Ambient
from tests.rotation.conftest import TOKEN
from tests.waiting import wait_until

boto3 = pytest.importorskip("boto3")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process functions need Unix sockets")

VALUE = "value-of-db-4c1f"
BEGIN = """
import json, os, subprocess, sys, textwrap
import boto3, botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
URL = os.environ["AWS_ENDPOINT_URL_SECRETS_MANAGER"]
def tell(client):
    found = client.get_secret_value(SecretId="db")["SecretString"]
    print("read", len(found), client.meta.endpoint_url == URL)
def lambda_handler(event, context):
"""
Run = Callable[..., list[str]]


@pytest.fixture
def run(vault: smtui.Vault, tmp_path: Path) -> Run:
    """Runs the body of a handler as a rotation of `db`, which fails at its end, and returns what it wrote."""
    vault.client().create_secret(Name="db", SecretString=VALUE)
    vault.client().create_secret(Name="other", SecretString="other-value")

    def run_handler(body: str, *, limit: int = 60, **variables: str) -> list[str]:
        file = tmp_path / "function.py"
        indented = "".join(f"    {line}\n" for line in body.strip().splitlines())
        file.write_text(f"{BEGIN}{indented}    raise ValueError('the end')\n")
        arn = vault.rotations().create_function(FunctionName="f", Lambda={
            "File": str(file), "Handler": "lambda_handler", "Interpreter": sys.executable, "MayRead": [],
            "Environment": [{"Name": name, "Value": value} for name, value in variables.items()],
            "TimeoutInSeconds": limit,
        })["FunctionArn"]
        vault.client().rotate_secret(SecretId="db", RotationLambdaARN=arn, ClientRequestToken=TOKEN)
        said = vault.rotations().describe_rotation(SecretId="db")["Rotation"].get("Message", "")
        assert VALUE not in said
        return said.splitlines()

    return run_handler


# Who reaches the secret.


def test_an_sdk_needs_its_environment_alone(run: Run) -> None:
    """A program that the handler starts has nothing but the variables, as the aws CLI or an SDK in Go would."""
    said = run("""
program = '''
import boto3
client = boto3.client("secretsmanager")
print("read", len(client.get_secret_value(SecretId="db")["SecretString"]), client.meta.region_name)
for call in (lambda: client.get_secret_value(SecretId="other"), client.list_secrets,
             lambda: client.delete_secret(SecretId="db")):
    try:
        call()
    except client.exceptions.ClientError as error:
        print(error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
'''
print(subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True).stdout)
""")

    assert said[1:5] == [f"read {len(VALUE)} us-east-1", *["AccessDeniedException 400"] * 3]


@pytest.mark.parametrize("client", [
    "boto3.client('secretsmanager')",
    "boto3.session.Session(region_name='eu-west-1').client('secretsmanager', 'us-east-1')",
    "boto3.client('secretsmanager', endpoint_url='https://secretsmanager.us-east-1.amazonaws.com')",
    "boto3.client('secretsmanager', aws_access_key_id='AKIAX', aws_secret_access_key='x', aws_session_token='y')",
    "boto3.client('secretsmanager', config=Config(proxies={'http': 'http://127.0.0.1:9', 'https': 'http://127.0.0.1:9'},"
    " ignore_configured_endpoint_urls=True))",
    "botocore.session.get_session().create_client('secretsmanager', 'us-east-1', None, False)",
])
def test_every_client_of_the_handler_is_bound_to_the_listener(run: Run, client: str) -> None:
    """No value goes to AWS or to a proxy, although the function has credentials and a proxy for other services."""
    said = run(f"tell({client})", AWS_ACCESS_KEY_ID="AKIAOFTHEUSER0000000", AWS_SECRET_ACCESS_KEY="of the user",
               HTTP_PROXY="http://127.0.0.1:9", HTTPS_PROXY="http://127.0.0.1:9",
               AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true")

    assert f"read {len(VALUE)} True" in said


def test_credentials_of_the_user_stay_whole(run: Run) -> None:
    """A session token of the step beside the user's keys would make AWS refuse them."""
    said = run("""
found = boto3.session.Session().get_credentials()
print(found.access_key, found.token)
tell(boto3.client("secretsmanager"))
""", AWS_ACCESS_KEY_ID="AKIAOFTHEUSER0000000", AWS_SECRET_ACCESS_KEY="of the user")

    assert ["AKIAOFTHEUSER0000000 None", f"read {len(VALUE)} True"] == said[1:3]


def test_a_request_to_another_place_is_not_sent(run: Run) -> None:
    said = run("""
client = boto3.client("secretsmanager")
client.meta.events.register("before-sign", lambda request, **_: setattr(request, "url", "http://127.0.0.1:9/"))
tell(client)
""")

    assert said[-1].startswith("[ERROR] ConnectionError: A rotation function reaches Secrets Manager through smtui")


def test_every_step_has_its_own_port_and_keys_which_end_with_it(run: Run, vault: smtui.Vault, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    body = f"""
with open({str(notes)!r}, "a") as file:
    print(json.dumps([URL, os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]]), file=file)
tell(boto3.client("secretsmanager"))
"""
    run(body)
    vault.scheduler.run_due(secret_id="db")
    first, second = (json.loads(line) for line in notes.read_text().splitlines())

    assert not {*first[1:]} & {*second[1:]}
    for url, *_ in (first, second):
        host, _, port = url.removeprefix("http://").partition(":")
        assert host == "127.0.0.1"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)))


@pytest.mark.parametrize("variables", [
    {}, {"AWS_SECRET_ACCESS_KEY": "key of the user", "AWS_SESSION_TOKEN": "token of the user"},
], ids=["of the step", "of the user"])
def test_its_output_keeps_no_keys(run: Run, variables: dict[str, str]) -> None:
    """Functions print their environment, and their settings, when something goes wrong."""
    said = run("""
found = boto3.client("secretsmanager")._request_signer._credentials
print("keys", os.environ["AWS_SECRET_ACCESS_KEY"], found.secret_key)
print("tokens", os.environ["AWS_SESSION_TOKEN"], found.token)
""", **variables)

    assert said[1:3] == ["keys <secret> <secret>", "tokens <secret> <secret>"]


@pytest.mark.skipif(sys.platform != "linux", reason="lists the descriptors in /proc")
def test_the_function_inherits_no_socket(run: Run) -> None:
    said = run("print('open', sorted(int(name) for name in os.listdir('/proc/self/fd')))")

    assert said[1] in ("open [0, 1, 2, 3]", "open [0, 1, 2, 3, 4]"), "the last is the folder that is listed"


# What the function or others do to the listener.


def test_a_function_that_reads_no_answer_ends_with_its_time(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It sends one request after the other on many connections; the time limit holds."""
    begun, read_clock = tmp_path / "begun", conversation.read_monotonic_clock
    monkeypatch.setattr(conversation, "read_monotonic_clock", lambda: read_clock() + 1000 * begun.exists())
    said = run(f"""
import socket
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
keys = boto3.session.Session().get_credentials()
request = AWSRequest("POST", URL + "/", data=b'{{"SecretId": "db"}}', headers={{
    "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue"}})
SigV4Auth(keys, "secretsmanager", "us-east-1").add_auth(request)
host = URL.removeprefix("http://")
head = "".join(f"{{name}}: {{value}}\\r\\n" for name, value in request.headers.items())
head = f"POST / HTTP/1.1\\r\\nHost: {{host}}\\r\\nContent-Length: 18\\r\\n{{head}}\\r\\n"
sent = head.encode() + request.data
lines = [socket.create_connection(("127.0.0.1", int(host.partition(":")[2]))) for _ in range(60)]
for line in lines:
    line.setblocking(False)
while True:
    for line in lines:
        try:
            line.send(sent * 50)
        except OSError:
            open({str(begun)!r}, "w").close()
""")

    assert said == ["It took longer than 60 seconds."]


def test_a_lock_ends_a_function_that_calls_without_pause(run: Run, vault: smtui.Vault, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    vault.scheduler.delegate_to(lambda *_: None)
    run(f"""
client = boto3.client("secretsmanager")
while True:
    tell(client)
    open({str(begun)!r}, "w").close()
""")
    [result] = vault.scheduler.run_due(secret_id="db", should_continue=lambda: not begun.exists())

    assert result.problem.startswith("It was stopped early: the vault was locked.")


@pytest.fixture
def listener(vault: smtui.Vault) -> Any:
    """The listener of a step for `db`, without a function; a thread answers its calls."""
    arn = vault.client().create_secret(Name="db", SecretString=VALUE)["ARN"]
    vault.client().create_secret(Name="other", SecretString="other-value")
    task = Task(arn, "db", "rotation", "createSecret", TOKEN, TOKEN, {}, lambda: True)
    made = StepListener(RpcServer(task, vault.client()))
    yield made
    made.close()


def answer_one(listener: StepListener) -> Thread:
    """Answers the next call in a thread, as the loop of the step does."""
    def answer() -> None:
        wait_until(lambda: listener.service.has_call, "a call")
        listener.service.answer_next()

    thread = Thread(target=answer, daemon=True)
    thread.start()
    return thread


def make_client(listener: StepListener, keys: KeyPair, region: str = "us-east-1") -> Any:
    from botocore.config import Config

    return boto3.client("secretsmanager", region, endpoint_url=listener.url, aws_access_key_id=keys.access_key_id,
                        aws_secret_access_key=keys.secret_access_key, aws_session_token=keys.session_token or None,
                        config=Config(retries={"total_max_attempts": 1}, read_timeout=20))


def test_other_key_pairs_are_refused(listener: StepListener) -> None:
    """Whoever finds the port on this machine gets nothing, and nothing of his reaches the step."""
    from botocore.exceptions import ClientError

    own, foreign = listener.keys, KeyPair.generate(Ambient())
    wrong = {
        "UnrecognizedClientException": [foreign, KeyPair(own.access_key_id, own.secret_access_key, "x" * 64)],
        "InvalidSignatureException": [KeyPair(own.access_key_id, foreign.secret_access_key, own.session_token)],
    }
    for code, pairs in wrong.items():
        for keys in pairs:
            with pytest.raises(ClientError) as refused:
                make_client(listener, keys).get_secret_value(SecretId="db")
            assert refused.value.response["Error"]["Code"] == code
    assert not listener.service.has_call

    answer_one(listener)
    assert make_client(listener, own).get_secret_value(SecretId="db")["SecretString"] == VALUE


@pytest.mark.parametrize(("head", "status"), [
    ("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0", 400),
    ("POST / HTTP/1.1\r\nHost: localhost.evil.example:{port}\r\nContent-Length: 0", 403),
    ("POST / HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.example\r\nContent-Length: 0", 403),
    ("GET /secretsmanager/get?secretId=db HTTP/1.1\r\nHost: {host}\r\nX-Vault-Token: {token}", 405),
    ("GET /ping HTTP/1.1\r\nHost: {host}", 405),
    ("PUT / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0", 405),
    ("POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nTransfer-Encoding: chunked", 411),
    ("nonsense", 400),
])
def test_what_is_not_signed_is_refused(listener: StepListener, head: str, status: int) -> None:
    """Also with the token, which opens the interface of AWS's agent at the endpoint."""
    host = listener.url.removeprefix("http://")
    port = int(host.partition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        sent = head.format(host=host, port=port, token=listener.keys.session_token)
        line.sendall(f"{sent}\r\n\r\n".encode())
        assert line.recv(65536).startswith(f"HTTP/1.1 {status} ".encode())
    assert not listener.service.has_call


def test_slow_connections_of_others_do_not_keep_out_the_function(listener: StepListener) -> None:
    host, _, port = listener.url.removeprefix("http://").partition(":")
    with ExitStack() as ends:
        for _ in range(200):
            line = ends.enter_context(socket.create_connection((host, int(port)), 20))
            line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n")
        wait_until(lambda: listener._server.count_connections() == 200, "slow connections")
        answer_one(listener)
        assert make_client(listener, listener.keys).get_secret_value(SecretId="db")["SecretString"] == VALUE


@pytest.mark.parametrize("operation", ["ListSecrets", "DeleteSecret", "GetResourcePolicy", "BatchGetSecretValue"])
def test_an_operation_that_no_function_has_is_refused(listener: StepListener, operation: str) -> None:
    from botocore.exceptions import ClientError

    client = make_client(listener, listener.keys)
    requests: dict[str, tuple[str, dict[str, Any]]] = {
        "ListSecrets": ("list_secrets", {}), "DeleteSecret": ("delete_secret", {"SecretId": "db"}),
        "GetResourcePolicy": ("get_resource_policy", {"SecretId": "db"}),
        "BatchGetSecretValue": ("batch_get_secret_value", {"SecretIdList": ["db"]}),
    }
    method, params = requests[operation]
    answer_one(listener)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        getattr(client, method)(**params)


def test_null_unknown_members_and_bytes(listener: StepListener, vault: smtui.Vault) -> None:
    """A request of another SDK is read as the endpoint reads it."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    body = b'{"SecretId":"db","SecretBinary":"AP8=","SecretString":null,"Unknown":{"a":1},"VersionStages":["X"]}'
    request = AWSRequest("POST", f"{listener.url}/", data=body, headers={
        "Content-Type": "application/x-amz-json-1.1; charset=utf-8", "X-Amz-Target": "secretsmanager.PutSecretValue"})
    keys = Credentials(listener.keys.access_key_id, listener.keys.secret_access_key)
    SigV4Auth(keys, "secretsmanager", "us-east-1").add_auth(request)
    answer_one(listener)
    with closing(HTTPConnection(listener.url.removeprefix("http://"), timeout=20)) as line:
        line.request("POST", "/", body, dict(request.headers))
        response = line.getresponse()
        found = json.loads(response.read())

    assert (response.status, found["VersionStages"]) == (200, ["X"])
    assert vault.client().get_secret_value(SecretId="db", VersionStage="X")["SecretBinary"] == b"\x00\xff"


def test_what_waits_when_the_step_ends_is_not_carried_out(listener: StepListener) -> None:
    from botocore.exceptions import ClientError

    refused: list[str] = []

    def call() -> None:
        try:
            make_client(listener, listener.keys).put_secret_value(SecretId="db", SecretString="late")
        except ClientError as error:
            refused.append(error.response["Error"]["Message"])
        except Exception as error:  # its connection was ended first
            refused.append(type(error).__name__)

    thread = Thread(target=call, daemon=True)
    thread.start()
    wait_until(lambda: listener.service.has_call, "a call")
    listener.close()
    thread.join(20)

    assert refused[0] in (ENDED, "ConnectionClosedError", "EndpointConnectionError")


def test_a_damaged_vault_ends_the_step_too(vault: smtui.Vault) -> None:
    """The function is answered, and the error reaches whoever runs rotations."""
    class Client:
        def get_random_password(self) -> None:
            raise VaultDamagedError("It is damaged.")

    task = Task("arn", "db", "rotation", "createSecret", TOKEN, TOKEN, {}, lambda: True)
    listener = StepListener(RpcServer(task, Client()))  # type: ignore[arg-type]
    refused: list[Exception] = []

    def call() -> None:
        try:
            make_client(listener, listener.keys).get_random_password()
        except Exception as error:
            refused.append(error)

    thread = Thread(target=call, daemon=True)
    thread.start()
    wait_until(lambda: listener.service.has_call, "a call")
    with pytest.raises(VaultDamagedError):
        listener.service.answer_next()
    thread.join(20)
    listener.close()
    assert "ServiceUnavailableException" in str(refused[0])


# Without a loopback interface.


def test_without_a_loopback_interface_one_sentence_says_so(
    run: Run, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> socket.socket:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("smtui.rotation.step_listener.open_private_listener", refuse)
    assert run("tell(boto3.client('secretsmanager'))") == [
        "Its boto3 reaches smtui through the loopback interface (127.0.0.1), which cannot be used here: "
        "Network is unreachable."]
    assert vault.client().get_secret_value(SecretId="db")["SecretString"] == VALUE


def test_without_a_free_thread_one_sentence_says_so(
    run: Run, vault: smtui.Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", refuse)
    assert run("tell(boto3.client('secretsmanager'))") == ["Its listener cannot be started: can't start new thread."]
    assert vault.client().get_secret_value(SecretId="db")["SecretString"] == VALUE


def test_an_address_that_connects_nobody_is_no_loopback_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux accepts the address in a network namespace whose interface is down."""
    def refuse(*_: object) -> socket.socket:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(OSError, match="Network is unreachable"):
        open_private_listener()
