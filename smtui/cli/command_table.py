"""The table of all commands: name, group, one line of help, and the module that runs it.

Help, completion, suggestions and the command list in `docs/` are generated from this table. The 23 operations share one
module, which builds their parsers from the API model.
"""

from __future__ import annotations

import argparse
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

from smtui.api.record import record
from smtui.cli.exit_codes import Exit
from smtui.cli.parser import Parser, declare_globals

API_REFERENCE = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_"
OPERATIONS_MODULE = "smtui.cli.operations"


class Group(StrEnum):
    EVERYDAY = "Everyday commands"
    VAULT = "Vault"
    SERVERS = "Agent and endpoint"
    SHELL = "Shell"
    OPERATIONS = "AWS Secrets Manager operations"


class CommandModule(Protocol):
    """The interface of a module in `smtui.cli.commands`. Its docstring is the command's description."""

    __doc__: str | None
    EXAMPLE: str

    def declare(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, args: argparse.Namespace) -> Exit: ...


@record
class CliCommand:
    """One row of the table.

    `example` is for an operation; any other command has `EXAMPLE` in its module. `aliases` are older names: they run
    the command, but help, completion and suggestions leave them out.
    """

    name: str
    group: Group
    help: str
    example: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def module_name(self) -> str:
        if self.group is Group.OPERATIONS:
            return OPERATIONS_MODULE
        return f"smtui.cli.commands.{_MODULE_NAMES.get(self.name, self.name)}"

    def make_parser(self) -> Parser:
        """Builds this command's parser. A call builds only the parser of the command it runs."""
        parser = Parser(prog=f"smtui {self.name}")
        self.declare(parser)
        return parser

    def declare(self, parser: Parser) -> None:
        """Adds the options, description and example of this command to `parser`."""
        declare_globals(parser, names_key_file=self.name != "import")
        if self.group is Group.OPERATIONS:
            import_module(OPERATIONS_MODULE).declare(parser, self.name)
            page = API_REFERENCE + "".join(word.capitalize() for word in self.name.split("-")) + ".html"
            parser.description, example = f"{self.help[:1].upper()}{self.help[1:]}.\n\n{page}", self.example
        else:
            module = self._load_module()
            module.declare(parser)
            parser.description, example = (module.__doc__ or "").strip(), module.EXAMPLE
        parser.epilog = "example:\n" + "\n".join(f"  {line}" for line in example.splitlines())
        parser.set_defaults(command=self.name)
        parser.shorten_usage()

    def run(self, args: argparse.Namespace) -> Exit:
        return self._load_module().run(args)

    def _load_module(self) -> CommandModule:
        return cast(CommandModule, import_module(self.module_name))


# Commands whose name cannot be, or should not be, the name of a module.
_MODULE_NAMES = {"exec": "execute", "import": "import_files", "keyring": "os_keyring", "rotate-due": "rotate_due"}

COMMANDS = (
    CliCommand("get", Group.EVERYDAY, "print a secret's value, or one key of it"),
    CliCommand("set", Group.EVERYDAY, "store a value: typed at a prompt, from a file, or generated"),
    CliCommand("copy", Group.EVERYDAY, "copy a value to the clipboard for a short time"),
    CliCommand("ls", Group.EVERYDAY, "list secrets by name prefix, or search"),
    CliCommand("history", Group.EVERYDAY, "list the versions of a secret with their labels"),
    CliCommand("diff", Group.EVERYDAY, "compare two versions or secrets key by key, values hidden"),
    CliCommand("compare", Group.EVERYDAY, "list what differs between two contexts, vaults or files"),
    CliCommand("promote", Group.EVERYDAY, "apply a plan of compare: bring values to the other side, guarded"),
    CliCommand("rollback", Group.EVERYDAY, "make the previous version current again"),
    CliCommand("cp", Group.EVERYDAY, "copy a secret under a new name"),
    CliCommand("mv", Group.EVERYDAY, "rename a secret: copy it, then schedule its deletion"),
    CliCommand("import", Group.EVERYDAY, "import .env files, JSON, or output of the aws CLI"),
    CliCommand("export", Group.EVERYDAY, "export secrets in plain text as JSON, .env file or aws CLI output"),
    CliCommand("exec", Group.EVERYDAY, "run a command with secrets in its environment"),
    CliCommand("init", Group.VAULT, "create a vault"),
    CliCommand("passwd", Group.VAULT, "change the passphrase"),
    CliCommand("recover", Group.VAULT, "set a new passphrase with the recovery code"),
    CliCommand("check", Group.VAULT, "verify the integrity of the vault"),
    CliCommand("health", Group.VAULT, "report weak, unused, overdue and public secrets"),
    CliCommand("backup", Group.VAULT, "copy the whole vault to a file, even while it is in use"),
    CliCommand("audit", Group.VAULT, "show the audit log, newest event first", aliases=("trail",)),
    CliCommand("keys", Group.VAULT, "list and manage the KMS keys that encrypt the secrets"),
    CliCommand("functions", Group.VAULT, "list, add, try, allow and remove rotation functions"),
    CliCommand("rotate-due", Group.VAULT, "rotate every secret that is due"),
    CliCommand("policy", Group.VAULT, "check a policy; show who has access, and why"),
    CliCommand("contexts", Group.VAULT, "list, add, remove and test named AWS accounts and vaults"),
    CliCommand("keyring", Group.VAULT, "store this vault's key in the OS keyring, or remove it"),
    CliCommand("callers", Group.SERVERS, "list, add and remove endpoint callers whose keys are in the vault"),
    CliCommand("agent", Group.SERVERS, "keep the vault unlocked for your other commands"),
    CliCommand("unlock", Group.SERVERS, "unlock the vault of the running agent"),
    CliCommand("lock", Group.SERVERS, "lock the vault of the running agent or endpoint"),
    CliCommand("serve", Group.SERVERS, "serve the vault to AWS SDKs on this machine"),
    CliCommand("credentials", Group.SERVERS, "print the credentials of the endpoint, as a credential_process"),
    CliCommand("completion", Group.SHELL, "print the completion script for bash, zsh, fish or tcsh"),
    CliCommand("batch-get-secret-value", Group.OPERATIONS, "get the values of several secrets",
            "smtui batch-get-secret-value --filters Key=name,Values=prod/"),
    CliCommand("cancel-rotate-secret", Group.OPERATIONS, "turn automatic rotation off",
            "smtui cancel-rotate-secret --secret-id prod/db"),
    CliCommand("create-secret", Group.OPERATIONS, "create a secret",
            "smtui create-secret --name prod/db --secret-string file://db.json --tags Key=team,Value=core"),
    CliCommand("delete-resource-policy", Group.OPERATIONS, "remove the policy of a secret",
            "smtui delete-resource-policy --secret-id prod/db"),
    CliCommand("delete-secret", Group.OPERATIONS, "delete a secret after a recovery window",
            "smtui delete-secret --secret-id prod/db --recovery-window-in-days 7"),
    CliCommand("describe-secret", Group.OPERATIONS, "show a secret's metadata, without its value",
            "smtui describe-secret --secret-id prod/db"),
    CliCommand("get-random-password", Group.OPERATIONS, "generate a password",
            "smtui get-random-password --password-length 24 --query RandomPassword --output text"),
    CliCommand("get-resource-policy", Group.OPERATIONS, "show the policy of a secret",
            "smtui get-resource-policy --secret-id prod/db"),
    CliCommand("get-secret-value", Group.OPERATIONS, "get the value of a secret",
            "smtui get-secret-value --secret-id prod/db --query SecretString --output text"),
    CliCommand("list-secret-version-ids", Group.OPERATIONS, "list the versions of a secret with their labels",
            "smtui list-secret-version-ids --secret-id prod/db --include-deprecated"),
    CliCommand("list-secrets", Group.OPERATIONS, "list and search secrets",
            "smtui list-secrets --filters Key=tag-key,Values=team --query 'SecretList[].Name' --output text"),
    CliCommand("put-resource-policy", Group.OPERATIONS, "attach a policy to a secret",
            "smtui put-resource-policy --secret-id prod/db --resource-policy file://policy.json"),
    CliCommand("put-secret-value", Group.OPERATIONS, "store a new version of a secret",
            "smtui put-secret-value --secret-id prod/db --secret-string - < value.json"),
    CliCommand("remove-regions-from-replication", Group.OPERATIONS, "remove replicas of a secret",
            "smtui remove-regions-from-replication --secret-id prod/db --remove-replica-regions eu-west-1"),
    CliCommand("replicate-secret-to-regions", Group.OPERATIONS, "replicate a secret to other Regions",
            "smtui replicate-secret-to-regions --secret-id prod/db --add-replica-regions Region=eu-west-1"),
    CliCommand("restore-secret", Group.OPERATIONS, "cancel the scheduled deletion of a secret",
            "smtui restore-secret --secret-id prod/db"),
    CliCommand("rotate-secret", Group.OPERATIONS, "rotate a secret, now or on a schedule",
            "smtui rotate-secret --secret-id prod/db --rotation-rules AutomaticallyAfterDays=30"),
    CliCommand("stop-replication-to-replica", Group.OPERATIONS, "promote a replica to a standalone secret",
            "smtui stop-replication-to-replica --secret-id prod/db --region eu-west-1"),
    CliCommand("tag-resource", Group.OPERATIONS, "add tags to a secret",
            "smtui tag-resource --secret-id prod/db --tags Key=team,Value=core Key=env,Value=prod"),
    CliCommand("untag-resource", Group.OPERATIONS, "remove tags from a secret",
            "smtui untag-resource --secret-id prod/db --tag-keys team env"),
    CliCommand("update-secret", Group.OPERATIONS, "change a secret's description, KMS key or value",
            "smtui update-secret --secret-id prod/db --description 'The orders database'"),
    CliCommand("update-secret-version-stage", Group.OPERATIONS, "move a staging label between versions",
            "smtui update-secret-version-stage --secret-id prod/db --version-stage AWSCURRENT \\\n"
            "    --move-to-version-id NEW --remove-from-version-id OLD"),
    CliCommand("validate-resource-policy", Group.OPERATIONS, "validate a policy without attaching it",
            "smtui validate-resource-policy --resource-policy file://policy.json"),
)
BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}


def format_command_list() -> str:
    """All commands as Markdown tables, for `docs/`."""
    sections = []
    for group in Group:
        rows = [f"| `{command.name}` | {command.help} |" for command in COMMANDS if command.group is group]
        sections.append("\n".join([f"**{group}**", "", "| command | what it does |",
                                   "| --- | --- |", *rows]))
    return "\n\n".join(sections) + "\n"

