"""An audit by command: what it finds, puts right, accepts, and leaves alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.bad_input import GROUP, STACK, lay, sound_project
from tests.engine.command import Azkeep

PROGRAM = (
    GROUP.replace('"shop-rg"', '"shop-rg", tags={"zone": "one"}')
    + """
rules = azure.network.NetworkSecurityGroup("rules", network_security_group_name="shop-nsg", **here)
rule = azure.network.SecurityRule(
    "rule", network_security_group_name=rules.name, security_rule_name="in", **here, priority=100, direction="Inbound",
    access="Deny", protocol="*", source_address_prefix="*", source_port_range="*", destination_address_prefix="*",
    destination_port_range="*",
)
tags = {"tier": pulumi.Config().get("tier")}
table = azure.network.RouteTable("table", route_table_name="shop-table", tags=tags, **here)
pulumi.export("rules_id", rules.id)
pulumi.export("rule_id", rule.id)
pulumi.export("table_id", table.id)
"""
)
MALLORY = ("--as", "mallory@example.com")


@pytest.fixture(scope="module")
def applied(
    tmp_path_factory: pytest.TempPathFactory, azkeep_in: Callable[[Path], Azkeep]
) -> tuple[Path, dict[str, str]]:
    """A project with an applied stack, and the ids in its outputs."""
    folder = tmp_path_factory.mktemp("applied")
    azkeep = azkeep_in(folder)
    sound_project(folder)
    lay(folder, {f"{STACK}/__main__.py": PROGRAM})
    azkeep("config", "set", "shop", "tier", "gold")
    azkeep("apply", "shop", "--yes")
    outputs = azkeep.json("outputs", "shop")["outputs"]
    return folder, {name: output["value"] for name, output in outputs.items()}


@pytest.fixture
def estate(azkeep: Azkeep, applied: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """The applied stack, in a copy of its own."""
    folder, ids = applied
    shutil.copytree(folder, azkeep.folder, dirs_exist_ok=True)
    return ids


def kinds(document: dict[str, Any]) -> dict[str, str]:
    """Last name and property of each finding → its kind."""
    return {f"{drift['id'].rsplit('/', 1)[-1]}{drift['path'] or ''}": drift["kind"] for drift in document["drifts"]}


def test_silence_after_an_apply(azkeep: Azkeep, estate: dict[str, str]) -> None:
    """Everything was looked at, twice, and nothing is said; the census counts all of it."""
    for is_applied_again in (False, True):
        if is_applied_again:
            azkeep("apply", "shop", "--yes")
        audit = azkeep.json("audit", "shop")
        assert audit["drifts"] == []
        assert audit["coverage"]["percent"] == 100.0
    assert {line["type"]: line["managed"] for line in audit["census"]}["Microsoft.Network/routeTables"] == 1
    assert audit["requests"]["total"] == sum(number for kind, number in audit["requests"].items() if kind != "total")


def test_all_kinds_at_once_with_the_hand_behind_each(azkeep: Azkeep, estate: dict[str, str]) -> None:
    """Declared, undeclared, missing and unmanaged are told apart, each with its hand; what was chosen is put right."""
    azkeep("local", "edit", estate["group_id"], "tags.zone=two", *MALLORY)
    azkeep("local", "edit", estate["rules_id"], "properties.flushConnection=true", *MALLORY)
    azkeep("local", "delete", estate["rule_id"], *MALLORY)
    body = azkeep.folder / "strange.json"
    body.write_text(json.dumps({"location": "westeurope", "properties": {}}))
    strange = estate["table_id"].replace("shop-table", "strange")
    azkeep("local", "create", strange, "--body", str(body), *MALLORY)

    audit = azkeep.json("audit", "shop", code=2)
    assert kinds(audit) == {
        "shop-rg/tags/zone": "declared_drift",
        "shop-nsg/properties/flushConnection": "undeclared_drift",
        "in": "missing",
        "strange": "unmanaged",
    }
    assert {who["by"] for drift in audit["drifts"] for who in drift["who"]} == {"mallory@example.com"}
    assert all(drift["who"] for drift in audit["drifts"])
    program = PROGRAM.splitlines()
    lines = {drift["id"]: drift["source"] for drift in audit["drifts"]}
    declared_at = {"group_id": '"group"', "rules_id": '"rules"', "rule_id": "SecurityRule("}
    assert {name: lines[estate[name]] for name in declared_at} == {
        name: {"file": f"{STACK}/__main__.py", "line": 1 + next(n for n, text in enumerate(program) if word in text)}
        for name, word in declared_at.items()
    }
    assert lines[strange] == lines[estate["group_id"]]

    azkeep("audit", "shop", "--fix", "--yes", "--only", estate["rule_id"])
    left = azkeep.json("audit", "shop", code=2)
    assert sorted(kinds(left)) == ["shop-nsg/properties/flushConnection", "shop-rg/tags/zone", "strange"]
    azkeep("audit", "shop", "--fix", "--yes", "--delete", strange)
    left = azkeep.json("audit", "shop", code=2)
    assert kinds(left) == {"shop-nsg/properties/flushConnection": "undeclared_drift"}
    assert [who["by"] for who in left["drifts"][0]["who"]] == ["mallory@example.com"]
    assert [run["command"] for run in azkeep.json("history", "shop")["runs"][:2]] == ["fix", "fix"]


def test_silence_after_an_import(azkeep: Azkeep, estate: dict[str, str]) -> None:
    """What somebody else made was unmanaged until the program took it over by Pulumi's import; then it is as declared,
    and what moves in it is drift."""
    body = azkeep.folder / "theirs.json"
    body.write_text(json.dumps({"location": "westeurope", "tags": {"by": "mallory"}, "properties": {}}))
    theirs = estate["table_id"].replace("shop-table", "theirs")
    azkeep("local", "create", theirs, "--body", str(body), *MALLORY)
    assert kinds(azkeep.json("audit", "shop", code=2)) == {"theirs": "unmanaged"}
    taken = (
        'azure.network.RouteTable("theirs", route_table_name="theirs", tags={"by": "mallory"}, location="westeurope",'
        f' resource_group_name="shop-rg", opts=pulumi.ResourceOptions(import_="{theirs}"))\n'
    )
    lay(azkeep.folder, {f"{STACK}/__main__.py": PROGRAM + taken})
    outcome = azkeep.json("apply", "shop", "--yes")
    assert [step["id"] for step in outcome["steps"] if step["name"] == "theirs"] == [theirs]
    assert azkeep.json("audit", "shop")["drifts"] == []
    azkeep("local", "edit", theirs, "tags.by=nobody", *MALLORY)
    assert kinds(azkeep.json("audit", "shop", code=2)) == {"theirs/tags/by": "declared_drift"}


def test_nothing_is_deleted_that_was_not_named(azkeep: Azkeep, estate: dict[str, str]) -> None:
    """--delete takes unmanaged resources alone, and a fix without it leaves them."""
    refused = azkeep("audit", "shop", "--fix", "--yes", "--delete", estate["rule_id"], code=1)
    assert "no unmanaged resource was found" in refused.err
    assert azkeep.json("audit", "shop")["drifts"] == []


def test_without_a_yes_nothing_changes(azkeep: Azkeep, estate: dict[str, str]) -> None:
    """No terminal and no --yes: refused before anything is opened; the drift is still there."""
    azkeep("local", "edit", estate["group_id"], "tags.zone=two", *MALLORY)
    for option in ("--fix", "--accept"):
        assert "needs a yes" in azkeep("audit", "shop", option, code=1).err
    assert kinds(azkeep.json("audit", "shop", code=2)) == {"shop-rg/tags/zone": "declared_drift"}


def test_a_live_value_is_taken_into_the_settings_that_it_came_from(azkeep: Azkeep, estate: dict[str, str]) -> None:
    """The tag from the settings is written there; the one from the program is named with its line. Both are at rest
    then, and the next plan says what the program still says otherwise."""
    azkeep("local", "edit", estate["table_id"], "tags.tier=lead", *MALLORY)
    azkeep("local", "edit", estate["group_id"], "tags.zone=two", *MALLORY)
    done = azkeep("audit", "shop", "--accept", "--yes")
    assert "tier: gold → 'lead'" in done.err.replace('"', "'")
    assert "__main__.py:" in done.err
    assert "lead" in (azkeep.folder / STACK / "Pulumi.dev.yaml").read_text()
    assert azkeep.json("audit", "shop")["drifts"] == []
    steps = azkeep.json("preview", "shop")["steps"]
    assert [step["name"] for step in steps if step["op"] == "update"] == ["group"]


def test_what_is_ignored_or_not_asked_for(azkeep: Azkeep, estate: dict[str, str]) -> None:
    """An ignore rule with its reason and end, --severity, --since and --only."""
    azkeep("local", "edit", estate["table_id"], "tags.tier=lead", *MALLORY)
    azkeep("local", "edit", estate["rule_id"], "properties.access=Allow", *MALLORY)
    severe = azkeep.json("audit", "shop", "--severity", "high", code=2)
    assert (list(kinds(severe)), severe["hidden"]) == (["in/properties/access"], 1)
    assert azkeep.json("audit", "shop", "--since", "1h", code=2)["hidden"] == 0
    assert list(kinds(azkeep.json("audit", "shop", "--only", estate["rule_id"], code=2))) == ["in/properties/access"]
    assert list(kinds(azkeep.json("audit", "shop", "--only", "rule", code=2))) == ["in/properties/access"]
    assert "Did you mean table?" in azkeep("audit", "shop", "--only", "tables", code=1).err
    assert azkeep.json("audit", "shop", "--fail-on", "critical", code=None)["exit"]["code"] in (2, 3)
    rule = "audit:\n  ignore:\n    - {resource: shop-table, path: tags.*, reason: ours, expires: 2099-01-01}\n"
    settings = azkeep.folder / "azkeep.yaml"
    settings.write_text((settings.read_text() if settings.exists() else "") + rule)
    ignored = azkeep.json("audit", "shop", "--only", estate["table_id"])
    assert ignored["summary"]["ignored"] == 1
    assert [drift["ignored"] for drift in ignored["drifts"]] == ["ours (until 2099-01-01)"]


def test_an_exported_state_is_enough(azkeep: Azkeep, estate: dict[str, str], tmp_path: Path) -> None:
    """An estate whose state alone is given: declared properties, missing and unmanaged, and who did it."""
    exported = tmp_path / "exported.json"
    azkeep("pulumi", "shop", "--", "stack", "export", "--file", str(exported))
    audit = azkeep.json("audit", "--state", str(exported), "--cloud", "local")
    assert (audit["drifts"], audit["recorded"], audit["coverage"]["percent"]) == ([], False, 100.0)
    azkeep("local", "edit", estate["rule_id"], "properties.access=Allow", *MALLORY)
    azkeep("local", "edit", estate["rules_id"], "properties.flushConnection=true", *MALLORY)
    audit = azkeep.json("audit", "--state", str(exported), "--cloud", "local", code=2)
    assert kinds(audit) == {"in/properties/access": "declared_drift"}
    assert audit["drifts"][0]["who"][-1]["by"] == "mallory@example.com"
    nothing = azkeep("audit", "--state", str(tmp_path / "none.json"), "--cloud", "local", code=1)
    assert "the state cannot be read" in nothing.err


def test_the_page_shows_the_estate_our_runs_and_what_is_new(azkeep: Azkeep, estate: dict[str, str]) -> None:
    """The picture, the timeline with the apply in it, and findings that the audit before did not have."""
    azkeep("audit", "shop")
    azkeep("local", "edit", estate["table_id"], "tags.tier=lead", *MALLORY)
    file = azkeep.folder / "page.html"
    azkeep("audit", "shop", "--format", f"html={file}", code=2)
    page = file.read_text()
    assert "<h2>Topology" in page
    assert "apply succeeded" in page
    assert "1 new and 0 resolved since" in page
    azkeep("audit", "shop", "--fix", "--yes")
    azkeep("audit", "shop", "--format", f"html={file}")
    assert "0 new and 1 resolved since" in file.read_text()


def test_an_apply_into_what_is_gone_names_what_brings_it_back(azkeep: Azkeep, estate: dict[str, str]) -> None:
    """The group went by another hand: the apply that adds to it fails, the fix that it names makes all of it again, and
    the same apply goes on."""
    azkeep("local", "delete", estate["group_id"], *MALLORY)
    said = azkeep("apply", "shop", "--yes")
    assert "4 resources are missing from the cloud" in said.out
    added = 'azure.network.RouteTable("more", route_table_name="more-table", **here)\n'
    lay(azkeep.folder, {f"{STACK}/__main__.py": PROGRAM + added})
    failed = azkeep("apply", "shop", "--yes", code=1)
    assert "`azkeep audit shop --fix` makes them again. Then azkeep apply shop." in failed.err
    azkeep("audit", "shop", "--fix", "--yes")
    azkeep("apply", "shop", "--yes")
    assert azkeep.json("audit", "shop")["drifts"] == []
