"""Property trees of azure-native's resource classes, as the JSON files that `azkeep.types` reads.

`make types` writes one file per resource type from the installed `pulumi_azure_native`; `make types-diff` prints what
an upgrade would change and writes nothing. Only names, kinds, enums, defaults and API versions are taken: no prose.
The limits of numbers and texts come from the files that `make limits` wrote.
"""

from __future__ import annotations

import ast
import difflib
import enum
import importlib
import inspect
import json
import re
import sys
import textwrap
import typing
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from azkeep import types as azkeep_types

FOLDER = Path(azkeep_types.__file__).parent / "schemas"
LIMITS = Path(__file__).parent / "limits"
SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}
CORRECTED = {
    # azure-native gives the operator of these conditions the values of another service's enum of that name.
    # Source: Scheduled Query Rules REST API 2025-01-01-preview, ConditionOperator and dynamic thresholds.
    ("pulumi_azure_native.monitor", "ConditionArgs", "operator"): {
        "type": "string",
        "enum": [
            "Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual", "GreaterOrLessThan",
        ],
        "open": True,
    },
}  # fmt: skip
"""(module, class, input) → the node to write instead of the one that the class would give."""
API_VERSION = re.compile(r"Uses Azure REST API version ([0-9]{4}-[0-9]{2}-[0-9]{2}(?:-preview)?)\.")
ALIAS = re.compile(r"\"azure-native:\w+/v([0-9]{4})([0-9]{2})([0-9]{2})([a-z]*):\w+\"")


class Reader:
    """Reads the classes of one azure-native module; nested classes gather in `definitions`."""

    def __init__(self, module: str) -> None:
        self.module = importlib.import_module(f"pulumi_azure_native.{module}")
        self.inputs = _part(module, "_inputs")
        self.outputs = importlib.import_module(f"pulumi_azure_native.{module}.outputs")
        self.definitions: dict[str, Any] = {}
        self._names: dict[str, Any] = {}
        import pulumi
        import pulumi_azure_native

        for namespace in (self.outputs, self.inputs, self.module):
            self._names.update(vars(namespace))
        enums = _part(module, "_enums")
        self._names.update(vars(enums))
        self._names.update(
            pulumi=pulumi,
            Output=pulumi.Output,
            T=typing.Any,
            outputs=self.outputs,
            _inputs=self.inputs,
            _builtins=importlib.import_module("builtins"),
            _common=pulumi_azure_native,
        )

    def shape(self, cls: type) -> dict[str, Any]:
        """Properties, required names, constants and defaults of one args or response class."""
        constants, defaults = _assigned(cls)
        properties: dict[str, Any] = {}
        wire_names: dict[str, str] = {}
        for python_name, attribute in vars(cls).items():
            getter = getattr(attribute, "fget", None)
            if getter is None:
                continue
            wire = getattr(getter, "_pulumi_name", python_name)
            hints = typing.get_type_hints(getter, globalns=self._names, localns=dict(self._names))
            wire_names[python_name] = wire
            corrected = CORRECTED.get((self.module.__name__, cls.__name__, wire))
            properties[wire] = corrected or self.node(hints["return"])
        required = [
            wire_names[name]
            for name, parameter in inspect.signature(cls.__init__).parameters.items()
            if name in wire_names and parameter.default is inspect.Parameter.empty
        ]
        found: dict[str, Any] = {"properties": dict(sorted(properties.items()))}
        if required:
            found["required"] = sorted(required)
        if constants:
            found["constants"] = {wire_names[k]: v for k, v in sorted(constants.items())}
        if defaults:
            found["defaults"] = {wire_names[k]: v for k, v in sorted(defaults.items())}
        return found

    def node(self, hint: Any) -> dict[str, Any]:
        """One property's kind; Optional, Input and Output wrappers are looked through."""
        members = self._members(hint)
        scalars = [m for m in members if m in SCALARS]
        enums = [m for m in members if inspect.isclass(m) and issubclass(m, enum.Enum)]
        if enums:
            values = [member.value for member in enums[0]]
            return {"type": SCALARS[type(values[0])], "enum": values, **({"open": True} if scalars else {})}
        classes = [m for m in members if inspect.isclass(m) and m not in SCALARS and m not in (dict, object)]
        classes = [m for m in classes if m.__module__.startswith("pulumi_azure_native")]
        if classes:
            for cls in classes:
                self._define(cls)
            names = list(dict.fromkeys(cls.__name__ for cls in classes))
            return {"ref": names[0]} if len(names) == 1 else {"union": names}
        for member in members:
            origin = typing.get_origin(member)
            arguments = typing.get_args(member)
            if origin is not None and "Sequence" in str(origin):
                return {"type": "array", "items": self.node(arguments[0])}
            if origin is not None and ("Mapping" in str(origin) or origin is dict):
                return {"type": "map", "values": self.node(arguments[1])}
        if scalars:
            return {"type": SCALARS[scalars[0]]}
        return {"type": "any"}

    def _define(self, cls: type) -> None:
        if cls.__name__ in self.definitions:
            return
        self.definitions[cls.__name__] = {}
        self.definitions[cls.__name__] = self.shape(cls)

    def _members(self, hint: Any) -> list[Any]:
        if isinstance(hint, typing.ForwardRef):
            hint = eval(hint.__forward_arg__, self._names)
        if isinstance(hint, str):
            hint = eval(hint, self._names)
        origin = typing.get_origin(hint)
        if origin is typing.Union or str(origin) == "<class 'types.UnionType'>":
            return [m for a in typing.get_args(hint) for m in self._members(a)]
        name = getattr(origin, "__name__", "")
        if name in ("Output", "Awaitable"):
            if typing.get_args(hint) == (typing.Any,):
                return []
            return [m for a in typing.get_args(hint) for m in self._members(a)]
        if hint is type(None) or name in ("Awaitable",):
            return []
        if inspect.isclass(hint) and hint.__name__.endswith("ArgsDict"):
            return []
        return [hint]


def _part(module: str, name: str) -> ModuleType:
    """A module's own submodule; an empty one where the module has no nested inputs or no enums."""
    try:
        return importlib.import_module(f"pulumi_azure_native.{module}.{name}")
    except ModuleNotFoundError:
        return ModuleType(name)


def _assigned(cls: type) -> tuple[dict[str, Any], dict[str, Any]]:
    """Constants (`pulumi.set(self, n, 'X')`) and defaults (`if n is None: n = X`) of a constructor."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls.__init__)))
    constants: dict[str, Any] = {}
    defaults: dict[str, Any] = {}
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Call) and ast.unparse(statement.func) == "pulumi.set":
            name, value = statement.args[1:3]
            if isinstance(name, ast.Constant) and isinstance(value, ast.Constant):
                constants[name.value] = value.value
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        if isinstance(statement.value, ast.Constant) and statement.value.value is not None:
            defaults[statement.targets[0].id] = statement.value.value
    return constants, defaults


def schema(token: str) -> dict[str, Any]:
    """The JSON document for one azure-native token such as `azure-native:network:Subnet`."""
    _, module, name = token.split(":")
    reader = Reader(module)
    resource = getattr(reader.module, name)
    source = Path(inspect.getsourcefile(resource) or "")
    home = importlib.import_module(f"pulumi_azure_native.{module}.{source.stem}")
    arguments = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args")
    reader._names.update({k: v for k, v in vars(home).items() if k not in reader._names})
    inputs = reader.shape(arguments)
    text = source.read_text(encoding="utf-8")
    found = API_VERSION.search(text)
    outputs = {
        getattr(attribute.fget, "_pulumi_name", python_name): reader.node(
            typing.get_type_hints(attribute.fget, globalns=reader._names, localns=dict(reader._names))["return"]
        )
        for python_name, attribute in vars(resource).items()
        if getattr(attribute, "fget", None) is not None
    }
    limits = _limits(module)
    definitions = dict(sorted(reader.definitions.items()))
    _limit(inputs, limits["inputs"].get(name, {}))
    for class_, shape in definitions.items():
        _limit(shape, limits["classes"].get(class_, {}))
    return {
        "token": token,
        "api_version": found.group(1) if found else None,
        "api_versions": _api_versions(text, found.group(1) if found else None),
        "azure_native": version("pulumi-azure-native"),
        "limits": limits["sources"].get(name),
        "inputs": inputs,
        "outputs": dict(sorted(outputs.items())),
        "definitions": definitions,
    }


def _api_versions(source: str, default: str | None) -> list[str]:
    """Every API version that azure-native knows the class at, oldest first: its own, and those of its aliases."""
    found = {"-".join(part for part in parts if part) for parts in ALIAS.findall(source)}
    return sorted({*found, *([default] if default else [])})


def _limits(module: str) -> dict[str, Any]:
    """What `make limits` found for an azure-native module; empty parts for a module of which it knows nothing."""
    path = LIMITS / f"{module}.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {"sources": {}, "inputs": {}, "classes": {}, **found}


def _limit(shape: dict[str, Any], limits: dict[str, Any]) -> None:
    """Adds limits to the properties of a shape."""
    for name, found in limits.items():
        if name in shape["properties"]:
            shape["properties"][name] = {**shape["properties"][name], **found}


def main(arguments: list[str]) -> int:
    changed = False
    for token in azkeep_types.tokens():
        path = FOLDER / f"{token.split(':', 1)[1].replace(':', '_')}.json"
        text = json.dumps(schema(token), indent=1, sort_keys=False) + "\n"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before == text:
            continue
        changed = True
        if "--diff" in arguments:
            sys.stdout.writelines(
                difflib.unified_diff(before.splitlines(True), text.splitlines(True), f"{path.name}", "installed")
            )
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.name}")
    return 1 if changed and "--diff" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
