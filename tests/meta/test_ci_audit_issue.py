"""The nightly audit's script for GitHub, run by bash against a stand-in for `gh` that keeps issues in a file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / "examples" / "ci" / "github-audit.yml").read_text())
SCRIPT = next(step["run"] for step in WORKFLOW["jobs"]["audit"]["steps"] if str(step.get("name")).startswith("Open"))
TITLE = WORKFLOW["env"]["TITLE"]
GH = """#!{python}
import json, pathlib, sys
file = pathlib.Path("issues.json")
issues = json.loads(file.read_text()) if file.exists() else []
group, action, *rest = sys.argv[1:]
options = dict(zip(rest, rest[1:], strict=False))
body = pathlib.Path(options["--body-file"]).read_text() if "--body-file" in options else None
if (group, action) == ("issue", "list"):
    print(json.dumps([each for each in issues if each["state"] == "open"]))
elif (group, action) == ("issue", "create"):
    issues.append({{"number": len(issues) + 1, "title": options["--title"], "body": body, "state": "open", "said": []}})
elif (group, action) == ("issue", "view"):
    print(issues[int(rest[0]) - 1]["body"])
elif (group, action) == ("issue", "edit"):
    issues[int(rest[0]) - 1]["body"] = body
elif (group, action) == ("issue", "comment"):
    issues[int(rest[0]) - 1]["said"].append(options["--body"])
elif (group, action) == ("issue", "close"):
    issues[int(rest[0]) - 1].update(state="closed")
    issues[int(rest[0]) - 1]["said"].append(options["--comment"])
elif group != "label":
    sys.exit(2)
file.write_text(json.dumps(issues))
"""
needs_tools = pytest.mark.skipif(not (shutil.which("bash") and shutil.which("jq")), reason="bash and jq are not here")


@pytest.fixture
def night(tmp_path: Path) -> Any:
    """`night(code, fingerprints)` runs the script after an audit of that exit code, and gives all issues."""
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(GH.format(python=sys.executable))
    gh.chmod(0o755)

    def run(code: int, *fingerprints: str) -> list[dict[str, Any]]:
        drifts = [{"fingerprint": each} for each in fingerprints]
        (tmp_path / "audit.json").write_text(json.dumps({"drifts": drifts}))
        (tmp_path / "audit.md").write_text("### azkeep: drift\n")
        settings = {"CODE": str(code), "RUN": "https://example.com/run/1", "TITLE": TITLE, "GH_TOKEN": "none"}
        path = f"{gh.parent}:{os.environ['PATH']}"
        subprocess.run(
            ["bash", "-eo", "pipefail", "-c", SCRIPT],
            cwd=tmp_path,
            env={**os.environ, **settings, "PATH": path},
            check=True,
        )
        file = tmp_path / "issues.json"
        return list(json.loads(file.read_text())) if file.exists() else []

    return run


@needs_tools
def test_drift_opens_one_issue(night: Any) -> None:
    """The first night opens it; a night with the same findings says nothing more."""
    (first,) = night(2, "a", "b")
    assert (first["title"], first["state"], first["said"]) == (TITLE, "open", [])
    assert first["body"].startswith("### azkeep: drift\n")
    assert night(3, "b", "a") == [first]


@needs_tools
def test_other_drift_updates_the_issue(night: Any) -> None:
    """Other findings change its text and say so once."""
    (first,) = night(2, "a")
    (second,) = night(2, "a", "c")
    assert second["body"] != first["body"]
    assert second["said"] == ["The findings have changed: https://example.com/run/1"]


@needs_tools
def test_an_estate_in_order_closes_the_issue(night: Any) -> None:
    """It is closed with a word; new drift later opens another one."""
    night(2, "a")
    (closed,) = night(0)
    assert (closed["state"], closed["said"]) == ("closed", ["As it was applied: https://example.com/run/1"])
    assert night(0) == [closed]
    assert [each["state"] for each in night(2, "a")] == ["closed", "open"]


@needs_tools
def test_what_could_not_be_read_keeps_the_issue_open(night: Any) -> None:
    """An incomplete audit closes nothing."""
    night(2, "a")
    (kept,) = night(5, "u")
    assert kept["state"] == "open"
