"""schema KIND: the JSON Schema of azkeep.yaml, or the facts azkeep has of a resource type."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from azkeep import types
from azkeep.audit.declared import unobservable
from azkeep.errors import UsageError
from azkeep.jobs.options import Progress, SchemaOptions
from azkeep.model.report import Header, Report, Schema
from azkeep.settings import azkeep_yaml
from azkeep.types.resource_type import ResourceType

SETTINGS = "azkeep.yaml"


def run(options: SchemaOptions, progress: Progress) -> Report:
    """The document called `options.kind`. Raises UsageError that lists what there is."""
    if options.kind == SETTINGS:
        return Report(Header(), Schema(SETTINGS, azkeep_yaml.json_schema()))
    type_ = types.by_arm_type(options.kind) or types.by_token(options.kind)
    if type_ is None:
        known = [found.arm_type for found in types.all_types()]
        close = get_close_matches(options.kind, known, n=1) or [
            name for name in known if name.lower().endswith("/" + options.kind.lower().rpartition("/")[2])
        ]
        raise UsageError(
            f"there is no schema `{options.kind}`",
            detail=f"There are {SETTINGS}, azkeep's JSON documents, and the ARM types of the resources it knows.",
            fix=f"azkeep schema {close[0]}" if close else "azkeep schema lists the documents.",
            subject=options.kind,
        )
    return Report(Header(), Schema(type_.arm_type, _facts(type_)))


def _facts(type_: ResourceType) -> dict[str, Any]:
    return {
        "type": type_.arm_type,
        "token": type_.token,
        "api_version": type_.api_version,
        "path": type_.path,
        "location": type_.location,
        "name": {"pattern": type_.name.pattern, "minimum": type_.name.minimum, "maximum": type_.name.maximum},
        "required": list(type_.required),
        "immutable": [rule.path for rule in type_.immutable],
        "read_only": list(type_.read_only),
        "secrets": list(type_.secrets),
        "unobservable": list(unobservable(type_)),
        "defaults": dict(type_.defaults),
        "links": [{"path": link.path, "types": list(link.types)} for link in type_.links],
        "actions": sorted(type_.actions),
        "inputs": sorted(type_.schema.inputs.properties),
        "outputs": sorted(type_.schema.outputs.properties),
    }
