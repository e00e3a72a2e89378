"""A lineage made by hand, with a whole chain and some missing links."""

from __future__ import annotations

from azkeep.model.lineage import (
    Code,
    Commit,
    Compute,
    Data,
    Endpoint,
    Environment,
    Gap,
    GapKind,
    Job,
    Lineage,
    Link,
    LinkState,
    Model,
    Share,
    Unread,
)
from azkeep.model.severity import Severity

WORKSPACE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-ml"
    "/providers/Microsoft.MachineLearningServices/workspaces/mlw"
)
ENDPOINT = f"{WORKSPACE}/onlineEndpoints/iris"
DIGEST = f"sha256:{'ab' * 32}"


def link(kind: str, name: str, version: str = "", state: LinkState = LinkState.READ, detail: str = "") -> Link:
    return Link(
        f"{WORKSPACE}/{kind}/{name}" + (f"/versions/{version}" if version else ""), state, name, version, detail
    )


SERVING = Environment(
    link("environments", "serving", "1"), f"mcr.microsoft.com/azureml/base@{DIGEST}", DIGEST, conda=True
)
FLOATING = Environment(link("environments", "training", "2"), "mlacr.azurecr.io/train:latest")
JOB = Job(
    link("jobs", "sad_tree_17"),
    "Command",
    "Completed",
    Commit("4d2b93784676893f8e346d5f0b9fb894a9cf0742", link("jobs", "sad_tree_17").id, True, "", "main"),
    codes=(Code(link("codes", "train", "1"), uri="https://stml.blob.core.windows.net/code", sha256="cd" * 32),),
    environments=(FLOATING,),
    data=(
        Data("flowers", link("data", "flowers", "5").id, link("data", "flowers", "5")),
        Data("labels", "azureml://datastores/training/paths/labels/"),
    ),
    computes=(Compute(link("computes", "gpu"), "STANDARD_NC24ADS_A100_V4"),),
)
BLUE = Share(
    Link(f"{ENDPOINT}/deployments/blue", LinkState.READ, "blue"),
    90,
    model=Model(link("models", "iris", "3"), type="custom_model", stage="Production", job=JOB),
    environment=SERVING,
    code=Code(link("codes", "score", "1")),
    compute=Compute(None, "Standard_DS3_v2"),
)
GREEN = Share(
    Link(f"{ENDPOINT}/deployments/green", LinkState.READ, "green"),
    10,
    10,
    model=Model(Link("azureml://datastores/own/paths/m.pkl", LinkState.MISSING), registered=False),
    environment=Environment(
        Link("azureml://registries/shared/environments/e/versions/9", LinkState.NAMED, "shared/e", "9")
    ),
)
LINEAGE = Lineage(
    (Endpoint(ENDPOINT, "online", True, (BLUE, GREEN)), Endpoint(f"{WORKSPACE}/batchEndpoints/empty", "batch", False)),
    (
        Gap(
            GapKind.MODEL_UNREGISTERED,
            Severity.HIGH,
            "iris",
            "green",
            GREEN.deployment.id,
            "azureml://datastores/own/paths/m.pkl is served without a registered model",
            "Register the model, and deploy the registered version.",
        ),
        Gap(
            GapKind.COMMIT_DIRTY,
            Severity.MEDIUM,
            "iris",
            "blue",
            JOB.link.id,
            "4d2b93784676893f8e346d5f0b9fb894a9cf0742 had changes that were not committed",
            "Commit before the job is submitted.",
        ),
    ),
    (Unread(f"{WORKSPACE}/batchEndpoints/secret/deployments", "AuthorizationFailed: no right to read"),),
    calls={"total": 14, "get": 9, "list": 5},
)
