"""azkeep.yaml, the settings of a project; a project without one has the defaults.

env: dev                 # the environment where several exist and none is asked for
policies:                # which rules count and from which severity on: `azkeep.settings.policies`
  profile: secure-enterprise
audit:                   # what an audit need not tell: `azkeep.settings.auditing`
  ignore: []
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from azkeep.errors import AzkeepError, Problems, SettingsError
from azkeep.model.value import join
from azkeep.model.yaml_words import shown, wanted
from azkeep.settings import yaml_lines
from azkeep.settings.auditing import NOTHING, AuditSettings
from azkeep.settings.policies import UNSAID, PolicySettings
from azkeep.settings.project import SETTINGS_FILE


class ProjectSettings(BaseModel):
    """The settings of a project."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: str | None = Field(default=None, description="The environment where several exist and none is asked for.")
    policies: PolicySettings = Field(default=UNSAID, description="Which policies count, and how much.")
    audit: AuditSettings = Field(default=NOTHING, description="What an audit need not tell.")


def load(root: Path) -> ProjectSettings:
    """The settings in `root`'s azkeep.yaml. Raises SettingsError, or Problems with everything that is wrong in it."""
    path = root / SETTINGS_FILE
    if not path.exists():
        return ProjectSettings()
    document = yaml_lines.load(path)
    try:
        return ProjectSettings.model_validate({} if document.value is None else document.value)
    except ValidationError as error:
        errors = sorted((_explain(problem, document) for problem in error.errors()), key=_line)
        raise errors[0] if len(errors) == 1 else Problems(errors) from error


def json_schema() -> dict[str, Any]:
    """The JSON Schema of azkeep.yaml, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ProjectSettings.model_json_schema()}


def _line(error: AzkeepError) -> int:
    return (error.source.line or 0) if error.source else 0


def _explain(problem: Any, document: yaml_lines.Document) -> AzkeepError:
    parts = tuple(str(part) for part in problem["loc"])
    source = document.source(join(parts))
    name = ".".join(parts)
    if problem["type"] == "extra_forbidden":
        known = _known_at(parts[:-1])
        close = get_close_matches(parts[-1], known, n=1)
        fix = f"Did you mean `{close[0]}`?" if close else f"Known here: {', '.join(known)}."
        return SettingsError(f"unknown setting `{name}`", fix=fix, subject=name, source=source)
    if not parts:
        return SettingsError("settings are `name: value` lines", subject=SETTINGS_FILE, source=source)
    if problem["type"] == "missing":
        return SettingsError(f"`{name}` is missing", subject=name, source=source, fix=f"Add `{parts[-1]}: …` there.")
    words, given = wanted(problem), shown(problem["input"])
    said = f"must be {words}" if words else str(problem["msg"]).removeprefix("Value error, ")
    return SettingsError(f"`{name}` {said}{f', not {given}' if given else ''}", subject=name, source=source)


def _known_at(parts: tuple[str, ...]) -> list[str]:
    """The settings that exist below `parts`."""
    model: Any = ProjectSettings
    for part in parts:
        inner = model.model_fields.get(part) if hasattr(model, "model_fields") else None
        candidates = (inner.annotation, *get_args(inner.annotation)) if inner else (model,)
        model = next((each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)), model)
    return list(model.model_fields)
