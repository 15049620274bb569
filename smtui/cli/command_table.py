"""Every command there is: name, group, one line of help, and the module that does it.

Help, completion, suggestions and the README's command list are made from this table. The 23 operations share one
module, which makes their parsers from the contract.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

from smtui.cli.exit_codes import Exit
from smtui.cli.parser import Parser, declare_globals

DOCUMENTED = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_"
OPERATIONS_HOME = "smtui.cli.operations"


class Group(StrEnum):
    WORDS = "Everyday words"
    VAULT = "The vault itself"
    SHELL = "Your shell"
    OPERATIONS = "AWS Secrets Manager's operations"


class Word(Protocol):
    """What a module in `smtui.cli.commands` offers."""

    __doc__: str | None
    EXAMPLE: str

    def declare(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, args: argparse.Namespace) -> Exit: ...


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    group: Group
    help: str
    example: str = ""  # of an operation; a word's module has its own

    @property
    def home(self) -> str:
        if self.group is Group.OPERATIONS:
            return OPERATIONS_HOME
        return f"smtui.cli.commands.{_HOMES.get(self.name, self.name)}"

    def parser(self) -> Parser:
        """The command's own grammar; only the chosen command's is ever made."""
        made = Parser(prog=f"smtui {self.name}")
        self.declare(made)
        return made

    def declare(self, parser: Parser) -> None:
        declare_globals(parser)
        if self.group is Group.OPERATIONS:
            import_module(OPERATIONS_HOME).declare(parser, self.name)
            page = DOCUMENTED + "".join(word.capitalize() for word in self.name.split("-")) + ".html"
            parser.description, example = f"{self.help[:1].upper()}{self.help[1:]}.\n\n{page}", self.example
        else:
            word = self._word()
            word.declare(parser)
            parser.description, example = (word.__doc__ or "").strip(), word.EXAMPLE
        parser.epilog = "example:\n" + "\n".join(f"  {line}" for line in example.splitlines())
        parser.set_defaults(command=self.name)
        parser.shorten_usage()

    def run(self, args: argparse.Namespace) -> Exit:
        return self._word().run(args)

    def _word(self) -> Word:
        return cast(Word, import_module(self.home))


# Commands whose name is no good name for a module.
_HOMES = {"exec": "execute", "import": "import_files", "keyring": "os_keyring", "rotate-due": "rotate_due"}

COMMANDS = (
    Command("get", Group.WORDS, "print a secret's value, or one key of it"),
    Command("set", Group.WORDS, "give a secret a value: asked for, from a file, or made up"),
    Command("copy", Group.WORDS, "put a value on the clipboard for a short time"),
    Command("ls", Group.WORDS, "list secrets by the beginning of their names, or search"),
    Command("import", Group.WORDS, "bring in .env files, JSON, or what the aws CLI printed"),
    Command("export", Group.WORDS, "write secrets in plain text, as import reads them or as a .env file"),
    Command("exec", Group.WORDS, "run a command with secrets in its environment"),
    Command("init", Group.VAULT, "make a vault"),
    Command("passwd", Group.VAULT, "change the passphrase"),
    Command("recover", Group.VAULT, "set a new passphrase with the recovery code"),
    Command("check", Group.VAULT, "verify everything in the vault that can be verified"),
    Command("backup", Group.VAULT, "write a whole copy of the vault, also while it is in use"),
    Command("trail", Group.VAULT, "show who did what, newest first"),
    Command("keys", Group.VAULT, "show and look after the KMS keys that seal the secrets"),
    Command("functions", Group.VAULT, "show, add and remove what rotates secrets"),
    Command("rotate-due", Group.VAULT, "rotate every secret whose time has come"),
    Command("policy", Group.VAULT, "check a policy, and ask who may do what, and why"),
    Command("keyring", Group.VAULT, "let the OS keyring unlock this vault, or stop that"),
    Command("completion", Group.SHELL, "print the completion script for bash, zsh or tcsh"),
    Command("batch-get-secret-value", Group.OPERATIONS, "get the values of several secrets",
            "smtui batch-get-secret-value --filters Key=name,Values=prod/"),
    Command("cancel-rotate-secret", Group.OPERATIONS, "switch automatic rotation off",
            "smtui cancel-rotate-secret --secret-id prod/db"),
    Command("create-secret", Group.OPERATIONS, "make a secret",
            "smtui create-secret --name prod/db --secret-string file://db.json --tags Key=team,Value=core"),
    Command("delete-resource-policy", Group.OPERATIONS, "remove the policy of a secret",
            "smtui delete-resource-policy --secret-id prod/db"),
    Command("delete-secret", Group.OPERATIONS, "delete a secret after a recovery window",
            "smtui delete-secret --secret-id prod/db --recovery-window-in-days 7"),
    Command("describe-secret", Group.OPERATIONS, "show everything about a secret but its value",
            "smtui describe-secret --secret-id prod/db"),
    Command("get-random-password", Group.OPERATIONS, "make a password",
            "smtui get-random-password --password-length 24 --query RandomPassword --output text"),
    Command("get-resource-policy", Group.OPERATIONS, "show the policy of a secret",
            "smtui get-resource-policy --secret-id prod/db"),
    Command("get-secret-value", Group.OPERATIONS, "get the value of a secret",
            "smtui get-secret-value --secret-id prod/db --query SecretString --output text"),
    Command("list-secret-version-ids", Group.OPERATIONS, "list the versions of a secret with their labels",
            "smtui list-secret-version-ids --secret-id prod/db --include-deprecated"),
    Command("list-secrets", Group.OPERATIONS, "list and search secrets",
            "smtui list-secrets --filters Key=tag-key,Values=team --query 'SecretList[].Name' --output text"),
    Command("put-resource-policy", Group.OPERATIONS, "attach a policy to a secret",
            "smtui put-resource-policy --secret-id prod/db --resource-policy file://policy.json"),
    Command("put-secret-value", Group.OPERATIONS, "give a secret a new version",
            "smtui put-secret-value --secret-id prod/db --secret-string - < value.json"),
    Command("remove-regions-from-replication", Group.OPERATIONS, "remove replicas of a secret",
            "smtui remove-regions-from-replication --secret-id prod/db --remove-replica-regions eu-west-1"),
    Command("replicate-secret-to-regions", Group.OPERATIONS, "replicate a secret to other Regions",
            "smtui replicate-secret-to-regions --secret-id prod/db --add-replica-regions Region=eu-west-1"),
    Command("restore-secret", Group.OPERATIONS, "take back the deletion of a secret",
            "smtui restore-secret --secret-id prod/db"),
    Command("rotate-secret", Group.OPERATIONS, "rotate a secret, now or on a schedule",
            "smtui rotate-secret --secret-id prod/db --rotation-rules AutomaticallyAfterDays=30"),
    Command("stop-replication-to-replica", Group.OPERATIONS, "make a replica a secret of its own",
            "smtui stop-replication-to-replica --secret-id prod/db --region eu-west-1"),
    Command("tag-resource", Group.OPERATIONS, "add tags to a secret",
            "smtui tag-resource --secret-id prod/db --tags Key=team,Value=core Key=env,Value=prod"),
    Command("untag-resource", Group.OPERATIONS, "remove tags from a secret",
            "smtui untag-resource --secret-id prod/db --tag-keys team env"),
    Command("update-secret", Group.OPERATIONS, "change a secret's description, key or value",
            "smtui update-secret --secret-id prod/db --description 'The orders database'"),
    Command("update-secret-version-stage", Group.OPERATIONS, "move a label from one version to another",
            "smtui update-secret-version-stage --secret-id prod/db --version-stage AWSCURRENT \\\n"
            "    --move-to-version-id NEW --remove-from-version-id OLD"),
    Command("validate-resource-policy", Group.OPERATIONS, "judge a policy without attaching it",
            "smtui validate-resource-policy --resource-policy file://policy.json"),
)
BY_NAME = {command.name: command for command in COMMANDS}


def command_list() -> str:
    """The commands as the README lists them."""
    sections = []
    for group in Group:
        rows = [f"| `{command.name}` | {command.help} |" for command in COMMANDS if command.group is group]
        sections.append("\n".join([f"**{group}**", "", "| command | what it does |",
                                   "| --- | --- |", *rows]))
    return "\n\n".join(sections) + "\n"

