"""MLClient (azure-ai-ml) against the local cloud, with nothing but what `azkeep local env --client mlclient` prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.emulator.arm import Arm, version_of
from tests.contract.mlclient import client_side
from tests.contract.mlclient.conftest import Program

ASSETS = "2024-04-01"
CODE = "0f0f0f0f-0000-4000-8000-0000000000c0"


def test_workspace_is_read_and_changed(program: Program, workspace: str, arm: Arm) -> None:
    """Get, list, keys and update; the id and the tracking address are as the clients of Azure's own cloud see them."""
    found = program(client_side.workspace)
    assert found["id"] == workspace
    assert found["tracking"].endswith(workspace)
    assert (found["listed"], found["notebook"], found["description"]) == (["learning"], True, "changed")
    assert found["storage"].endswith("/storageAccounts/azkeeplearning")
    assert arm.send("GET", workspace, version=ASSETS).json()["properties"]["description"] == "changed"


def test_cluster_is_made_listed_and_deleted(program: Program) -> None:
    """A cluster goes through its life."""
    found = program(client_side.compute)
    assert found["made"] == ["STANDARD_DS3_V2", 2, "Succeeded"]
    assert (found["before"], found["after"]) == (["cluster"], [])


def test_datastores_tell_secrets_when_asked(program: Program, workspace: str, arm: Arm) -> None:
    """The four that come with a workspace; the secret is a signature that ends, for the container alone."""
    found = program(client_side.datastores)
    names = ["workspaceartifactstore", "workspaceblobstore", "workspacefilestore", "workspaceworkingdirectory"]
    assert (found["listed"], found["default"]) == (names, "workspaceblobstore")
    assert "sig=" not in str(found["plain"])
    assert "sr=c&" in found["told"]["sas_token"]
    made = arm.send("GET", workspace, version=ASSETS).json()["properties"]["workspaceId"]
    assert found["container"] == f"azureml-blobstore-{made}"


def test_folder_becomes_data(program: Program, workspace: str, arm: Arm, tmp_path: Path) -> None:
    """Its files are uploaded to the default datastore; versions count up, and the newest is the latest."""
    folder = tmp_path / "numbers"
    folder.mkdir()
    (folder / "a.csv").write_text("1,2\n", encoding="utf-8")
    (folder / "b.csv").write_text("3,4\n", encoding="utf-8")
    found = program(client_side.upload_data, folder)
    assert found["path"].startswith("azureml://datastores/workspaceblobstore/paths/LocalUpload/")
    assert (found["versions"], found["latest"], found["listed"]) == (["1", "2"], "2", ["1", "2"])
    stored = arm.send("GET", f"{workspace}/data/numbers/versions/1", version=ASSETS).json()["properties"]
    assert (stored["dataType"], stored["dataUri"].rpartition("/")[2]) == ("uri_folder", "numbers")


def test_model_comes_back_as_it_went(program: Program, tmp_path: Path) -> None:
    """What was uploaded as a model is downloaded byte for byte."""
    content = bytes(range(256)) * 300
    file = tmp_path / "weights.bin"
    file.write_bytes(content)
    found = program(client_side.upload_and_download_model, file, tmp_path / "target")
    assert found == {"version": "1", "files": {"weights.bin": content.hex()}}


def test_environments_of_image_and_of_build_context(program: Program, workspace: str, sources: Path) -> None:
    """An image is kept as it is; a build context is uploaded, and the environment names where."""
    found = program(client_side.environments, sources)
    assert found["image"] == found["latest"] == f"{workspace}/environments/image/versions/1"
    assert found["context"].startswith("https://azkeeplearning.blob.core.localhost:")


def test_code_goes_where_the_service_says(program: Program, workspace: str, arm: Arm, sources: Path) -> None:
    """A place is asked for before the version exists; the same content again is the version that there is."""
    found = program(client_side.code, sources, CODE)
    assert found["id"] == found["again"] == f"{workspace}/codes/{CODE}/versions/1"
    stored = arm.send("GET", f"{workspace}/codes/{CODE}/versions/1", version=ASSETS).json()["properties"]
    assert stored["codeUri"] == found["path"]
    assert stored["codeUri"].startswith("https://azkeeplearning.blob.core.windows.net/")
    assert stored["properties"]["hash_version"] == "202208"


def test_endpoint_serves_a_deployment(program: Program, workspace: str, sources: Path) -> None:
    """Endpoint, deployment with uploaded code, traffic, keys, and away with it."""
    found = program(client_side.endpoint, sources)
    assert found["code"].startswith(f"{workspace}/codes/")
    assert (found["traffic"], found["listed"]) == ({"blue": 100}, ["blue"])
    assert (found["keys"], found["left"]) == (2, [])


def test_job_is_kept_and_not_run(program: Program, workspace: str, sources: Path) -> None:
    """A job on serverless compute, its code uploaded."""
    found = program(client_side.job, sources)
    assert (found["name"], found["status"]) == ("run-1", "NotStarted")
    assert f"{workspace}/codes/" in found["code"]


def test_workspace_is_made_with_what_it_needs(program: Program, arm: Arm) -> None:
    """begin_create deploys a template: storage, vault, logs and insights come with the workspace, and go with it."""
    found = program(client_side.make_workspace)
    assert (found["name"], found["tags"], found["left"]) == ("another", "b", ["learning"])
    assert found["parts"] == [
        "Microsoft.Storage/storageAccounts",
        "Microsoft.KeyVault/vaults",
        "Microsoft.Insights/components",
    ]
    assert [arm.send("GET", part, version=version_of(part)).status_code for part in found["gone"]] == [404, 404, 404]


def test_other_hosts_are_not_reached(program: Program) -> None:
    """The proxy of the local cloud refuses what is none of its names."""
    assert "403 Forbidden" in program(client_side.elsewhere)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "NO_PROXY"])
def test_proxy_is_named_in_both_cases(printed: dict[str, str], name: str) -> None:
    """A proxy that the shell knew by the other name does not come before it."""
    assert printed[name] == printed[name.lower()]
    assert "SECRET" not in str(printed)
