"""An approval ties to what was approved: a plan file is sealed, has a digest, and holds in another checkout."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from azkeep.engine import plan_envelope
from azkeep.engine.config import encryption_of
from azkeep.engine.sealing import StackSealer
from azkeep.jobs.options import StackOptions
from azkeep.jobs.stack import closed_session, find_stack
from azkeep.model.report import Report
from tests.engine.command import Azkeep, operations, values

PASSWORD = "canary-password-71ce"
WORD = "canary-word-20ab"
PROGRAM = f"""
import pulumi
import pulumi_azure_native as azure

group = azure.resources.ResourceGroup(
    "group", resource_group_name="sealed-rg", location="westeurope", tags={{"word": pulumi.Output.secret("{WORD}")}}
)
azure.network.VirtualNetwork(
    "vnet",
    resource_group_name=group.name,
    virtual_network_name="sealed-vnet",
    location="westeurope",
    address_space={{"address_prefixes": ["10.0.0.0/16"]}},
)
pulumi.export("word", pulumi.Output.secret("{WORD}"))
"""
WITH_PASSWORD = (
    PROGRAM
    + """
azure.storage.StorageAccount(
    "store",
    account_name="sealedstore",
    resource_group_name=group.name,
    location="westeurope",
    kind="StorageV2",
    sku={"name": "Standard_LRS"},
    tags={"password": pulumi.Config().require_secret("password")},
)
"""
)
NOT_YET = {"group": "create", "vnet": "create"}
SHARED = ("state", "store", "passphrase", "recorded", "history")
"""What two checkouts of one stack have in common; settings and runs are each one's own."""


@pytest.fixture
def stack(write_stack: Callable[..., Path]) -> Path:
    return write_stack("sealed", PROGRAM)


@pytest.fixture
def planned(azkeep: Azkeep, write_stack: Callable[..., Path], once: Callable[[Callable[[], None]], None]) -> Path:
    """The folder of a stack that is committed to git and that nobody has applied, and beside it reviewed.plan."""

    def plan() -> None:
        commit(write_stack("sealed", PROGRAM))
        azkeep("preview", "sealed", "--out", "reviewed.plan")

    once(plan)
    return azkeep.folder / "sealed"


class Quiet:
    """A Progress that says nothing."""

    def phase(self, text: str) -> None: ...

    def step(self, urn: str, operation: str, status: str) -> None: ...

    def line(self, text: str) -> None: ...

    def show(self, report: Report) -> None: ...

    def ask(self, question: str) -> bool:
        return False


def unsealed(stack: Path, file: Path) -> str:
    """What a plan file holds, opened with the stack's own provider."""
    session = closed_session(find_stack(StackOptions(str(stack))), Quiet())
    return json.dumps(plan_envelope.unpack(plan_envelope.read(file), StackSealer(session)))


def hidden(text: str, *canaries: str) -> bool:
    """True if `text` holds no canary, neither as it is nor in base64."""
    forms = [form for canary in canaries for form in (canary, base64.b64encode(canary.encode()).decode().rstrip("="))]
    return not any(form in text for form in forms)


def test_the_approved_plan_is_applied(azkeep: Azkeep, stack: Path) -> None:
    """preview tells the digest, in text and JSON the SHA-256 of the file; apply is held to it, tells again what
    policies found, and the history keeps both."""
    document = azkeep.folder / "plan.json"
    said = azkeep("preview", "sealed", "--out", "reviewed.plan", "--format", f"json={document}")
    file = azkeep.folder / "reviewed.plan"
    assert f"Plan digest: {hashlib.sha256(file.read_bytes()).hexdigest()}" in said.out
    plan = json.loads(document.read_text())
    assert plan["digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert azkeep.json("preview", "sealed")["digest"] is None
    outcome = azkeep.json("apply", "sealed", "reviewed.plan", "--digest", plan["digest"])
    assert operations(outcome) == NOT_YET
    reviewed = outcome["reviewed"]
    assert (reviewed["digest"], reviewed["approved"], reviewed["fail_on"]) == (plan["digest"], True, "high")
    assert [found["fingerprint"] for found in reviewed["findings"]] == [
        found["fingerprint"] for found in plan["findings"]
    ]
    assert "GOV-TAG-002" in [found["rule"] for found in reviewed["findings"]]
    (run,) = azkeep.json("history", "sealed")["runs"]
    assert (run["plan_digest"], run["approved"]) == (plan["digest"], True)


def test_findings_of_the_plan_are_told_again(azkeep: Azkeep, planned: Path) -> None:
    """The text of an apply names digest and time of its plan, and what was found in it; without --digest nobody says
    that it was approved."""
    said = azkeep("apply", "sealed", "reviewed.plan").out
    digest = hashlib.sha256((azkeep.folder / "reviewed.plan").read_bytes()).hexdigest()
    part = said[said.index("Saved plan of") :]
    assert digest in part
    assert "GOV-TAG-002   sealed-rg" in part
    assert "approved" not in part
    (run,) = azkeep.json("history", "sealed")["runs"]
    assert (run["plan_digest"], run["approved"]) == (digest, False)


def test_another_plan_than_the_approved_one_is_refused(azkeep: Azkeep, stack: Path) -> None:
    """A sound plan of the same stack, but not the approved one: exit 4, both digests named, nothing done. A digest that
    is none, or that has no plan file, is a wrong command line."""
    approved = azkeep.json("preview", "sealed", "--out", "approved.plan")["digest"]
    other = azkeep.json("preview", "sealed", "--out", "other.plan")["digest"]
    assert other != approved
    done = azkeep("apply", "sealed", "other.plan", "--digest", approved, code=4)
    assert approved in done.err
    assert other in done.err
    azkeep("apply", "sealed", "approved.plan", "--digest", approved[:12], code=1)
    assert "saved plan" in azkeep("apply", "sealed", "--yes", "--digest", approved, code=1).err
    assert operations(azkeep.json("preview", "sealed")) == NOT_YET
    assert azkeep.json("history", "sealed")["runs"] == []


@pytest.mark.parametrize("place", [0, 20, 60, 110, -600, -2, -1])
def test_a_changed_byte_is_refused(azkeep: Azkeep, stack: Path, place: int) -> None:
    """Wherever a byte is changed, in the first line, the labels, the sealed part or the line ends: exit 4."""
    file = planned_once(azkeep)
    raw = bytearray(file.read_bytes())
    raw[place] ^= 1
    file.write_bytes(bytes(raw))
    assert "the plan no longer holds" in azkeep("apply", "sealed", file.name, code=4).err


def test_a_seal_made_anew_does_not_help(azkeep: Azkeep, planned: Path) -> None:
    """Who changes the sealed part and the checksum with it cannot make the stack's provider open it."""
    file = azkeep.folder / "reviewed.plan"
    body = json.loads(file.read_text().splitlines()[1])
    head, tail = body["sealed"][:-40], body["sealed"][-40:]
    text = json.dumps({**body, "sealed": head + tail.swapcase()}) + "\n"
    seal = hashlib.sha256(text.encode()).hexdigest()
    file.write_text(json.dumps({"kind": "azkeep-plan", "format": 2, "seal": seal}) + "\n" + text)
    assert "cannot be opened" in azkeep("apply", "sealed", "reviewed.plan", code=4).err
    assert operations(azkeep.json("preview", "sealed")) == NOT_YET


def test_no_secret_is_in_a_plan_file(
    azkeep: Azkeep, write_stack: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret setting, one given on the command line in its place, and secrets of the program: none stands in the
    file, and none in clear within the seal either, but for what the command line itself gave in clear."""
    stack = write_stack("sealed", WITH_PASSWORD)
    azkeep("config", "set", "sealed", "password", "--secret", given=PASSWORD + "\n")
    azkeep("preview", "sealed", "--out", "reviewed.plan")
    given = "canary-given-93fe"
    azkeep("preview", "sealed", "--config", f"password={given}", "--out", "given.plan")
    for name in ("reviewed.plan", "given.plan"):
        assert hidden((azkeep.folder / name).read_text(), PASSWORD, WORD, given, "sealedstore", "10.0.0.0/16")
    monkeypatch.setenv("AZKEEP_PULUMI", azkeep.environment["AZKEEP_PULUMI"])
    inner = unsealed(stack, azkeep.folder / "reviewed.plan")
    assert "sealedstore" in inner
    assert str(azkeep.folder) not in inner
    assert hidden(inner, PASSWORD, WORD)
    azkeep("apply", "sealed", "reviewed.plan")
    assert operations(azkeep.json("preview", "sealed")) == {"group": "same", "vnet": "same", "store": "same"}


def test_a_plan_of_one_checkout_is_applied_in_another(azkeep: Azkeep, planned: Path) -> None:
    """A clone in another folder, with the same state and cloud but settings of its own, applies what was planned and
    approved here, secrets included; and goes on from there."""
    there = clone(azkeep, planned, azkeep.folder / "elsewhere" / "deeper" / "sealed")
    digest = hashlib.sha256((azkeep.folder / "reviewed.plan").read_bytes()).hexdigest()
    share(planned, there.folder / "sealed")
    shutil.move(azkeep.folder / "reviewed.plan", there.folder)
    outcome = there.json("apply", "sealed", "reviewed.plan", "--digest", digest)
    assert operations(outcome) == NOT_YET
    assert outcome["commit"] is not None
    assert there("outputs", "sealed", "word", "--raw", "--show-secrets").out.strip() == WORD
    assert values(azkeep.json("outputs", "sealed"))["word"] == "[secret]"
    for checkout in (azkeep, there):
        assert operations(checkout.json("preview", "sealed")) == {"group": "same", "vnet": "same"}
    keys = [
        encryption_of(folder / ".azkeep/local/config/sealed/Pulumi.dev.yaml")
        for folder in (planned, there.folder / "sealed")
    ]
    assert keys[0] == keys[1] != {}


def test_a_plan_of_another_commit_is_stale_in_another_checkout(azkeep: Azkeep, planned: Path) -> None:
    """A clone whose program is not the one that was planned refuses, and names the file."""
    there = clone(azkeep, planned, azkeep.folder / "elsewhere" / "sealed")
    share(planned, there.folder / "sealed")
    shutil.move(azkeep.folder / "reviewed.plan", there.folder)
    program = there.folder / "sealed" / "__main__.py"
    program.write_text(program.read_text().replace("10.0.0.0/16", "10.1.0.0/16"))
    assert "__main__.py" in there("apply", "sealed", "reviewed.plan", code=4).err


def test_a_plan_of_another_cloud_is_foreign(azkeep: Azkeep, planned: Path) -> None:
    """A clone with a local cloud of its own, and so another passphrase, cannot open the plan: exit 4. So it is in
    another environment of the same stack."""
    there = clone(azkeep, planned, azkeep.folder / "elsewhere" / "sealed")
    shutil.copy(azkeep.folder / "reviewed.plan", there.folder)
    assert "cannot be opened" in there("apply", "sealed", "reviewed.plan", code=4).err
    (planned / "Pulumi.test.yaml").write_text("config:\n  azkeep:cloud: local\n")
    assert "for env dev" in azkeep("apply", "sealed", "reviewed.plan", "--env", "test", code=4).err


def planned_once(azkeep: Azkeep) -> Path:
    """A plan file as azkeep writes one, of no plan: what is looked at first must be refused before it is opened."""
    file = azkeep.folder / "reviewed.plan"
    body = json.dumps(
        {"stack": "sealed", "env": "dev", "cloud": "local", "encryption": {}, "sealed": "v1:" + "a" * 900}
    )
    seal = hashlib.sha256((body + "\n").encode()).hexdigest()
    file.write_text(json.dumps({"kind": "azkeep-plan", "format": 2, "seal": seal}) + "\n" + body + "\n")
    return file


def commit(stack: Path) -> None:
    git(stack, "init", "--quiet")
    (stack / ".gitignore").write_text(".azkeep/\n")
    git(stack, "add", ".")
    git(stack, "-c", "user.name=ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "-m", "one stack")


def clone(azkeep: Azkeep, stack: Path, folder: Path) -> Azkeep:
    """The same azkeep beside the committed stack, cloned to `folder`."""
    git(stack, "clone", "--quiet", str(stack), str(folder))
    return replace(azkeep, folder=folder.parent)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def share(stack: Path, other: Path) -> None:
    """Gives the clone the state and the cloud of the first."""
    (other / ".azkeep" / "local").mkdir(parents=True)
    for name in SHARED:
        (other / ".azkeep" / "local" / name).symlink_to(stack / ".azkeep" / "local" / name)
