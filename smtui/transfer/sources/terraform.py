"""Terraform and OpenTofu state: secrets and parameters of AWS that it holds, from a state file or `show -json`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from smtui.api.arn import parse_secret_arn
from smtui.transfer.entry import Entry, Value
from smtui.transfer.item import LeftBehind, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import decode_base64, get_list, get_object, get_text, list_objects, to_tags

SECRET, VERSION, PARAMETER = "aws_secretsmanager_secret", "aws_secretsmanager_secret_version", "aws_ssm_parameter"
WITH_SECRETS = {"random_password": ("random_password", "random_passwords"),
                "tls_private_key": ("tls_private_key", "tls_private_keys")}
Resource = tuple[str, dict[str, Any]]


def recognise(file: SourceFile) -> bool:
    held = file.json
    return isinstance(held, dict) and (
        (isinstance(held.get("resources"), list) and "terraform_version" in held)
        or ("terraform_version" in held and isinstance(held.get("values"), dict)))


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    resources = [*_list_resources(file.json)]
    secrets = {get_text(values, "arn", "id"): values for kind, values in resources if kind == SECRET}
    versions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for kind, values in resources:
        if kind == VERSION:
            versions[get_text(values, "secret_id", "arn")].append(values)
    content = SourceContent("Terraform state")
    for arn, several in versions.items():
        content.entries += _make_entries(arn, secrets.get(arn, {}), several, f"{file.name}, {arn}")
    for kind, values in resources:
        if kind == PARAMETER and get_text(values, "value"):
            name = get_text(values, "name").strip("/")
            content.entries.append(Entry(name, get_text(values, "value"), f"{file.name}, {PARAMETER} {name}"))
    content.left_behind = [*_count_others(resources, len(secrets.keys() - versions.keys()))]
    return content


def _list_resources(state: dict[str, Any]) -> Iterator[Resource]:
    """The type and the attributes of each resource."""
    for resource in list_objects(state, "resources"):
        if resource.get("mode", "managed") == "managed":
            for instance in list_objects(resource, "instances"):
                yield str(resource.get("type")), get_object(instance, "attributes")
    modules = [get_object(get_object(state, "values"), "root_module")]
    while modules:
        module = modules.pop()
        modules += list_objects(module, "child_modules")
        for resource in list_objects(module, "resources"):
            if resource.get("mode", "managed") == "managed":
                yield str(resource.get("type")), get_object(resource, "values")


def _make_entries(
    arn: str, secret: dict[str, Any], versions: list[dict[str, Any]], place: str
) -> Iterator[Entry]:
    """The secret of an ARN; its current version last."""
    parsed = parse_secret_arn(arn)
    name = get_text(secret, "name") or (parsed.name if parsed else arn)
    versions.sort(key=lambda version: "AWSCURRENT" in get_list(version, "version_stages"))
    tags = to_tags(get_object(secret, "tags_all") or get_object(secret, "tags"))
    metadata: dict[str, Any] = {"Description": get_text(secret, "description"),
                                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
    metadata = {member: value for member, value in metadata.items() if value}
    if versions:
        yield Entry(name, _get_value(versions[-1], place), place, metadata=metadata)


def _get_value(version: dict[str, Any], place: str) -> Value:
    binary = get_text(version, "secret_binary")
    return decode_base64(binary, place) if binary else get_text(version, "secret_string")


def _count_others(resources: list[Resource], without_value: int) -> Iterator[LeftBehind]:
    if without_value:
        yield LeftBehind(without_value, "secret without a value", "secrets without a value")
    for kind, (one, many) in WITH_SECRETS.items():
        number = sum(each == kind for each, _ in resources)
        if number:
            yield LeftBehind(number, one, many)
