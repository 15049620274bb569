"""Files that are recognised and not read here: each is refused by name, with the command that converts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smtui.transfer.errors import UnknownSourceError
from smtui.transfer.item import SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources import azure, kubernetes


@dataclass(frozen=True, slots=True)
class ForeignKind:
    """A kind of file, how it is recognised, and what to do with it; `FILE` in the hint is replaced by its name."""

    what: str
    hint: str
    matches: Callable[[SourceFile], bool]


def _match_start(*marks: bytes) -> Callable[[SourceFile], bool]:
    return lambda file: file.raw.startswith(marks)


def _match_kind(*kinds: str) -> Callable[[SourceFile], bool]:
    """Matches documents of these kinds, unless there are Secrets among them."""
    return lambda file: not kubernetes.recognise(file) and any(
        isinstance(each, dict) and each.get("kind") in kinds for each in file.documents)


def _is_azure_list(file: SourceFile) -> bool:
    found = file.json_records
    return bool(found) and all(azure.is_secret(each) and each.get("value") is None for each in found)


def _is_gcp_list(file: SourceFile) -> bool:
    held = file.json
    held = held if isinstance(held, list) else [held]
    return bool(held) and all(
        isinstance(each, dict) and str(each.get("name")).startswith("projects/") and "/secrets/" in str(each["name"])
        and "payload" not in each for each in held)


def _is_docker_config(file: SourceFile) -> bool:
    held = file.json
    return isinstance(held, dict) and isinstance(held.get("auths"), dict)


KINDS = (
    ForeignKind("is encrypted with age", "Use: age -d -i IDENTITY FILE | smtui import -",
                _match_start(b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----")),
    ForeignKind("is encrypted with OpenPGP", "Use: gpg -d FILE | smtui import -",
                _match_start(b"-----BEGIN PGP MESSAGE-----", b"\x85\x01", b"\x85\x02", b"\x84", b"\x8c\x0d")),
    ForeignKind("is encrypted with openssl enc", "Use: openssl enc -d -aes-256-cbc -pbkdf2 -in FILE | smtui import -",
                _match_start(b"Salted__", b"U2FsdGVkX1")),
    ForeignKind("is encrypted with git-crypt", "Use: git-crypt unlock", _match_start(b"\0GITCRYPT\0")),
    ForeignKind("is a KeePass 1 database (.kdb)", "Open it in KeePassXC, save it as .kdbx, and import that.",
                _match_start(b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5")),
    ForeignKind("is compressed with gzip", "Use: gzip -dc FILE | smtui import -", _match_start(b"\x1f\x8b")),
    ForeignKind("is compressed with xz", "Use: xz -dc FILE | smtui import -", _match_start(b"\xfd7zXZ\0")),
    ForeignKind("is compressed with zstd", "Use: zstd -dc FILE | smtui import -", _match_start(b"\x28\xb5\x2f\xfd")),
    ForeignKind("is compressed with bzip2", "Use: bzip2 -dc FILE | smtui import -", _match_start(b"BZh")),
    ForeignKind("is an SQLite database", "Export it in its own program as JSON or CSV, and import that.",
                _match_start(b"SQLite format 3\0")),
    ForeignKind("is a Java key store", "To store a file as one secret: smtui set NAME --binary --file FILE",
                _match_start(b"\xfe\xed\xfe\xed")),
    ForeignKind("is a key or certificate (DER, PKCS #12)",
                "To store it as one secret: smtui set NAME --binary --file FILE",
                _match_start(b"\x30\x82", b"\x30\x80")),
    ForeignKind("is a key or certificate (PEM)", "To store it as one secret: smtui set NAME --file FILE",
                lambda file: file.first_line.startswith("-----BEGIN ")
                and not file.first_line.startswith(("-----BEGIN PGP", "-----BEGIN AGE"))),
    ForeignKind("holds SealedSecrets, which only their cluster can decrypt",
                "Use: kubectl get secret NAME -o yaml | smtui import -", _match_kind("SealedSecret")),
    ForeignKind("holds ExternalSecrets, which name secrets and have no values",
                "Use: kubectl get secret NAME -o yaml | smtui import -", _match_kind("ExternalSecret", "SecretStore")),
    ForeignKind("is a list of Azure Key Vault, which has no values",
                "Use: az keyvault secret show --vault-name VAULT --name NAME | smtui import -", _is_azure_list),
    ForeignKind("is a list of Google Secret Manager, which has no values",
                "Use: gcloud secrets versions access latest --secret=NAME --format=json | smtui import -",
                _is_gcp_list),
    ForeignKind("is a Docker configuration with registry passwords",
                "To store it as one secret: smtui set NAME --file FILE", _is_docker_config),
)


def recognise(file: SourceFile) -> bool:
    return _find_kind(file) is not None


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnknownSourceError, always."""
    kind = _find_kind(file)
    assert kind is not None
    raise UnknownSourceError(f"{file.name} {kind.what}.", hint=kind.hint.replace("FILE", file.name))


def _find_kind(file: SourceFile) -> ForeignKind | None:
    if file.is_folder:
        return None
    return next((kind for kind in KINDS if kind.matches(file)), None)
