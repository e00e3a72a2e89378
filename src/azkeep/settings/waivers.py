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

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from azkeep.errors import AzkeepError, Problems, SettingsError, Source
from azkeep.model.finding import Waiver
from azkeep.model.value import join
from azkeep.model.yaml_words import shown, wanted
from azkeep.settings import yaml_lines

WAIVERS_FILE = "azkeep.waivers.yaml"
REASON = "Say in a sentence why the risk is taken: who reads it later was not there."
LIST = "Begin each waiver with `- rule: …`, and write the rest in lines below it."


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


def load_waivers(root: Path, env: str | None = None, rules: frozenset[str] | None = None) -> tuple[Waiver, ...]:
    """The waivers of the project for `env`, in order; () without a file. `rules`: all ids, None where any will do.

    Raises SettingsError, or Problems with everything that is wrong in the file.
    """
    path = root / WAIVERS_FILE
    if not path.exists():
        return ()
    document = yaml_lines.load(path)
    if document.value is None:
        return ()
    if not isinstance(document.value, list):
        raise SettingsError("waivers are a list", subject=WAIVERS_FILE, source=document.source(), fix=LIST)
    found: list[Waiver] = []
    problems: list[AzkeepError] = []
    known = None if rules is None else {id.casefold() for id in rules}
    for index, item in enumerate(document.value):
        try:
            entry = WaiverEntry.model_validate(item)
        except ValidationError as error:
            problems += [_explain(problem, document, index) for problem in error.errors()]
            continue
        if known is not None and entry.rule.casefold() not in known:
            problems.append(no_such_rule(entry.rule, rules or (), document.source(f"/{index}/rule")))
        elif env is None or not entry.env or env in entry.env:
            kept = entry.model_dump(exclude={"env"})
            found.append(Waiver(**kept, source=document.source(f"/{index}")))
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    return tuple(found)


def no_such_rule(name: str, rules: Iterable[str], source: Source | None) -> SettingsError:
    """A waiver names a rule that does not exist: nothing would ever be waived by it."""
    close = get_close_matches(name.upper(), sorted(rules), n=1, cutoff=0.7)
    fix = f"Did you mean {close[0]}?" if close else "azkeep check --list shows all rules."
    return SettingsError(f"no rule is called {name}", subject=name, source=source, fix=fix)


def _explain(problem: Any, document: yaml_lines.Document, index: int) -> AzkeepError:
    name = ".".join(str(part) for part in problem["loc"]) or "a waiver"
    source = document.source(f"/{index}" + join(tuple(str(part) for part in problem["loc"])))
    if problem["type"] == "missing":
        return SettingsError(f"a waiver needs `{name}`", subject=name, source=source, fix=f"Add `{name}: …`.")
    if problem["type"] == "extra_forbidden":
        known = ", ".join(WaiverEntry.model_fields)
        close = get_close_matches(name, WaiverEntry.model_fields, n=1)
        fix = f"Did you mean `{close[0]}`?" if close else f"Known here: {known}."
        return SettingsError(f"a waiver has no `{name}`", subject=name, source=source, fix=fix)
    if not problem["loc"]:
        said = "a waiver is written as `name: value` lines"
        return SettingsError(said, subject=WAIVERS_FILE, source=source, fix=LIST)
    given = shown(problem["input"])
    if problem["type"].startswith("date"):
        said = f": {given.strip('`')}" if given else ""
        return SettingsError(f"`{name}` of a waiver is no date{said}", subject=name, source=source,
                             fix="Write YYYY-MM-DD.")  # fmt: skip
    if problem["type"] == "string_too_short":
        least = problem["ctx"]["min_length"]
        summary = (
            f"`{name}` of a waiver has fewer than {least} letters" if least > 1 else f"`{name}` of a waiver is empty"
        )
        fix = REASON if name == "reason" else f"Write who or what is meant: `{name}: …`."
        return SettingsError(summary, subject=name, source=source, fix=fix)
    words = wanted(problem)
    said = f"must be {words}" if words else str(problem["msg"]).removeprefix("Value error, ")
    fix = "Write `env: [dev]`." if name == "env" else "Write text, in quotes where YAML takes it for something else."
    summary = f"`{name}` of a waiver {said}{f', not {given}' if given else ''}"
    return SettingsError(summary, subject=name, source=source, fix=fix)
