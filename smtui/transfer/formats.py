"""The table of import sources: recognises what a file is by its content, and reads it into entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from textwrap import wrap

from smtui.system.bounded_read import TooLargeError, read_bounded
from smtui.system.paths import is_file, is_folder
from smtui.text.interruption import CALLS_PER_CHECK, check_interruption
from smtui.text.strict_json import StrictJsonError, format_json
from smtui.transfer import zip_reader
from smtui.transfer.dotenv import EnvOptions
from smtui.transfer.entry import make_unreadable_error
from smtui.transfer.errors import SourcePassphraseError, TransferError, UnknownSourceError, UnreadableFileError
from smtui.transfer.item import Item, SourceContent
from smtui.transfer.mapping import MappingOptions
from smtui.transfer.opened_source import FileContent, OpenedSource
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import NO_KEY, SourceKey
from smtui.transfer.sources import (
    ansible_vault,
    aws,
    aws_credentials,
    azure,
    bitwarden,
    chamber,
    csv_table,
    doppler,
    env,
    foreign,
    gcp,
    infisical,
    json_object,
    keepass,
    kubernetes,
    netrc,
    one_password,
    password_store,
    pgpass,
    secret_folder,
    sops,
    ssm,
    terraform,
    vault_kv,
    yaml_mapping,
)
from smtui.transfer.sources.csv_columns import KINDS
from smtui.transfer.sources.fields import to_value
from smtui.transfer.zip_reader import ZipReader

MAX_BYTES = 64 * 1024 * 1024
HELP_WIDTH, HELP_INDENT = 116, 20
CURRENT_VALUES = MappingOptions()
HEADER_HINT = ("Write one as its first line. Keeper: folder,title,login,password,website address,notes,shared folder - "
               "Dashlane: title,url,username,password,note, in the order of its cells.")
INI_HINT = ("To store it as one secret: smtui set NAME --file FILE. For one secret per value, remove the "
            "[SECTION] lines: NAME=value lines are read as a .env file.")
UNKNOWN_HINT = "smtui import --help lists the formats; --format NAME selects one."


class ImportFormat(StrEnum):
    """The words of `--format`: every source that is read."""

    ENV = "env"
    JSON = "json"
    AWS = "aws"
    KEEPASS = "keepass"
    BITWARDEN = "bitwarden"
    SSM = "ssm"
    TERRAFORM = "terraform"
    KUBERNETES = "kubernetes"
    VAULT = "vault"
    AZURE = "azure"
    GCP = "gcp"
    DOPPLER = "doppler"
    INFISICAL = "infisical"
    CHAMBER = "chamber"
    CSV = "csv"
    SOPS = "sops"
    ONE_PUX = "1pux"
    PASS_STORE = "pass"  # noqa: S105  # the name of a program
    ANSIBLE_VAULT = "ansible-vault"
    AWS_CREDENTIALS = "aws-credentials"
    NETRC = "netrc"
    PGPASS = "pgpass"
    FOLDER = "folder"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class Source:
    """A source: what the documentation says about it, and its two functions.

    `obtain` says how to get such a file. A `is_general` source is asked only if no other recognises a file.
    """

    format: ImportFormat | None
    description: str
    obtain: str
    recognise: Callable[[SourceFile], bool]
    read: Callable[[SourceFile, SourceKey], SourceContent]
    is_general: bool = False

    @property
    def title(self) -> str:
        """The first words of the description: the name of the program."""
        return self.description.partition(":")[0].replace("`", "")


STARTS_PROGRAMS = (ImportFormat.SOPS, ImportFormat.PASS_STORE)
"""Sources that other programs decrypt."""
MAX_DESCRIBED = 4 * 1024 * 1024
"""Bytes of a file that is described while its path is typed."""
SOURCES = (
    Source(ImportFormat.AWS, "AWS Secrets Manager: responses with values, pages and lists of them, and smtui exports",
           "`aws secretsmanager batch-get-secret-value ...`, `smtui export`", aws.recognise, aws.read),
    Source(ImportFormat.KEEPASS, "KeePass 2 and KeePassXC: `.kdbx` databases, versions 3.1 and 4, and XML exports",
           "the database itself; asks for its passphrase", keepass.recognise, keepass.read),
    Source(ImportFormat.BITWARDEN, "Bitwarden and Vaultwarden: JSON, plain or password-protected, and ZIP",
           "Tools > Export, or `bw list items`; asks for its password", bitwarden.recognise, bitwarden.read),
    Source(ImportFormat.SSM, "AWS Systems Manager parameters",
           "`aws ssm get-parameters-by-path --path / --recursive --with-decryption`", ssm.recognise, ssm.read),
    Source(ImportFormat.TERRAFORM, "Terraform and OpenTofu state: AWS Secrets Manager secrets and SSM parameters in it",
           "`terraform state pull`, `terraform show -json`", terraform.recognise, terraform.read),
    Source(ImportFormat.KUBERNETES, "Kubernetes Secrets, YAML or JSON", "`kubectl get secret -n NAMESPACE -o yaml`",
           kubernetes.recognise, kubernetes.read),
    Source(ImportFormat.VAULT, "HashiCorp Vault and OpenBao, KV version 1 and 2",
           "`vault kv get -format=json PATH`, with `--as-one NAME`", vault_kv.recognise, vault_kv.read),
    Source(ImportFormat.AZURE, "Azure Key Vault", "`az keyvault secret show ...`", azure.recognise, azure.read),
    Source(ImportFormat.GCP, "Google Secret Manager",
           "`gcloud secrets versions access latest --secret=NAME --format=json`", gcp.recognise, gcp.read),
    Source(ImportFormat.DOPPLER, "Doppler", "`doppler secrets --json`", doppler.recognise, doppler.read),
    Source(ImportFormat.INFISICAL, "Infisical", "`infisical export --format=json`", infisical.recognise,
           infisical.read),
    Source(ImportFormat.CHAMBER, "chamber", "`chamber export SERVICE`", chamber.recognise, chamber.read),
    Source(ImportFormat.CSV, f"CSV from {', '.join(kind.what for kind in KINDS)}, and any table of logins",
           "the export of the browser or password manager", csv_table.recognise, csv_table.read),
    Source(ImportFormat.SOPS, "SOPS: YAML, JSON, `.env` and INI files",
           "the encrypted file, where `sops` is installed; otherwise `sops -d FILE \\| smtui import -`", sops.recognise,
           sops.read),
    Source(ImportFormat.ONE_PUX, "1Password: 1PUX", "File > Export", one_password.recognise, one_password.read),
    Source(ImportFormat.PASS_STORE, "pass, gopass and passage: the store's folder",
           "`~/.password-store`; needs `gpg` or `age`", password_store.recognise, password_store.read),
    Source(ImportFormat.ANSIBLE_VAULT, "ansible-vault: encrypted files, and YAML with encrypted values",
           "the file itself; asks for its password", ansible_vault.recognise, ansible_vault.read),
    Source(ImportFormat.AWS_CREDENTIALS, "AWS access keys", "`~/.aws/credentials`", aws_credentials.recognise,
           aws_credentials.read),
    Source(ImportFormat.NETRC, "`.netrc`", "`~/.netrc`", netrc.recognise, netrc.read),
    Source(ImportFormat.PGPASS, "`.pgpass`", "`~/.pgpass`", pgpass.recognise, pgpass.read),
    Source(ImportFormat.FOLDER, "folder with one secret per file, as Docker and Kubernetes mount them",
           "`/run/secrets`; any other folder with `--format folder`", secret_folder.recognise, secret_folder.read,
           is_general=True),
    Source(None, "files of other programs, which are refused with the command that converts them", "",
           foreign.recognise, foreign.read),
    Source(ImportFormat.JSON, "JSON object of names and values",
           "any, if all members are strings, numbers, true or false; every member is one secret",
           json_object.recognise, json_object.read, is_general=True),
    Source(ImportFormat.ENV, "`.env` file", "`NAME=value` lines; every line is one secret",
           env.recognise, env.read, is_general=True),
    Source(ImportFormat.YAML, "YAML mapping of names and values", "only with `--format yaml`", yaml_mapping.recognise,
           yaml_mapping.read, is_general=True),
)
"""Every source, in the order of the documentation."""
BY_FORMAT = {source.format: source for source in SOURCES if source.format}


def format_source_list() -> str:
    """The words of `--format` with their sources, a line or more for each, for the help of the command line."""
    lines: list[str] = []
    for source in SOURCES:
        if source.format:
            text = wrap(source.description.replace("`", ""), HELP_WIDTH - HELP_INDENT)
            lines.append(f"    {source.format:<{HELP_INDENT - 4}}{text[0]}")
            lines += (" " * HELP_INDENT + line for line in text[1:])
    return "\n".join(lines)


def format_source_table() -> str:
    """The sources as a Markdown table, for `docs/import.md`."""
    rows = [f"| {source.description} | {source.obtain} | `{source.format}` |" for source in SOURCES if source.format]
    return "\n".join(["| source | file | `--format` |", "| --- | --- | --- |", *rows, ""])


def read_file(path: Path, key: SourceKey = NO_KEY, options: MappingOptions = CURRENT_VALUES) -> FileContent:
    """Reads and parses the file or folder at `path`. Raises TransferError."""
    return read_source(open_source(path), None, key, options)


@dataclass(frozen=True, slots=True)
class FileDescription:
    """What a file is, in a few words, and whether it needs its own passphrase."""

    words: str = ""
    needs_passphrase: bool = False


def describe_file(path: Path) -> str:
    """The words of `describe_source`."""
    return describe_source(path).words


def describe_source(path: Path) -> FileDescription:
    """What the file or folder at `path` is, while it is chosen.

    Empty if nothing is there, or if it is large. No program is started for it, and no key is derived.
    """
    try:
        if not is_folder(path) and not (is_file(path) and path.stat().st_size <= MAX_DESCRIBED):
            return FileDescription()
        file = open_source(path)
        source = recognise_source(file)
        if source.format in STARTS_PROGRAMS:
            return FileDescription(f"{source.title}, encrypted")
        content = _open(source, file, NO_KEY, needs_unique=False).make_entries(CURRENT_VALUES)
        return FileDescription(content.what.removeprefix(f"{file.name}: ").rstrip("."))
    except SourcePassphraseError:
        return FileDescription(f"{source.title}, encrypted with a passphrase", needs_passphrase=True)
    except (TransferError, OSError) as error:
        return FileDescription(str(error).removeprefix(f"{path}: ").rstrip("."))


def open_source(path: Path) -> SourceFile:
    """The content of the file at `path`, or the folder there. Raises UnreadableFileError."""
    name = str(path)
    if is_folder(path):
        return SourceFile(b"", name, path, is_folder=True)
    try:
        return SourceFile(read_bounded(path, MAX_BYTES), name, path)
    except TooLargeError:
        raise make_unreadable_error(name, f"it is larger than {MAX_BYTES // 1024 // 1024} MiB") from None
    except OSError as error:
        raise make_unreadable_error(name, f"it cannot be read ({error.strerror})") from None


def parse(raw: bytes, name: str, format: ImportFormat | None = None) -> FileContent:
    """Parses the content of a file.

    `name` is the file's name in messages; `format` is detected if it is None. Raises TransferError.
    """
    return read_source(SourceFile(raw, name), format)


def read_source(
    file: SourceFile, format: ImportFormat | None = None, key: SourceKey = NO_KEY,
    options: MappingOptions = CURRENT_VALUES,
) -> FileContent:
    """Reads a file whose format is detected if it is None.

    Raises:
        UnknownSourceError: if the file is of no kind that is read.
        SourcePassphraseError: if it is encrypted, and `key` does not open it.
        UnreadableFileError: if it is not valid.
    """
    return _open(_choose_source(file, format), file, key).make_entries(options)


def read_once(file: SourceFile, key: SourceKey = NO_KEY) -> OpenedSource:
    """Reads a file to make entries of it more than once. Raises like `read_source`, but not for duplicate variables."""
    return _open(_choose_source(file), file, key, needs_unique=False)


def _choose_source(file: SourceFile, format: ImportFormat | None = None) -> Source:
    source = BY_FORMAT[format] if format else recognise_source(file)
    if format and not source.is_general and not source.recognise(file):
        _check_yaml(file)
        raise make_unreadable_error(file.name, f"it was not recognised as {format}")
    return source


def _open(source: Source, file: SourceFile, key: SourceKey, *, needs_unique: bool = True) -> OpenedSource:
    """Reads a file with the source that recognises it. Raises like `read_source`."""
    variables = partial(_read_variables, file) if source.format is ImportFormat.ENV else None
    if variables is not None and not needs_unique:
        return OpenedSource(file.name, variables(replace(file.env_options, last=True)), "", variables)
    content = source.read(file, key)
    if content.inner is not None:
        return _open_inner(content, str(source.format), key, needs_unique=needs_unique)
    return OpenedSource(file.name, content, content.origin or str(source.format), variables)


def _read_variables(file: SourceFile, options: EnvOptions) -> SourceContent:
    return env.read(SourceFile(file.raw, file.name, file.path, env_options=options), NO_KEY)


def _open_inner(outer: SourceContent, origin: str, key: SourceKey, *, needs_unique: bool) -> OpenedSource:
    """Reads what was in an encrypted file. Content of no known kind is one secret with the name of the file."""
    assert outer.inner is not None
    file = outer.inner
    claims = find_claims(file)
    if claims and claims[0].format is not None:
        return replace(_open(claims[0], file, key, needs_unique=needs_unique), around=outer.what)
    title = file.path.stem if file.path else "imported"
    document = file.documents[0] if len(file.documents) == 1 else None
    value = format_json(document) if isinstance(document, dict) else to_value(file.raw)
    item = Item(title, file.name, value=value, is_unnamed=True)
    content = SourceContent(outer.what, items=[item], notes=outer.notes, is_encrypted=True)
    return OpenedSource(file.name, content, origin)


def find_claims(file: SourceFile) -> list[Source]:
    """The sources that recognise a file: one, unless the file is unknown or the recognisers contradict each other."""
    special = [source for source in SOURCES if not source.is_general and _is_recognised(source, file)]
    return special or [source for source in SOURCES if source.is_general and _is_recognised(source, file)]


def _is_recognised(source: Source, file: SourceFile) -> bool:
    check_interruption(CALLS_PER_CHECK)
    return source.recognise(file)


def recognise_source(file: SourceFile) -> Source:
    """The source of a file. Raises UnknownSourceError; UnreadableFileError for JSON or text that is not valid."""
    claims = find_claims(file)
    if claims:
        return claims[0]
    if file.is_folder:
        raise UnreadableFileError(f"cannot read {file.name}: it is a folder in no format that smtui knows.",
                                  hint="--format folder imports each file in it as one secret.")
    if file.raw.startswith(zip_reader.SIGNATURE):
        ZipReader(file.raw, file.name)  # says what is wrong
        raise UnknownSourceError(f"{file.name} is a ZIP file in no format that smtui knows.",
                                 hint="Unpack it, and import the file or folder in it.")
    file.require_text()
    if file.is_ini:
        raise UnknownSourceError(f"{file.name} is an INI file with sections, which is not supported.",
                                 hint=INI_HINT.replace("FILE", file.name))
    if file.looks_like_json:
        _check_json(file)
    _check_yaml(file)
    if csv_table.is_headerless(file):
        raise UnknownSourceError(f"{file.name} is CSV without a line that names its columns.", hint=HEADER_HINT)
    raise UnknownSourceError(f"{file.name} is in no format that smtui knows.", hint=UNKNOWN_HINT)


def _check_yaml(file: SourceFile) -> None:
    """Raises an error that says why YAML is not read, or how a mapping of no known kind is read."""
    if file.yaml_problem:
        raise UnknownSourceError(f"{file.name} is YAML in no format that smtui knows: {file.yaml_problem}.",
                                 hint=UNKNOWN_HINT)
    if not file.looks_like_json and len(file.documents) == 1 and isinstance(file.documents[0], dict):
        raise UnknownSourceError(f"{file.name} is YAML in no format that smtui knows.",
                                 hint="To import each of its members as one secret, use --format yaml.")


def _check_json(file: SourceFile) -> None:
    """Raises an error that says what is wrong with JSON that no source recognises."""
    try:
        found = file.parse_json()
    except StrictJsonError as error:
        raise make_unreadable_error(file.name, str(error)) from None
    if len(found) == 1 and isinstance(found[0], dict):
        raise UnknownSourceError(
            f"{file.name} is JSON in no format that smtui knows.",
            hint="To import each of its members as one secret, use --format json. Without it, only an object of "
                 "strings, numbers, true and false with valid names is read.",
        )
