"""Every error a caller can meet.

    SmtuiError
    +-- ClientError                      an operation was refused; `.response` as boto3's errors carry it
    |   +-- AccessDeniedException
    |   +-- DecryptionFailure
    |   +-- EncryptionFailure
    |   +-- InternalServiceError
    |   +-- InvalidNextTokenException
    |   +-- InvalidParameterException
    |   +-- InvalidRequestException
    |   +-- LimitExceededException
    |   +-- MalformedPolicyDocumentException
    |   +-- PreconditionNotMetException
    |   +-- PublicPolicyException
    |   +-- ResourceExistsException
    |   +-- ResourceNotFoundException
    |   +-- ValidationException
    |   |   +-- ParamValidationError     what boto3 refuses before it sends: missing, unknown, wrongly typed
    |   +-- AlreadyExistsException       KMS: an alias of this name
    |   +-- InvalidAliasNameException    KMS
    |   +-- KMSInvalidStateException     KMS: the key's state does not allow it
    |   +-- NotFoundException            KMS: no such key or alias
    +-- ChangedMeanwhileError            what is to be written was changed by others since it was read
    +-- VaultError                       the vault file cannot be used
        +-- VaultExistsError             there is a file already
        +-- VaultMissingError            there is none, or it went away while open
        +-- VaultPathError               a folder, a link, somebody else's file, no permission
        +-- VaultFormatError             not a vault, or one of a newer format
        +-- VaultDamagedError            truncated or altered
        +-- WrongPassphraseError         or the first page is damaged: nobody can tell which
        +-- VaultLockedError             used after lock()
        |   +-- VaultBusyError           another process holds the lock we need
        +-- VaultFullError               the disk took no more
        +-- VaultReadOnlyError           a change was asked of a vault opened for reading

`hint` is our advice to a person; AWS's message stays AWS's message.
"""

from __future__ import annotations

from typing import Any, ClassVar


class SmtuiError(Exception):
    """The base of all errors that smtui raises on purpose."""

    hint: str = ""


class ChangedMeanwhileError(SmtuiError):
    """The resource has changed since it was read. Nothing was written; `found` is its present state."""

    def __init__(self, found: object, message: str = "It was changed meanwhile by somebody else.") -> None:
        self.found = found
        super().__init__(message)


class ClientError(SmtuiError):
    """An operation was refused. The attributes are those of botocore's ClientError."""

    code: ClassVar[str] = "ClientError"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        self.operation_name = ""
        self.response: dict[str, Any] = {"Error": {"Code": type(self).code, "Message": message}, "Message": message}
        super().__init__(message)

    def __str__(self) -> str:
        if not self.operation_name:
            return self.message
        return f"An error occurred ({self.code}) when calling the {self.operation_name} operation: {self.message}"

    def answer(self, operation_name: str, metadata: dict[str, Any]) -> None:
        """Adds the operation and the request ID to the error."""
        self.operation_name = operation_name
        self.response["ResponseMetadata"] = metadata


class AccessDeniedException(ClientError):
    code = "AccessDeniedException"


class DecryptionFailure(ClientError):
    code = "DecryptionFailure"


class EncryptionFailure(ClientError):
    code = "EncryptionFailure"


class InternalServiceError(ClientError):
    code = "InternalServiceError"
    status = 500


class InvalidNextTokenException(ClientError):
    code = "InvalidNextTokenException"


class InvalidParameterException(ClientError):
    code = "InvalidParameterException"


class InvalidRequestException(ClientError):
    code = "InvalidRequestException"


class LimitExceededException(ClientError):
    code = "LimitExceededException"


class MalformedPolicyDocumentException(ClientError):
    code = "MalformedPolicyDocumentException"


class PreconditionNotMetException(ClientError):
    code = "PreconditionNotMetException"


class PublicPolicyException(ClientError):
    code = "PublicPolicyException"


class ResourceExistsException(ClientError):
    code = "ResourceExistsException"


class ResourceNotFoundException(ClientError):
    code = "ResourceNotFoundException"


class ValidationException(ClientError):
    code = "ValidationException"


class ParamValidationError(ValidationException):
    """The request does not match its shape. The message is boto3's, without the value."""


class AlreadyExistsException(ClientError):
    code = "AlreadyExistsException"


class InvalidAliasNameException(ClientError):
    code = "InvalidAliasNameException"


class KMSInvalidStateException(ClientError):
    code = "KMSInvalidStateException"


class NotFoundException(ClientError):
    code = "NotFoundException"


class VaultError(SmtuiError):
    """The vault file cannot be used. `str(error)` is a sentence for the user."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class VaultExistsError(VaultError):
    pass


class VaultMissingError(VaultError):
    pass


class VaultPathError(VaultError):
    pass


class VaultFormatError(VaultError):
    pass


class VaultDamagedError(VaultError):
    pass


class WrongPassphraseError(VaultError):
    pass


class VaultLockedError(VaultError):
    pass


class VaultBusyError(VaultLockedError):
    pass


class VaultFullError(VaultError):
    pass


class VaultReadOnlyError(VaultError):
    pass


# What `client.exceptions` offers by name.
CLIENT_ERRORS = {
    error.__name__: error
    for error in (
        ClientError,
        AccessDeniedException,
        DecryptionFailure,
        EncryptionFailure,
        InternalServiceError,
        InvalidNextTokenException,
        InvalidParameterException,
        InvalidRequestException,
        LimitExceededException,
        MalformedPolicyDocumentException,
        PreconditionNotMetException,
        PublicPolicyException,
        ResourceExistsException,
        ResourceNotFoundException,
        ValidationException,
        ParamValidationError,
    )
}

# The same for a client of keys.
KEY_ERRORS = {
    error.__name__: error
    for error in (
        ClientError,
        AccessDeniedException,
        AlreadyExistsException,
        InternalServiceError,
        InvalidAliasNameException,
        KMSInvalidStateException,
        NotFoundException,
        ValidationException,
        ParamValidationError,
    )
}
