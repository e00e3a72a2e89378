"""What the policies say of the secure workspace in each form of its network, held to what its README says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from azkeep.jobs.declaring import declare_stack
from azkeep.jobs.options import StackOptions
from azkeep.jobs.stack import find_stack
from azkeep.model.drift import Severity
from azkeep.model.finding import Finding, Verdict
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import evaluate
from azkeep.policy.loading import load_rules, shipped

STACK = Path(__file__).parents[3] / "stacks" / "secure-workspace"
SUBNETS = (
    "/subscriptions/33333333-4444-4555-8666-777777777777/resourceGroups/hub-rg"
    "/providers/Microsoft.Network/virtualNetworks/hub-vnet/subnets"
)
FORMS: Mapping[str, Any] = {
    "own": None,
    "existing": {"form": "existing", "training": f"{SUBNETS}/training", "endpoints": f"{SUBNETS}/endpoints"},
    "managed": {"form": "managed", "isolation": "approved"},
    "firewall": {
        "form": "own",
        "address_space": "10.40.0.0/16",
        "training": "10.40.0.0/24",
        "endpoints": "10.40.1.0/26",
        "egress": {"through": "firewall", "next_hop": "10.0.0.4"},
    },
}


def findings(folder: Path, network: Any) -> tuple[Finding, ...]:
    """All findings on the stack with `network` for its form, None for the shipped one."""
    shutil.copytree(STACK, folder, ignore=shutil.ignore_patterns(".azkeep", "__pycache__"))
    file = folder / "Pulumi.dev.yaml"
    document = yaml.safe_load(file.read_text())
    if network is not None:
        document["config"]["secure-workspace:estate"]["network"] = network
        file.write_text(yaml.safe_dump(document))
    declaration = declare_stack(find_stack(StackOptions(str(folder), env="dev")))
    return evaluate(load_rules(shipped()), Estate.of_resources(declaration.resources, declaration.outputs))


def said() -> set[str]:
    """The rules in the README's table, ranges spelt out."""
    text = (STACK / "README.md").read_text()
    section = text.split("## What the policies still find")[1].split("\n## ")[0]
    found = set(re.findall(r"\b[A-Z]+-[A-Z]+-\d{3}\b", section))
    for prefix, first, last in re.findall(r"([A-Z]+-[A-Z]+-)(\d{3}) to [A-Z]+-[A-Z]+-(\d{3})", section):
        found |= {f"{prefix}{number:03}" for number in range(int(first), int(last) + 1)}
    return found


@pytest.mark.parametrize("form", FORMS)
def test_nothing_severe_and_nothing_unsaid(form: str, tmp_path: Path) -> None:
    """No rule from high on fails, none raises, and what fails below is in the README with its reason."""
    found = findings(tmp_path / "secure-workspace", FORMS[form])
    failing = [each for each in found if each.verdict is Verdict.FAIL]
    assert {each.rule for each in failing if each.severity.rank >= Severity.HIGH.rank} == set()
    assert {each.rule for each in failing} <= said()
    assert [each for each in found if each.verdict is Verdict.ERROR] == []
