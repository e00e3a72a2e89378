"""azkeep.waivers.yaml: broken rules that are accepted, on what, why, by whom and until when.

- rule: AML-NET-001
  resource: mlw-team-a            # an id, a name, or a glob of either
  reason: reached from the vendor's network until the private link is approved
  owner: platform@example.com
  expires: 2027-03-31
  ticket: PLAT-123                # may be absent, as may `env`
  env: [dev]
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from azkeep.errors import AzkeepError, Problems, SettingsError
from azkeep.model.finding import Waiver
from azkeep.model.value import join
from azkeep.settings import yaml_lines

WAIVERS_FILE = "azkeep.waivers.yaml"


class WaiverEntry(BaseModel):
    """One waiver as written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str = Field(min_length=1, description="The id of one rule.")
    resource: str = Field(min_length=1, description="ARM id, name, or a glob of either.")
    reason: str = Field(min_length=10, description="Why the risk is taken, in a sentence.")
    owner: str = Field(min_length=1, description="Who answers for it.")
    expires: date = Field(description="The last day on which it counts, YYYY-MM-DD.")
    ticket: str = Field(default="", description="Where it was decided.")
    env: tuple[str, ...] = Field(default=(), description="The environments it is for; none means all.")


def load_waivers(root: Path, env: str | None = None) -> tuple[Waiver, ...]:
    """The waivers of the project for `env`, in order; () without a file. Raises SettingsError or Problems."""
    path = root / WAIVERS_FILE
    if not path.exists():
        return ()
    document = yaml_lines.load(path)
    if document.value is None:
        return ()
    if not isinstance(document.value, list):
        raise SettingsError("waivers are a list", subject=WAIVERS_FILE, source=document.source())
    found, problems = [], []
    for index, item in enumerate(document.value):
        try:
            entry = WaiverEntry.model_validate(item)
        except ValidationError as error:
            problems += [_explain(problem, document, index) for problem in error.errors()]
            continue
        if env is None or not entry.env or env in entry.env:
            kept = entry.model_dump(exclude={"env"})
            found.append(Waiver(**kept, source=document.source(f"/{index}")))
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    return tuple(found)


def _explain(problem: Any, document: yaml_lines.Document, index: int) -> AzkeepError:
    name = ".".join(str(part) for part in problem["loc"]) or "a waiver"
    source = document.source(f"/{index}" + join(tuple(str(part) for part in problem["loc"])))
    if problem["type"] == "missing":
        return SettingsError(f"a waiver needs `{name}`", subject=name, source=source, fix=f"Add `{name}: …`.")
    if problem["type"] == "extra_forbidden":
        known = ", ".join(WaiverEntry.model_fields)
        return SettingsError(f"a waiver has no `{name}`", subject=name, source=source, fix=f"Known here: {known}.")
    wanted = problem["msg"].removeprefix("Input should be ").removeprefix("a valid ")
    return SettingsError(f"`{name}` of a waiver: {wanted}", subject=name, source=source)
