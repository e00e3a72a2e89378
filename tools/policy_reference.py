"""docs/policies from the rules themselves; `--check` names what is not in step and writes nothing."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from azkeep.model.drift import Severity
from azkeep.model.finding import RuleFacts
from azkeep.policy.facts import facts_of
from azkeep.policy.loading import load_rules, shipped

FOLDER = Path(__file__).parents[1] / "docs" / "policies"
PAGES = FOLDER / "rules"
GROUPS = {
    "AML": "Workspaces and registries",
    "CMP": "Compute",
    "END": "Online and batch endpoints",
    "NET": "Networks, private endpoints, DNS",
    "KV": "Key Vault",
    "ACR": "Container Registry",
    "ST": "Storage",
    "ID": "Identity and roles",
    "MON": "Monitoring and threat protection",
    "GOV": "Governance",
}
FRAMEWORKS = {
    "azure_policy": "Azure Policy",
    "mcsb": "Microsoft cloud security benchmark",
    "cis": "CIS Azure Foundations",
    "checkov": "Checkov",
    "psrule": "PSRule for Azure",
}


def pages() -> dict[Path, str]:
    """Every page and its text."""
    facts = tuple(facts_of(rule) for rule in load_rules(shipped()))
    return {
        FOLDER / "README.md": "\n".join(_index(facts)) + "\n",
        FOLDER / "frameworks.md": "\n".join(_frameworks(facts)) + "\n",
        **{PAGES / f"{each.id}.md": "\n".join(_page(each)) + "\n" for each in facts},
    }


def _index(facts: tuple[RuleFacts, ...]) -> Iterator[str]:
    counted = Counter(each.severity for each in facts)
    numbers = ", ".join(f"{counted[severity]} {severity.value}" for severity in reversed(Severity) if counted[severity])
    yield "# Policies"
    yield ""
    yield f"Written by `make docs` from the rules in `policies/rules`: {len(facts)} rules ({numbers})."
    yield "What they map to elsewhere is in [frameworks.md](frameworks.md)."
    for prefix, title in GROUPS.items():
        own = [each for each in facts if each.id.startswith(f"{prefix}-")]
        yield from ("", f"## {title}", "", "| rule | severity | needs | what it demands |", "|---|---|---|---|")
        for each in own:
            yield f"| [{each.id}](rules/{each.id}.md) | {each.severity.value} | {each.needs} | {_cell(each.title)} |"


def _frameworks(facts: tuple[RuleFacts, ...]) -> Iterator[str]:
    yield "# Coverage by framework"
    yield ""
    yield "Which rule answers which control elsewhere, from the rules' own mappings; a control may need several."
    for name, title in FRAMEWORKS.items():
        controls: dict[str, list[str]] = {}
        titles: dict[str, str] = {}
        for each in facts:
            for control in each.maps.get(name, ()):
                controls.setdefault(control, []).append(each.id)
        if name == "azure_policy":
            titles = _policy_titles()
        yield from (
            "",
            f"## {title}",
            "",
            f"{len(controls)} controls are answered.",
            "",
            "| control | rules |",
            "|---|---|",
        )
        for control in sorted(controls):
            label = f"{titles[control]} `{control}`" if control in titles else control
            links = ", ".join(f"[{id}](rules/{id}.md)" for id in controls[control])
            yield f"| {_cell(label)} | {links} |"


def _policy_titles() -> dict[str, str]:
    return {id: title for rule in load_rules(shipped()) for id, title in rule.maps.azure_policy.items()}


def _page(each: RuleFacts) -> Iterator[str]:
    yield f"# {each.id}: {each.title}"
    yield ""
    on = ", ".join(f"`{name}`" for name in each.types)
    yield f"Severity **{each.severity.value}**, needs: {each.needs}. On {on}."
    if each.paths:
        yield f"Reads {', '.join(f'`{path}`' for path in each.paths)}."
    yield from ("", "## Checks", "", each.checks, "", "## Why", "", each.why, "", "## To put right", "", each.fix)
    if each.parameters:
        yield from ("", "## Parameters", "", "| name | default |", "|---|---|")
        yield from (f"| `{name}` | `{_plain(value)}` |" for name, value in each.parameters.items())
    yield from ("", "## Bad", "", "```yaml", each.bad, "```", "", "## Good", "", "```yaml", each.good, "```")
    if each.maps:
        yield from ("", "## Elsewhere", "")
        yield from (f"- {FRAMEWORKS.get(name, 'Other')}: {', '.join(found)}" for name, found in each.maps.items())
    yield from ("", "## Source", "", each.source)


def _plain(value: object) -> str:
    return yaml.safe_dump(list(value) if isinstance(value, tuple) else value, default_flow_style=True).split("\n")[0]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """1 with `--check` where a page is not in step, else 0."""
    wanted = pages()
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    gone = [path for path in PAGES.glob("*.md") if path not in wanted]
    if "--check" in arguments:
        sys.stdout.writelines(f"{path.relative_to(FOLDER)} is not in step: make docs\n" for path in (*stale, *gone))
        return int(bool(stale or gone))
    PAGES.mkdir(parents=True, exist_ok=True)
    for path in gone:
        path.unlink()
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
