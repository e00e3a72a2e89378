"""Saved plans."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
import zlib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from azkeep.engine import plan_envelope
from azkeep.engine.plan_envelope import approved_digest
from azkeep.engine.planfile import (
    Basis,
    PlanFile,
    continued,
    digest_program,
    digest_values,
    ids_to_watch,
    load,
    refuse_nowhere,
    rest_of,
    save,
    verify,
)
from azkeep.engine.sealing import Sealed
from azkeep.engine.session import Selection
from azkeep.errors import PlanStale, Source, UsageError
from azkeep.model.finding import Finding, Place, Verdict, Waiver
from azkeep.model.plan import Change, Diagnostic, Operation, OutsideChange, Plan, Step
from azkeep.model.severity import Severity
from azkeep.model.value import Reference, Secret, Unknown

from .checkpoints import GROUP_ID, GROUP_URN, NETWORK_ID, NETWORK_URN

BASIS = Basis(
    stack="shop",
    env="dev",
    cloud="azure",
    tenant="t",
    subscription="s",
    caller="ada",
    program={"__main__.py": "1"},
    config={"shop:region": "1"},
    state={GROUP_URN: "1"},
    live={GROUP_ID: "1"},
    versions={"engine": "3.220.0"},
    alias_types=("a", "b"),
)
PLAN = Plan(
    steps=(
        Step(
            Operation.UPDATE,
            GROUP_ID,
            "Microsoft.Resources/resourceGroups",
            "group",
            GROUP_URN,
            "azure-native:resources:ResourceGroup",
            (
                Change("/tags/a", "1", Unknown(), unknown=True),
                Change("/tags/key", Secret("canary"), Secret("canary"), secret=True),
                Change("/managedBy", None, Reference(NETWORK_URN, "id")),
            ),
            "because",
        ),
        Step(Operation.SAME, NETWORK_ID, "Microsoft.Network/virtualNetworks", "outer", NETWORK_URN),
    ),
    outside=(OutsideChange("declared_drift", GROUP_ID, "t", (Change("/tags/x", {"a": [1]}, None),)),),
    diagnostics=(Diagnostic("warning", "careful", GROUP_URN),),
)
WAIVER = Waiver("AML-NET-001", "*", "a reason", "ada", date(2027, 1, 2), source=Source("azkeep.waivers.yaml", 3))
FINDINGS = (
    Finding(
        *("AML-NET-001", "Closed", Severity.HIGH, Verdict.WAIVED, GROUP_ID, "Microsoft.Resources/resourceGroups"),
        name="group",
        urn=GROUP_URN,
        path="/tags/a",
        found=Unknown(),
        places=(Place(GROUP_ID, "/tags/a", Unknown()), Place(None, "/tags/key", Secret("canary"))),
        fingerprint="f",
        source=Source("__main__.py", 7),
        waiver=WAIVER,
    ),
    Finding("GOV-TAG-001", "Tagged", Severity.LOW, Verdict.PASS, GROUP_ID, "t", "group"),
)
SAVED = PlanFile(
    PLAN,
    BASIS,
    '{"resourcePlans": {}}',
    "2026-01-01T00:00:00+00:00",
    selection=Selection(targets=(GROUP_URN,)),
    findings=FINDINGS,
    fail_on=Severity.HIGH,
)


@dataclass(frozen=True)
class Reversing:
    """Seals by writing backwards: what is read through it went through it."""

    key: str = "v1:salt"

    def seal(self, text: str) -> Sealed:
        return Sealed(text[::-1], {"encryptionsalt": self.key})

    def unseal(self, sealed: Sealed) -> str:
        assert sealed.encryption == {"encryptionsalt": self.key}
        return sealed.ciphertext[::-1]


SEALER = Reversing()


def load_from(path: Path, approved: str | None = None) -> PlanFile:
    return load(plan_envelope.read(path, approved), SEALER)


def test_a_plan_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """All of it, with empty secrets; the file is its owner's alone."""
    path = tmp_path / "plan"
    digest = save(path, SAVED, SEALER)
    found = load_from(path)
    assert found.basis == BASIS
    assert found.selection == SAVED.selection
    assert found.digest == digest
    assert found.fail_on is Severity.HIGH
    assert found.plan.steps[1] == PLAN.steps[1]
    assert found.plan.outside == PLAN.outside
    assert found.plan.diagnostics == PLAN.diagnostics
    assert [change.after for change in found.plan.steps[0].changes] == [
        Unknown(),
        Secret(None),
        Reference(NETWORK_URN, "id"),
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_findings_come_back_as_they_were_made(tmp_path: Path) -> None:
    """What was broken, waived or open, with its places and its waiver; what passed is left out, secrets are empty."""
    save(tmp_path / "plan", SAVED, SEALER)
    (found,) = load_from(tmp_path / "plan").findings
    places = (FINDINGS[0].places[0], replace(FINDINGS[0].places[1], found=Secret(None)))
    assert found == replace(FINDINGS[0], places=places)
    reviewed = replace(SAVED, digest="d").reviewed(approved=True)
    assert (reviewed.digest, reviewed.approved, reviewed.made_at.year) == ("d", True, 2026)


def test_only_the_seal_stands_in_a_plan_file(tmp_path: Path) -> None:
    """In clear are whose plan it is, when it was made and what encrypted it; what is sealed holds no secret either."""

    @dataclass(frozen=True)
    class Keeping(Reversing):
        def seal(self, text: str) -> Sealed:
            (tmp_path / "sealed").write_text(zlib.decompress(base64.b64decode(text)).decode())
            return super().seal(text)

    save(tmp_path / "plan", SAVED, Keeping())
    first, second = (tmp_path / "plan").read_text().splitlines()
    assert json.loads(first).keys() == {"kind", "format", "seal"}
    body = json.loads(second)
    del body["sealed"]
    assert body == {
        "stack": "shop",
        "env": "dev",
        "cloud": "azure",
        "made_at": "2026-01-01T00:00:00+00:00",
        "encryption": {"encryptionsalt": "v1:salt"},
    }
    sealed = (tmp_path / "sealed").read_text()
    assert GROUP_URN in sealed
    assert "canary" not in sealed


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    """What `sha256sum` says of the file is what an approval is held to; in any case, with or without its prefix."""
    digest = save(tmp_path / "plan", SAVED, SEALER)
    assert digest == hashlib.sha256((tmp_path / "plan").read_bytes()).hexdigest()
    assert load_from(tmp_path / "plan", digest).digest == digest
    assert approved_digest(f"sha256:{digest.upper()}") == digest
    with pytest.raises(UsageError, match="is not the digest of a plan"):
        approved_digest(digest[:-1])


def test_another_plan_than_the_approved_one_is_refused(tmp_path: Path) -> None:
    """A sound plan with another digest is stale, and both digests are named; so is any other file."""
    approved = save(tmp_path / "plan", SAVED, SEALER)
    other = save(tmp_path / "other", replace(SAVED, made_at="2026-01-02T00:00:00+00:00"), SEALER)
    with pytest.raises(PlanStale, match="not the plan that was approved") as caught:
        plan_envelope.read(tmp_path / "other", approved)
    assert approved in caught.value.detail
    assert other in caught.value.detail
    (tmp_path / "none").write_text("")
    with pytest.raises(PlanStale):
        plan_envelope.read(tmp_path / "none", approved)


def test_a_change_of_any_byte_is_refused(tmp_path: Path) -> None:
    """Each byte of the file, changed, taken away or doubled, makes the plan stale."""
    path = tmp_path / "plan"
    save(path, replace(SAVED, plan=Plan(()), findings=()), SEALER)
    raw = path.read_bytes()
    for position in range(len(raw)):
        for piece in (bytes([raw[position] ^ 1]), b"", raw[position : position + 1] * 2):
            path.write_bytes(raw[:position] + piece + raw[position + 1 :])
            with pytest.raises(PlanStale):
                load_from(path)


def test_a_forged_file_is_refused(tmp_path: Path) -> None:
    """Sound to the eye, but sealed by no provider of the stack's, or holding no plan."""
    path = tmp_path / "plan"
    for content in ("", "no base64", base64.b64encode(b"no zlib").decode()):
        body = (
            json.dumps({"stack": "shop", "encryption": {"encryptionsalt": "v1:salt"}, "sealed": content[::-1]}) + "\n"
        )
        seal = hashlib.sha256(body.encode()).hexdigest()
        path.write_text(json.dumps({"kind": "azkeep-plan", "format": 2, "seal": seal}) + "\n" + body)
        with pytest.raises(PlanStale, match="changed after it was saved"):
            load_from(path)
    plan_envelope.write(path, {"plan": {}}, {}, SEALER)
    with pytest.raises(PlanStale, match="changed after it was saved"):
        load_from(path)


@pytest.mark.parametrize("text", ["", "[]", '{"kind": "other"}'])
def test_another_file_is_no_plan(tmp_path: Path, text: str) -> None:
    """What azkeep did not write as a plan is a usage error, and so is a missing file."""
    path = tmp_path / "plan"
    path.write_text(text)
    with pytest.raises(UsageError, match="not a plan file"):
        plan_envelope.read(path)
    with pytest.raises(UsageError, match="no plan file"):
        plan_envelope.read(tmp_path / "none")


def test_another_format_is_stale(tmp_path: Path) -> None:
    """A plan of another azkeep's format is told as that."""
    path = tmp_path / "plan"
    path.write_text(json.dumps({"kind": "azkeep-plan", "format": 1, "seal": "", "content": {}}))
    with pytest.raises(PlanStale, match="format is 1, this azkeep reads 2"):
        plan_envelope.read(path)


def test_nothing_moved() -> None:
    """An equal basis holds; ids are compared without case, alias types without order."""
    verify(BASIS, replace(BASIS, subscription="S", alias_types=("b", "a")))


MOVES: dict[str, Any] = {
    "the plan is for cloud azure, this is local": {"cloud": "local"},
    "the plan is for tenant t, this is other": {"tenant": "other"},
    "the plan is for subscription s, this is other": {"subscription": "other"},
    "the plan is for caller ada, this is grace": {"caller": "grace"},
    "the plan is for env dev, this is prod": {"env": "prod"},
    "file helpers.py is not as it was": {"program": {"__main__.py": "1", "helpers.py": "2"}},
    "setting shop:region is not as it was": {"config": {}},
    "recorded resource azure-native:resources:ResourceGroup::group is not as it was": {"state": {GROUP_URN: "2"}},
    f"resource in the cloud {GROUP_ID} is not as it was": {"live": {GROUP_ID: "absent"}},
    "engine is 3.221.0, the plan was made with 3.220.0": {"versions": {"engine": "3.221.0"}},
    "the state holds resources of other types than it did": {"alias_types": ("a",)},
}


@pytest.mark.parametrize("message", MOVES)
def test_what_moved_is_named(message: str) -> None:
    """Each part of the basis makes the plan stale when it moves, and is named."""
    with pytest.raises(PlanStale) as caught:
        verify(BASIS, replace(BASIS, **MOVES[message]))
    assert message in caught.value.summary


def test_everything_that_moved_is_named_at_once() -> None:
    """The first is in the summary, the rest in the detail."""
    with pytest.raises(PlanStale) as caught:
        verify(BASIS, replace(BASIS, cloud="local", config={"shop:region": "2"}))
    assert "cloud azure" in caught.value.summary
    assert "setting shop:region" in caught.value.detail


def test_an_interrupted_apply_may_be_continued() -> None:
    """State and documents that moved by the plan's own begun steps are not stale; those of another resource are."""
    moved = replace(
        BASIS, state={GROUP_URN: "2", f"{GROUP_URN}#creating": "1"}, live={GROUP_ID: "2"}, alias_types=("a", "b", "c")
    )
    begun = continued(SAVED, frozenset({GROUP_URN}))
    verify(BASIS, moved, continued=begun)
    with pytest.raises(PlanStale, match="outer"):
        verify(BASIS, replace(moved, state={**moved.state, NETWORK_URN: "1"}), continued=begun)
    with pytest.raises(PlanStale, match="virtualNetworks"):
        verify(BASIS, replace(moved, live={**moved.live, NETWORK_ID: "1"}), continued=begun)


def test_what_a_plan_watches() -> None:
    """The live documents of what changes, not of what stays."""
    assert ids_to_watch(PLAN) == (GROUP_ID,)


def test_the_program_is_its_files(tmp_path: Path) -> None:
    """Helper modules count wherever they stand in the folder; caches, environments' settings and state do not."""
    for name in (
        "__main__.py",
        "parts/net.py",
        "Pulumi.yaml",
        "Pulumi.dev.yaml",
        "__pycache__/net.py",
        ".azkeep/x.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert sorted(digest_program(tmp_path)) == ["Pulumi.yaml", "__main__.py", "parts/net.py"]
    assert digest_values({"b": 1, "a": [1]}).keys() == {"a", "b"}


def test_a_plan_that_lies_among_the_program_is_no_part_of_it(tmp_path: Path) -> None:
    """`--out` may name a file in the stack's folder: the plan that is saved there does not make itself stale."""
    (tmp_path / "__main__.py").write_text("x")
    before = digest_program(tmp_path)
    save(tmp_path / "reviewed.json", SAVED, SEALER)
    (tmp_path / "zones.json").write_text('{"kind": "zones"}')
    assert digest_program(tmp_path).keys() - before.keys() == {"zones.json"}


def test_a_plan_that_cannot_be_saved_is_refused_before_it_is_made(tmp_path: Path) -> None:
    """A missing folder and a folder in the file's place are named; where a file can be, nothing is said."""
    with pytest.raises(UsageError, match="there is no folder"):
        refuse_nowhere(tmp_path / "reviews" / "plan")
    with pytest.raises(UsageError, match="that is a folder"):
        refuse_nowhere(tmp_path)
    refuse_nowhere(tmp_path / "plan")


def test_the_rest_of_an_interrupted_plan() -> None:
    """What was begun is done as the engine plans it now, or not at all; all else as it was reviewed."""
    reviewed = {"manifest": 1, "resourcePlans": {"begun": "create", "gone": "delete", "waiting": "create name-1"}}
    now = {"manifest": 2, "resourcePlans": {"begun": "update", "waiting": "create name-2", "other": "create"}}
    rest = rest_of(json.dumps(reviewed), json.dumps(now), frozenset({"begun", "gone"}))
    assert json.loads(rest) == {"manifest": 1, "resourcePlans": {"begun": "update", "waiting": "create name-1"}}
