"""The favorite secrets of a vault: on this machine only, in an encrypted file of the state folder, never in clear."""

from __future__ import annotations

from typing import Any

from smtui.api.errors import VaultError
from smtui.backends.state import VaultState

_MEMBER = "favorites"


class Favorites:
    """`vault.favorites`: the ARNs of secrets, in the order in which they were added.

    The file is named, encrypted and padded as the rollback note is (see `RollbackNote`), under a key of its own.
    """

    def __init__(self, state: VaultState) -> None:
        self._state = state

    def list_arns(self) -> list[str]:
        """Returns the ARNs; none if there is no valid file.

        Raises:
            VaultLockedError: the vault is locked.
        """
        _ = self._state.database
        return _get_arns(self._state.favorites_note.read())

    def toggle(self, arn: str) -> bool:
        """Adds a secret, or removes it if it is a favorite; returns whether it is one now.

        Raises:
            VaultLockedError: the vault is locked.
            VaultError: the file cannot be written, or there are too many favorites.
        """
        _ = self._state.database
        arns: list[str] = []

        def change(content: dict[str, Any]) -> dict[str, Any]:
            before = _get_arns(content)
            arns[:] = [each for each in before if each != arn] if arn in before else [*before, arn]
            return {_MEMBER: arns}

        try:
            self._state.favorites_note.update(change)
        except ValueError:
            raise VaultError("There are too many favourites. Remove one first.") from None
        except OSError as error:
            raise VaultError(f"The favourites cannot be stored: {error.strerror}.") from None
        return arn in arns


def _get_arns(content: dict[str, Any]) -> list[str]:
    arns = content.get(_MEMBER)
    return [each for each in arns if isinstance(each, str)] if isinstance(arns, list) else []
