"""What a stack's endpoints serve, traced by command on the local cloud."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from azkeep.emulator.control import activity
from azkeep.render import json as json_format
from tests.engine.command import Azkeep, values
from tests.engine.test_wider_estate import GROUND

COMMIT = "4d2b93784676893f8e346d5f0b9fb894a9cf0742"
STORE = "shop/.azkeep/local/store"
DIGEST = f"sha256:{'ab' * 32}"
ENDPOINTS = """
from azkeep.components.traffic import traffic

cluster = aml.Compute(
    "cluster", compute_name="cpu-cluster", location="westeurope",
    properties=aml.AmlComputeArgs(
        compute_type="AmlCompute",
        properties={"vm_size": "STANDARD_DS3_V2", "scale_settings": {"max_node_count": 2}},
    ),
    **inside,
)
pinned = aml.EnvironmentVersion(
    "pinned", name="pinned", version="1", properties={"image": "mcr.microsoft.com/azureml/base@DIGEST"}, **inside
)
floating = aml.EnvironmentVersion(
    "floating", name="floating", version="1", properties={"image": "mcr.microsoft.com/azureml/base:1"}, **inside
)
store = "azureml://datastores/workspaceblobstore/paths"
trained = aml.ModelVersion(
    "trained", name="iris", version="1",
    properties={"model_uri": "azureml://jobs/sad_tree/outputs/artifacts/paths/model/", "job_name": "sad_tree"},
    **inside,
)
uploaded = aml.ModelVersion(
    "uploaded", name="iris-uploaded", version="1", properties={"model_uri": f"{store}/m"}, **inside
)
online = aml.OnlineEndpoint(
    "online", endpoint_name="wider-online", location="westeurope", identity={"type": "SystemAssigned"},
    properties={"auth_mode": "AADToken", "traffic": traffic("wider-online", {"blue": 90, "green": 10})}, **inside,
)
served = {"endpoint_name": online.name, "location": "westeurope", "sku": {"name": "Default", "capacity": 1}, **inside}
for name, model, environment in (("blue", trained, pinned), ("green", uploaded, floating)):
    aml.OnlineDeployment(
        name, deployment_name=name, **served,
        properties=aml.ManagedOnlineDeploymentArgs(
            endpoint_compute_type="Managed", instance_type="Standard_DS3_v2", model=model.id,
            environment_id=environment.id,
        ),
    )
batch = aml.BatchEndpoint(
    "batch", endpoint_name="wider-batch", location="westeurope", properties={"auth_mode": "AADToken"}, **inside
)
aml.BatchDeployment(
    "nightly", deployment_name="nightly", endpoint_name=batch.name, location="westeurope", **inside,
    properties={
        "compute": cluster.id,
        "environment_id": pinned.id,
        "model": aml.DataPathAssetReferenceArgs(reference_type="DataPath", path=f"{store}/loose"),
    },
)
pulumi.export("workspace_id", workspace.id)
""".replace("DIGEST", DIGEST)


def shares(document: Mapping[str, Any]) -> dict[str, Any]:
    """Name of each deployment → its share."""
    return {share["deployment"]["name"]: share for each in document["endpoints"] for share in each["shares"]}


def findings(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(finding["deployment"], finding["kind"]) for finding in document["findings"]}


def submit(azkeep: Azkeep, workspace: str) -> None:
    """A data scientist submits the job that the model names."""
    properties = {
        "jobType": "Command",
        "command": "python train.py",
        "environmentId": f"{workspace}/environments/pinned/versions/1",
        "computeId": f"{workspace}/computes/cpu-cluster",
        "inputs": {"flowers": {"jobInputType": "uri_folder", "uri": "azureml://datastores/training/paths/flowers/"}},
        "properties": {"azureml.git.commit": COMMIT, "azureml.git.dirty": "False"},
    }
    body = azkeep.folder / "job.json"
    body.write_text(json.dumps({"properties": properties}))
    hand = ("--as", "ada@example.com", "--store", str(azkeep.folder / STORE))
    azkeep("local", "create", f"{workspace}/jobs/sad_tree", "--body", str(body), *hand)


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory, azkeep_in: Callable[[Path], Azkeep]) -> Path:
    """A folder with the applied stack."""
    folder = tmp_path_factory.mktemp("lineage")
    stack = folder / "shop"
    stack.mkdir()
    (stack / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (stack / "Pulumi.dev.yaml").write_text("config:\n  azkeep:cloud: local\n")
    (stack / "__main__.py").write_text(GROUND + ENDPOINTS)
    outcome = azkeep_in(folder).json("apply", "shop", "--yes")
    (folder / "workspace").write_text(values(outcome)["workspace_id"])
    return folder


@pytest.fixture
def workspace(azkeep: Azkeep, applied: Path) -> str:
    """The workspace's id; the applied stack is in a copy of its own."""
    shutil.copytree(applied, azkeep.folder, dirs_exist_ok=True)
    return (azkeep.folder / "workspace").read_text()


def test_endpoints_are_traced_as_far_as_the_cloud_holds_their_sources(azkeep: Azkeep, workspace: str) -> None:
    """Each share leads to model, image and compute; an upload, a path, a floating tag and a job that the cloud does not
    hold are found, each at its deployment; the document keeps its schema. Nothing is written: the cloud's log has no
    more after it than before."""
    before = activity(azkeep.folder / STORE, limit=1000)
    found = azkeep.json("audit", "shop", "--lineage", code=2)
    assert activity(azkeep.folder / STORE, limit=1000) == before
    jsonschema.validate(found, json_format.schema("lineage"))
    assert {each["name"]: (each["kind"], each["managed"]) for each in found["endpoints"]} == {
        "wider-batch": ("batch", True),
        "wider-online": ("online", True),
    }
    by_name = shares(found)
    assert {name: share["percent"] for name, share in by_name.items()} == {"blue": 90, "green": 10, "nightly": 0}
    assert by_name["blue"]["model"]["link"]["id"].lower() == f"{workspace}/models/iris/versions/1".lower()
    assert by_name["blue"]["environment"]["digest"] == DIGEST
    assert by_name["blue"]["compute"]["size"] == "Standard_DS3_v2"
    assert by_name["nightly"]["compute"]["size"] == "STANDARD_DS3_V2"
    assert found["unread"] == []
    assert findings(found) == {
        ("blue", "job_not_readable"),
        ("blue", "commit_unknown"),
        ("green", "job_unknown"),
        ("green", "commit_unknown"),
        ("green", "image_floating"),
        ("nightly", "model_unregistered"),
    }


def test_a_job_by_a_foreign_hand_is_read(azkeep: Azkeep, workspace: str) -> None:
    """What the job holds is shown, what it lacks is found, and to the audit it is no drift."""
    submit(azkeep, workspace)
    blue = f"{workspace}/onlineEndpoints/wider-online/deployments/blue"
    found = azkeep.json("audit", "shop", "--lineage", "--only", blue, code=2)
    job = shares(found)["blue"]["model"]["job"]
    assert (job["commit"]["hash"], job["commit"]["dirty"], job["environments"][0]["digest"]) == (COMMIT, False, DIGEST)
    assert [each["name"] for each in found["endpoints"]] == ["wider-online"]
    assert {kind for name, kind in findings(found) if name == "blue"} == {"code_unknown", "data_unversioned"}
    assert azkeep.json("audit", "shop")["drifts"] == []


def test_for_people_and_for_a_pull_request(azkeep: Azkeep, workspace: str) -> None:
    """Text and Markdown name the missing links; --severity leaves out the lesser ones, and says so."""
    text = azkeep("audit", "shop", "--lineage", "--severity", "high", code=2).out
    assert "azureml://datastores/workspaceblobstore/paths/loose  not registered" in text
    assert "1 missing link (1 high); 5 findings left out by --severity" in text
    markdown = azkeep("audit", "shop", "--lineage", "--format", "markdown", code=2).out
    assert "2 endpoints, 3 deployments: 6 missing links" in markdown


def test_options_of_another_audit(azkeep: Azkeep, write_stack: Callable[..., Path]) -> None:
    """What would change something, or judge drift, is refused before anything is opened."""
    write_stack("shop", GROUND)
    refused = azkeep("audit", "shop", "--lineage", "--fix", "--since", "1d", "--yes", code=1)
    assert "--lineage and --fix, --since cannot be given together" in refused.err
