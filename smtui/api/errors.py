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
    |   +-- SerializationException       a raw request with a value of a wrong JSON type
    |   +-- ValidationException
    |   |   +-- ParamValidationError     what boto3 refuses before it sends: missing, unknown, wrongly typed
    |   +-- AlreadyExistsException       KMS: an alias of this name
    |   +-- InvalidAliasNameException    KMS
    |   +-- KMSInvalidStateException     KMS: the key's state does not allow it
    |   +-- NotFoundException            KMS: no such key or alias
    +-- InvalidRegionError               the Region of a client does not look like one
    +-- OperationNotPageableError        the operation has no paginator
    +-- ChangedMeanwhileError            what is to be written was changed by others since it was read
    +-- ContextError                     a context cannot be used
    |   +-- ContextMissingError          no context or profile of this name
    |   +-- ContextUnreachableError      no network, no answer, or an answer that is not AWS's
    |   +-- SignInError                  no valid credentials, or (MfaRequiredError) a code is needed
    |   +-- WrongAccountError            the profile belongs to another account than the settings say
    |   +-- NotAvailableError            the context has no such thing
    +-- VaultError                       the vault file cannot be used
        +-- VaultExistsError             there is a file already
        +-- VaultMissingError            there is none, or it went away while open
        +-- VaultPathError               a folder, a link, somebody else's file, no permission
        +-- VaultFormatError             not a vault, or one of a newer format
        +-- VaultDamagedError            truncated or altered
        |   +-- DamagedSecretError       one secret is damaged; the others can be used
        +-- WrongPassphraseError         or the first page is damaged; the two look the same
        +-- KeyFileError                 the key file is missing or not usable, or the vault has none
        +-- VaultLockedError             used after lock()
        |   +-- VaultBusyError           another process holds the lock we need
        +-- VaultFullError               the disk took no more
        +-- VaultReadOnlyError           a change was asked of a vault or account opened for reading

Where botocore is loaded, these are instances of its errors too, see `smtui.api.botocore_bases`.

`hint` is our advice to a person; AWS's message stays AWS's message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from smtui.api.botocore_bases import NoClientError, derive_also_from, update_bases

UNKNOWN = "Unknown"
"""The code, message or operation of an error response that has none."""


class SmtuiError(Exception):
    """The base of all errors that smtui raises on purpose."""

    hint: str = ""

    @property
    def sentence(self) -> str:
        """The message for a person, without the code and the operation that the text of AWS's errors begins with."""
        return str(self)

    def __reduce__(self) -> str | tuple[Any, ...]:
        return BaseException.__reduce__(self)  # botocore's classes have another constructor


class ChangedMeanwhileError(SmtuiError):
    """The resource has changed since it was read. Nothing was written; `found` is its present state."""

    def __init__(self, found: object, message: str = "Someone else has changed it.") -> None:
        self.found = found
        super().__init__(message)


@derive_also_from("ClientError")
class ClientError(SmtuiError):
    """An operation was refused. The attributes are those of botocore's ClientError.

    Args:
        error_response: the message alone, or the entire response `{"Error": {"Code": ..., "Message": ...}}`.
        operation_name: the operation, such as `GetSecretValue`; empty until it is known.
    """

    code: str = "ClientError"
    status: ClassVar[int] = 400
    is_modeled: ClassVar[bool] = True
    """Whether the service model declares the error, so that its response repeats the message as a member."""
    MSG_TEMPLATE: ClassVar[str] = (
        "An error occurred ({error_code}) when calling the {operation_name} operation{retry_info}: {error_message}"
    )

    def __init__(
        self, error_response: str | Mapping[str, Any], operation_name: str = "", *, hint: str = ""
    ) -> None:
        update_bases()
        if isinstance(error_response, str):
            members = {"Message": error_response} if self.is_modeled else {}
            error_response = {"Error": {"Code": type(self).code, "Message": error_response}, **members}
        error = error_response.get("Error", {})
        self.code = error.get("Code", UNKNOWN)
        self.message: str = error.get("Message", UNKNOWN)
        self.hint = hint
        self.operation_name = operation_name
        self.response: dict[str, Any] = error_response  # type: ignore[assignment]  # as botocore: not a copy
        Exception.__init__(self, self._format_text())

    @property
    def sentence(self) -> str:
        return self.message or str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.response, self.operation_name), self.__dict__

    def _format_text(self) -> str:
        if not self.operation_name:
            return self.message
        return self.MSG_TEMPLATE.format(
            error_code=self.code, operation_name=self.operation_name, retry_info=self._format_retries(),
            error_message=self.message,
        )

    def _format_retries(self) -> str:
        metadata = self.response.get("ResponseMetadata", {})
        if not metadata.get("MaxAttemptsReached") or "RetryAttempts" not in metadata:
            return ""
        return f" (reached max retries: {metadata['RetryAttempts']})"

    def add_response_metadata(self, operation_name: str, metadata: dict[str, Any]) -> None:
        """Adds the operation and the request ID to the error."""
        self.operation_name = operation_name
        self.response["ResponseMetadata"] = metadata
        self.args = (self._format_text(),)


class AccessDeniedException(ClientError):
    code = "AccessDeniedException"
    is_modeled = False


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


class SerializationException(ClientError):
    """A raw request has a value of another JSON type than its member."""

    code = "SerializationException"
    is_modeled = False


class ValidationException(ClientError):
    code = "ValidationException"
    is_modeled = False


@derive_also_from("ParamValidationError")
class ParamValidationError(ValidationException, metaclass=NoClientError):
    """The request does not match its shape. The message is boto3's, without the value.

    boto3's error of this name is not one of its ClientErrors, and scripts count on that. So this one is not either,
    but it is a `smtui.ClientError`.
    """

    fmt: ClassVar[str] = "Parameter validation failed:\n{report}"

    def __init__(
        self, error_response: str | Mapping[str, Any] = "", operation_name: str = "", *, report: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(error_response or self.fmt.format(report=report), operation_name, hint=hint)
        self.kwargs = {"report": self.message.removeprefix(self.fmt.format(report=""))}

    def _format_text(self) -> str:
        return self.message


class AlreadyExistsException(ClientError):
    code = "AlreadyExistsException"


class InvalidAliasNameException(ClientError):
    code = "InvalidAliasNameException"


class KMSInvalidStateException(ClientError):
    code = "KMSInvalidStateException"


class NotFoundException(ClientError):
    code = "NotFoundException"


class TagException(ClientError):
    """A tag of a KMS key is not valid."""

    code = "TagException"


@derive_also_from("InvalidRegionError")
class InvalidRegionError(SmtuiError, ValueError):
    """The name of a Region does not have the form of one, such as us-east-1."""

    hint = "Use a Region such as us-east-1."

    def __init__(self, region_name: str) -> None:
        self.kwargs = {"region_name": region_name}
        Exception.__init__(self, f"Provided region_name '{region_name}' doesn't match a supported format.")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (*self.kwargs.values(),)


@derive_also_from("OperationNotPageableError")
class OperationNotPageableError(SmtuiError, ValueError):
    """The operation does not answer in pages."""

    def __init__(self, operation_name: str) -> None:
        self.kwargs = {"operation_name": operation_name}
        Exception.__init__(self, f"Operation cannot be paginated: {operation_name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (*self.kwargs.values(),)


class ContextError(SmtuiError):
    """A context cannot be used. `str(error)` is a sentence for the user; `command`, if any, can be run about it."""

    def __init__(self, message: str, *, hint: str = "", command: tuple[str, ...] = ()) -> None:
        self.hint, self.command = hint or " ".join(command), command
        super().__init__(message)


class ContextMissingError(ContextError):
    pass


class ContextUnreachableError(ContextError):
    pass


class SignInError(ContextError):
    pass


class MfaRequiredError(SignInError):
    """The profile needs an MFA code, and nobody was asked for one."""


class WrongAccountError(ContextError):
    pass


class NotAvailableError(ContextError):
    """The context has no such thing; the sentence says what it has instead."""


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


class DamagedSecretError(VaultDamagedError):
    """One secret is damaged; the others can be used."""


class WrongPassphraseError(VaultError):
    pass


class KeyFileError(VaultError):
    """The vault's key file is missing or cannot be used, or the vault has none."""


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
        ClientError, AccessDeniedException, DecryptionFailure, EncryptionFailure, InternalServiceError,
        InvalidNextTokenException, InvalidParameterException, InvalidRequestException, LimitExceededException,
        MalformedPolicyDocumentException, PreconditionNotMetException, PublicPolicyException, ResourceExistsException,
        ResourceNotFoundException, SerializationException, ValidationException, ParamValidationError,
    )
}

# The same for a client of keys.
KEY_ERRORS = {
    error.__name__: error
    for error in (
        ClientError, AccessDeniedException, AlreadyExistsException, InternalServiceError, InvalidAliasNameException,
        KMSInvalidStateException, LimitExceededException, MalformedPolicyDocumentException, NotFoundException,
        TagException, ValidationException, ParamValidationError,
    )
}


def make_error(code: str, message: str, *, hint: str = "") -> ClientError:
    """The error of a refusal that came as text: of the class of this name, or a ClientError with this code."""
    error = CLIENT_ERRORS.get(code)
    if error is None:
        return ClientError({"Error": {"Code": code, "Message": message}, "Message": message}, hint=hint)
    return error(message, hint=hint)
