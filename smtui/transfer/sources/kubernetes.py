"""Kubernetes Secrets: YAML or JSON, one or several documents, lists. As `kubectl get secret -o yaml` prints them.

A secret `NAMESPACE/NAME` is a JSON object of its keys. A key that is not text becomes a secret `NAMESPACE/NAME/KEY`; if
it is the only key, the secret itself is binary. Of the annotations only that of smtui's own exports is read; another
repeats all values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smtui.text import strict_json
from smtui.transfer.entry import Value
from smtui.transfer.item import Item, LeftBehind, SourceContent
from smtui.transfer.source_file import SourceFile
from smtui.transfer.source_key import SourceKey
from smtui.transfer.sources.fields import decode_base64, get_object, get_text, list_objects, to_tags, to_text, to_value

LISTS = ("List", "SecretList")
HELM = "helm.sh/release.v1"
TYPE_TAG = "kubernetes-type"
OPAQUE = "Opaque"
PLAIN_ANNOTATION = "smtui/plain-text"
"""Names the key whose value alone is the secret, in exports of smtui."""
ENCRYPTED = "sops"
"""A member of documents that SOPS has encrypted."""


def recognise(file: SourceFile) -> bool:
    """Whether every document is a Kubernetes object, and at least one a Secret."""
    found = file.documents
    objects = [*_list_objects(found)]
    return all(isinstance(each, dict) and "kind" in each and ENCRYPTED not in each for each in found) and \
        any(map(_is_secret, objects))


def read(file: SourceFile, _: SourceKey) -> SourceContent:
    """Raises UnreadableFileError."""
    content = SourceContent("Kubernetes Secrets")
    others = helm = 0
    for number, found in enumerate(_list_objects(file.documents), 1):
        if not _is_secret(found):
            others += 1
        elif found.get("type") == HELM:
            helm += 1
        else:
            content.items += _make_items(found, f"{file.name}, object {number}")
    for left in (LeftBehind(others, "object of another kind", "objects of other kinds"),
                 LeftBehind(helm, "Helm release", "Helm releases")):
        if left.number:
            content.left_behind.append(left)
    return content


def _list_objects(documents: list[Any]) -> Iterator[dict[str, Any]]:
    for document in documents:
        if isinstance(document, dict) and document.get("kind") in LISTS:
            yield from list_objects(document, "items")
        elif isinstance(document, dict):
            yield document


def _is_secret(document: dict[str, Any]) -> bool:
    return document.get("kind") == "Secret" or \
        ("kind" not in document and isinstance(document.get("data"), dict) and "metadata" in document)


def _make_items(secret: dict[str, Any], place: str) -> Iterator[Item]:
    about = get_object(secret, "metadata")
    namespace, name = get_text(about, "namespace"), get_text(about, "name") or "secret"
    values: dict[str, Value] = {
        key: to_value(decode_base64(to_text(text), f"{place}, key {key}"))
        for key, text in get_object(secret, "data").items()}
    values |= {key: to_text(text) for key, text in get_object(secret, "stringData").items()}
    kind = get_text(secret, "type")
    tags = {**to_tags(get_object(about, "labels")), **({TYPE_TAG: kind} if kind not in ("", OPAQUE) else {})}
    folder = (namespace,) if namespace else ()
    id = get_text(about, "uid") or f"{namespace}/{name}"
    binary = {key: value for key, value in values.items() if isinstance(value, bytes)}
    if len(binary) == len(values) == 1:
        yield Item(name, place, folder, value=next(iter(binary.values())), tags=tags, id=id)
        return
    plain = get_text(get_object(about, "annotations"), PLAIN_ANNOTATION)
    if [*values] == [plain]:
        yield Item(name, place, folder, value=values[plain], tags=tags, id=id)
        return
    texts = {key: value for key, value in values.items() if key not in binary}
    yield Item(name, place, folder, value=strict_json.format_json(texts) if texts else "", tags=tags, id=id)
    for key, value in binary.items():
        yield Item(key, place, (*folder, name), value=value, tags=tags, id=f"{id}/{key}")
