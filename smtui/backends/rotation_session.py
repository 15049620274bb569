"""The client of a rotation function: the program that started the function answers its calls."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from smtui.api.errors import VaultMissingError
from smtui.rotation.rpc_codec import SOCKET_VARIABLE

if TYPE_CHECKING:
    from smtui.api.types import Client

ONLY_ITS_OWN = "A rotation function can read and change only the secret it was started for."


def is_rotation_function() -> bool:
    """Whether this process was started as a rotation function, or by one."""
    return SOCKET_VARIABLE in os.environ


def rotation_client() -> Client:
    """The client of a rotation function. Raises VaultMissingError in any other process."""
    from smtui.backends.rotation_client import RotationSessionClient

    try:
        return cast("Client", RotationSessionClient(os.environ[SOCKET_VARIABLE]))
    except (KeyError, OSError, AttributeError):
        raise VaultMissingError("This process was not started as a rotation function.") from None


class RotationSession:
    """The part of a vault that commands need when a rotation function calls them."""

    read_only = False
    notices = ()

    def __init__(self) -> None:
        self._client = rotation_client()

    def client(self, *, region_name: str | None = None) -> Client:
        return self._client

    def look_up_names(
        self, names: Sequence[str], *, region_name: str | None = None
    ) -> tuple[set[str], dict[str, str]]:
        """Raises VaultMissingError: a rotation function works only with the secret it was started for."""
        raise VaultMissingError(ONLY_ITS_OWN)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Has no effect here: each call commits alone and cannot be rolled back."""
        yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Has no effect here: each read commits its event alone."""
        yield

    def __enter__(self) -> RotationSession:
        return self

    def __exit__(self, *_: object) -> None:
        """Does nothing: the connection closes with the process."""
