"""The connection to one account: boto3's session and clients, and what every request passes on its way.

Every attempt of every request passes the guard, the rate limit and the meter, whatever called it: they are handlers of
botocore's events, below the clients.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import cache
from threading import Lock, RLock
from typing import Any

from smtui.api.boto_client import format_method_name
from smtui.api.errors import AccessDeniedException, ContextError, MfaRequiredError, SmtuiError, VaultLockedError
from smtui.backends.aws.errors import is_web_page, make_foreign_error, translate_errors
from smtui.backends.aws.guard import READING_OPERATIONS, WriteGuard
from smtui.backends.aws.rate_limit import CallMeter, RateLimit
from smtui.system.unwanted_calls import is_unwanted

NOT_INSTALLED = "AWS accounts need boto3, which is not installed."
INSTALL_HINT = "pip install 'smtui[aws]'"
NO_CODE = "The profile needs an MFA code, and there is no terminal to ask for one."
CLOSED = "The connection to the account is closed."
APP_ID = "smtui"
"""The name of the program in CloudTrail's `userAgent`."""
RESOURCE_MEMBERS = ("SecretId", "KeyId", "TargetKeyId", "AliasName")
CONNECT_TIMEOUT, READ_TIMEOUT, ATTEMPTS = 5, 20, 4
"""Seconds, seconds, and how often a request is sent at most."""


class UnwantedCallError(SmtuiError):
    """Nobody waits any more for the answer to a read, so it was not sent, or not sent again."""


AskCode = Callable[[str], str]
"""Asks for the code of an MFA device; the argument is a question for the user."""


class Connection:
    """The session of one profile. After `close()` every call raises VaultLockedError.

    Args:
        title: what the user knows the account by, for messages.
        profile: a profile of `~/.aws/config`. Environment variables with credentials are not used.
        guard: decides whether a request may be sent.
        limit: delays requests.
        ask_code: asks for an MFA code; without it, profiles that need one are refused.
    """

    def __init__(
        self, title: str, profile: str, guard: WriteGuard, limit: RateLimit, ask_code: AskCode | None = None
    ) -> None:
        self.title = title
        self.profile = profile
        self.meter = CallMeter()
        self.denials: dict[tuple[str, str, str], str] = {}
        """What AWS has refused to the caller, see `smtui.api.context.Context.denials`."""
        self._guard = guard
        self._limit = limit
        self._lock = RLock()
        self._changes = Lock()
        """Held while a change is sent, so that changes by several threads are made one after another."""
        self._clients: dict[tuple[str, str], Any] = {}
        self._session: Any = None
        with translate_errors(title, profile):
            self._session = _make_session(profile, ask_code)

    def __repr__(self) -> str:
        return f"<connection to {self.title}>"

    @property
    def is_closed(self) -> bool:
        return self._session is None

    @property
    def default_region(self) -> str | None:
        """The Region of the profile."""
        found: str | None = self._get_session().get_config_variable("region")
        return found

    def close(self) -> None:
        """Drops the session, its clients and its credentials. A second call does nothing."""
        with self._lock:
            self._clients.clear()
            self._session = None

    def list_regions(self) -> list[str]:
        """The Regions that boto3 knows for Secrets Manager; no request is sent."""
        with translate_errors(self.title, self.profile):
            return list(self._get_session().get_available_regions("secretsmanager"))

    def call(self, service: str, region: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """Sends a request, repeated as boto3's standard mode does, and returns the response.

        Raises:
            ClientError: the service refused it.
            ContextError: the account cannot be reached or signed in to.
            VaultReadOnlyError: it is a change, and the account is protected.
            VaultLockedError: the connection is closed.
        """
        self._guard.check_deletion(operation, params)
        in_order = nullcontext() if operation in READING_OPERATIONS else self._changes
        try:
            with in_order, translate_errors(self.title, self.profile):
                client = self._get_client(service, region)
                response: dict[str, Any] = getattr(client, format_method_name(operation))(**params)
        except AccessDeniedException as denial:
            self.denials[operation, region, _find_resource(params)] = denial.sentence
            raise
        if operation in READING_OPERATIONS and is_web_page(response):
            raise make_foreign_error(response["ResponseMetadata"], self.title)
        if self.is_closed:
            raise VaultLockedError(CLOSED)
        return response

    def get_endpoint(self, service: str, region: str) -> str:
        """The URL that requests go to."""
        with translate_errors(self.title, self.profile):
            found: str = self._get_client(service, region).meta.endpoint_url
        return found

    def _get_session(self) -> Any:
        session = self._session
        if session is None:
            raise VaultLockedError(CLOSED)
        return session

    def _get_client(self, service: str, region: str) -> Any:
        with self._lock:
            session = self._get_session()
            if (service, region) not in self._clients:
                self._clients[service, region] = self._make_client(session, service, region)
            return self._clients[service, region]

    def _make_client(self, session: Any, service: str, region: str) -> Any:
        from botocore.config import Config

        config = Config(connect_timeout=CONNECT_TIMEOUT, read_timeout=READ_TIMEOUT, user_agent_appid=APP_ID,
                        retries={"mode": "standard", "total_max_attempts": ATTEMPTS})
        try:
            client = session.create_client(service, region_name=region, config=config)
        except ValueError:  # botocore's own error for an endpoint_url that is none
            raise ContextError(f"{self.title}: the endpoint_url of profile {self.profile} is not a URL.") from None
        client.meta.events.register_first("before-call", self._check_request)
        client.meta.events.register_first("before-send", self._count_attempt)
        return client

    def _check_request(self, model: Any, **_: Any) -> None:
        """Runs before a request is sent for the first time."""
        self._guard.check(model.name)

    def _count_attempt(self, event_name: str, **rest: Any) -> None:
        """Runs before each attempt.

        Raises VaultLockedError if the connection was closed in the meantime, and UnwantedCallError if it is a read and
        nobody waits for it any more.
        """
        if self.is_closed:
            raise VaultLockedError(CLOSED)
        service, operation = event_name.split(".")[1:]
        if operation in READING_OPERATIONS and is_unwanted():
            raise UnwantedCallError
        self._limit.wait()
        self.meter.record(service, operation)


def _find_resource(params: Mapping[str, Any]) -> str:
    """The secret, the key or the alias of a request, as it was named; empty if it has none."""
    return next((str(params[member]) for member in RESOURCE_MEMBERS if member in params), "")


def _make_session(profile: str, ask_code: AskCode | None) -> Any:
    try:
        import botocore.session
    except ImportError:
        raise ContextError(NOT_INSTALLED, hint=INSTALL_HINT) from None
    silence_logs()
    session = botocore.session.Session(profile=profile)
    session.register_component("data_loader", _make_loader())
    resolver = session.get_component("credential_provider")
    resolver.get_provider("assume-role")._prompter = lambda question: _ask_code(ask_code, question)
    return session


@cache
def _make_loader() -> Any:
    """The loader of botocore's models, shared by all sessions: it parses each of them once, which takes a while."""
    from botocore.loaders import create_loader

    return create_loader()


def _ask_code(ask_code: AskCode | None, question: str) -> str:
    """Answers the question that botocore would otherwise ask on the terminal. Raises MfaRequiredError."""
    if ask_code is None:
        raise MfaRequiredError(NO_CODE)
    return ask_code(question)


def silence_logs() -> None:
    """Keeps values, tokens and signatures out of logs: botocore and urllib3 log whole requests at level DEBUG."""
    for name in ("boto3", "botocore", "urllib3"):
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.INFO or logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)
