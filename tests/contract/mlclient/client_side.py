"""What a user's program does with azure-ai-ml. It runs in a process of its own, whose environment is what
`azkeep local env --client mlclient` prints and nothing else.

The package keeps the cloud that it found first for the life of a process, and sockets that nobody can close.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

GROUP, WORKSPACE = "learning", "learning"
IMAGE = "mcr.microsoft.com/azureml/minimal:1"


def begin(environment: Mapping[str, str]) -> None:
    """Make the process one that was begun in a shell with this environment."""
    os.environ.clear()
    os.environ.update(environment)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # progress bars
        os.dup2(nowhere.fileno(), sys.stderr.fileno())


def call(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, str]:
    """(result, "") or (None, traceback), as JSON has it: what the package gives and raises cannot be handed on."""
    try:
        return json.loads(json.dumps(work(*arguments), default=str)), ""
    except Exception:
        return None, traceback.format_exc()


@cache
def client() -> Any:
    """MLClient as a program makes it that knows nothing of the local cloud."""
    from azure.ai.ml import MLClient
    from azure.identity import DefaultAzureCredential

    return MLClient(DefaultAzureCredential(), os.environ["AZURE_SUBSCRIPTION_ID"], GROUP, WORKSPACE)


def workspace() -> dict[str, Any]:
    from azure.ai.ml.entities import Workspace

    ml = client()
    found = ml.workspaces.get(WORKSPACE)
    changed = ml.workspaces.begin_update(Workspace(name=WORKSPACE, description="changed")).result()
    return {
        "id": found.id,
        "tracking": found.mlflow_tracking_uri,
        "listed": [each.name for each in ml.workspaces.list()],
        "notebook": bool(ml.workspaces.get_keys(WORKSPACE).notebook_access_keys.primary_access_key),
        "description": changed.description,
        "storage": found.storage_account,
    }


def compute() -> dict[str, Any]:
    from azure.ai.ml.entities import AmlCompute

    ml = client()
    wanted = AmlCompute(name="cluster", size="STANDARD_DS3_V2", min_instances=0, max_instances=2)
    made = ml.compute.begin_create_or_update(wanted).result()
    before = [each.name for each in ml.compute.list()]
    ml.compute.begin_delete("cluster").result()
    return {
        "made": (made.size, made.max_instances, made.provisioning_state),
        "before": before,
        "after": [each.name for each in ml.compute.list()],
    }


def datastores() -> dict[str, Any]:
    ml = client()
    plain, told = (ml.datastores.get("workspaceblobstore", include_secrets=secrets) for secrets in (False, True))
    return {
        "listed": sorted(each.name for each in ml.datastores.list()),
        "default": ml.datastores.get_default().name,
        "plain": dict(plain.credentials),
        "told": dict(told.credentials),
        "container": told.container_name,
    }


def upload_data(folder: Path) -> dict[str, Any]:
    from azure.ai.ml.constants import AssetTypes
    from azure.ai.ml.entities import Data

    ml = client()
    made = ml.data.create_or_update(Data(name="numbers", path=str(folder), type=AssetTypes.URI_FOLDER))
    again = ml.data.create_or_update(Data(name="numbers", path=str(folder), type=AssetTypes.URI_FOLDER))
    return {
        "path": made.path,
        "versions": [made.version, again.version],
        "latest": ml.data.get("numbers", label="latest").version,
        "listed": sorted(each.version for each in ml.data.list(name="numbers")),
    }


def upload_and_download_model(file: Path, target: Path) -> dict[str, Any]:
    from azure.ai.ml.entities import Model

    ml = client()
    made = ml.models.create_or_update(Model(name="weights", path=str(file)))
    ml.models.download("weights", made.version, download_path=str(target))
    return {"version": made.version, "files": {each.name: each.read_bytes().hex() for each in target.rglob("*.bin")}}


def environments(folder: Path) -> dict[str, Any]:
    from azure.ai.ml.entities import BuildContext, Environment

    ml = client()
    image = ml.environments.create_or_update(Environment(name="image", image=IMAGE))
    built = ml.environments.create_or_update(Environment(name="built", build=BuildContext(path=str(folder))))
    return {"image": image.id, "context": built.build.path, "latest": ml.environments.get("image", label="latest").id}


def code(folder: Path, name: str) -> dict[str, Any]:
    from azure.ai.ml.entities._assets import Code

    made, again = (client()._code.create_or_update(Code(name=name, version="1", path=str(folder))) for _ in range(2))
    return {"path": made.path, "id": made.id, "again": again.id}


def endpoint(folder: Path) -> dict[str, Any]:
    from azure.ai.ml.entities import (
        CodeConfiguration,
        Environment,
        ManagedOnlineDeployment,
        ManagedOnlineEndpoint,
        Model,
    )

    ml, name = client(), "azkeep-scoring"
    ml.environments.create_or_update(Environment(name="serving", version="1", image=IMAGE))
    ml.models.create_or_update(Model(name="served", version="1", path=str(folder / "score.py")))
    ml.online_endpoints.begin_create_or_update(ManagedOnlineEndpoint(name=name, auth_mode="key")).result()
    deployment = ManagedOnlineDeployment(
        name="blue",
        endpoint_name=name,
        model="azureml:served:1",
        environment="azureml:serving:1",
        code_configuration=CodeConfiguration(code=str(folder), scoring_script="score.py"),
        instance_type="Standard_DS3_v2",
        instance_count=1,
    )
    made = ml.online_deployments.begin_create_or_update(deployment).result()
    found = ml.online_endpoints.get(name)
    found.traffic = {"blue": 100}
    moved = ml.online_endpoints.begin_create_or_update(found).result()
    keys = ml.online_endpoints.get_keys(name)
    listed = [each.name for each in ml.online_deployments.list(name)]
    found.traffic = {"blue": 0}
    ml.online_endpoints.begin_create_or_update(found).result()
    ml.online_endpoints.begin_delete(name).result()
    return {
        "code": made.code_configuration.code,
        "traffic": moved.traffic,
        "keys": len({keys.primary_key, keys.secondary_key}),
        "listed": listed,
        "left": [each.name for each in ml.online_endpoints.list()],
    }


def job(folder: Path) -> dict[str, Any]:
    from azure.ai.ml import command
    from azure.ai.ml.entities import Environment

    image = Environment(image=IMAGE)
    wanted = command(command="python score.py", environment=image, code=str(folder), compute="serverless", name="run-1")
    made = client().jobs.create_or_update(wanted)
    return {"name": made.name, "status": made.status, "code": made.code}


def make_workspace() -> dict[str, Any]:
    from azure.ai.ml.entities import Workspace

    ml = client()
    made = ml.workspaces.begin_create(Workspace(name="another", location="westeurope", tags={"a": "b"})).result()
    parts = [made.storage_account, made.key_vault, made.application_insights]
    ml.workspaces.begin_delete("another", delete_dependent_resources=True, permanently_delete=True).result()
    return {
        "name": made.name,
        "tags": made.tags["a"],
        "parts": [part.split("/providers/")[1].rpartition("/")[0] for part in parts],
        "left": [each.name for each in ml.workspaces.list()],
        "gone": parts,
    }


def elsewhere() -> str:
    """What is said where the program asks for any other host."""
    import requests

    try:
        return requests.get("https://example.com/", timeout=10).text
    except requests.RequestException as error:
        return str(error)
