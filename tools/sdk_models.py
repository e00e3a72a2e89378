"""What a generated azure-mgmt client says of its models and of the addresses it writes to, read from its sources.

Only clients of the msrest generation carry limits: `_validation` tables in their models, and arguments of the
serializer in their operations. Newer generations leave them to the service.
"""

from __future__ import annotations

import ast
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIMITS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}
"""Name in the client → name in OpenAPI, which azure-native has too. Exclusive bounds stand nowhere in our types."""

NOT_IN_GO = re.compile(r"\(\?[=!<]|\\[1-9]")
"""Looking ahead or behind, and repeating what was found."""

Limits = dict[str, Any]


@dataclass(frozen=True)
class Attribute:
    """One attribute of a model: where it stands in the document, its msrest type, and its limits."""

    path: tuple[str, ...]
    type: str
    limits: Limits


@dataclass(frozen=True)
class Model:
    """`subtypes` maps the constant of a discriminator to the name of the model that it means."""

    attributes: tuple[Attribute, ...]
    subtypes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Put:
    """A PUT: its address with `{}` for each parameter, the limits of these in order, and the model of its body."""

    address: str
    parameters: tuple[Limits, ...]
    body: str


@dataclass(frozen=True)
class Client:
    models: Mapping[str, Model]
    puts: tuple[Put, ...]


def read_client(wheel: Path, folder: str) -> Client:
    """The models and PUTs of `folder` (`azure/mgmt/network`) inside a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(f"{folder}/")]
        models = ast.parse(archive.read(f"{folder}/models/_models_py3.py"))
        operations = [
            ast.parse(archive.read(name))
            for name in names
            if re.fullmatch(rf"{re.escape(folder)}/operations/_\w*operations\.py", name)
        ]
    return Client(_models(models), tuple(put for tree in operations for put in _puts(tree)))


def plain_address(path: str) -> str:
    """A path in lower case, without its first slash and the names of its parameters."""
    return re.sub(r"{[^}]*}", "{}", path).lower().strip("/")


def _models(tree: ast.Module) -> dict[str, Model]:
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    return {name: _model(node, classes) for name, node in classes.items()}


def _model(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> Model:
    validation = _table(node, "_validation", classes)
    return Model(
        attributes=tuple(
            Attribute(
                path=tuple(part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", entry["key"])),
                type=entry["type"],
                limits=_limits(validation.get(name, {})),
            )
            for name, entry in _table(node, "_attribute_map", classes).items()
        ),
        subtypes={key: value for each in _table(node, "_subtype_map", {}).values() for key, value in each.items()},
    )


def _table(node: ast.ClassDef, name: str, classes: Mapping[str, ast.ClassDef]) -> dict[str, Any]:
    """The table `name` of a class, else of the nearest of its bases in `classes`."""
    for statement in node.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        if isinstance(statement, ast.Assign) and isinstance(target, ast.Name) and target.id == name:
            return ast.literal_eval(statement.value)  # type: ignore[no-any-return]
    bases = (classes[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in classes)
    return next((found for base in bases if (found := _table(base, name, classes))), {})


def _limits(given: Mapping[str, Any]) -> Limits:
    """The limits that azure-native's plugin judges by: it passes over patterns that Go's regexp does not compile."""
    found = {LIMITS[name]: given[name] for name in LIMITS if name in given}
    if NOT_IN_GO.search(found.get("pattern", "")):
        del found["pattern"]
    return found


def _puts(tree: ast.Module) -> Iterator[Put]:
    bodies = dict(_bodies(tree))
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("build_"):
            continue
        addresses = [_text(call.args[1]) for call in _calls(node, "pop") if _text(call.args[0]) == "template_url"]
        if "method='PUT'" in ast.unparse(node) and addresses and node.name in bodies:
            limits = dict(_parameters(node))
            names = re.findall(r"{([^}]*)}", addresses[0])
            yield Put(plain_address(addresses[0]), tuple(limits.get(name, {}) for name in names), bodies[node.name])


def _parameters(node: ast.FunctionDef) -> Iterator[tuple[str, Limits]]:
    for each in ast.walk(node):
        for key, value in zip(each.keys, each.values, strict=True) if isinstance(each, ast.Dict) else ():
            if isinstance(value, ast.Call) and ast.unparse(value.func).endswith(".url"):
                given = {word.arg: ast.literal_eval(word.value) for word in value.keywords if word.arg in LIMITS}
                yield _text(key), _limits(given)


def _bodies(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Builder of a request → model that the method around it serializes as the body."""
    for method in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
        models = [_text(call.args[1]) for call in _calls(method, "body")]
        builders = {
            call.func.id
            for call in ast.walk(method)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id.startswith("build_")
        }
        for builder in builders if models else ():
            yield builder, models[0]


def _calls(node: ast.AST, name: str) -> Iterator[ast.Call]:
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == name and each.args:
            yield each


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
