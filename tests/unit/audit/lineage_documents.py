"""A workspace that serves one model whose sources are all known, as ARM documents, and a reader over them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from azkeep.model.transport import Answer, Listing
from azkeep.model.value import Body, put, remove

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/aml"
ENDPOINT = f"{WORKSPACE}/onlineEndpoints/iris"
BLUE = f"{ENDPOINT}/deployments/blue"
NIGHTLY = f"{WORKSPACE}/batchEndpoints/nightly"
WHOLE = f"{NIGHTLY}/deployments/whole"
MODEL = f"{WORKSPACE}/models/iris/versions/3"
JOB = f"{WORKSPACE}/jobs/sad_tree_17"
SERVING = f"{WORKSPACE}/environments/serving/versions/1"
TRAINING = f"{WORKSPACE}/environments/training/versions/2"
SCORE = f"{WORKSPACE}/codes/score/versions/1"
TRAIN = f"{WORKSPACE}/codes/train/versions/1"
DATA = f"{WORKSPACE}/data/flowers/versions/5"
CLUSTER = f"{WORKSPACE}/computes/gpu"
COMMIT = "4d2b93784676893f8e346d5f0b9fb894a9cf0742"
IMAGE = f"mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04@sha256:{'ab' * 32}"

DOCUMENTS: Mapping[str, Body] = {
    ENDPOINT: {"properties": {"traffic": {"blue": 100}, "mirrorTraffic": {}}},
    BLUE: {
        "properties": {
            "endpointComputeType": "Managed",
            "instanceType": "Standard_DS3_v2",
            "model": MODEL,
            "environmentId": SERVING,
            "codeConfiguration": {"codeId": SCORE, "scoringScript": "score.py"},
        }
    },
    NIGHTLY: {"properties": {"defaults": {"deploymentName": "whole"}}},
    WHOLE: {
        "properties": {
            "model": {"referenceType": "Id", "assetId": MODEL},
            "environmentId": SERVING,
            "compute": CLUSTER,
        }
    },
    MODEL: {
        "properties": {
            "modelType": "custom_model",
            "modelUri": "azureml://jobs/sad_tree_17/outputs/artifacts/paths/model/",
            "jobName": "sad_tree_17",
            "stage": "Production",
        }
    },
    JOB: {
        "properties": {
            "jobType": "Command",
            "status": "Completed",
            "codeId": TRAIN,
            "environmentId": TRAINING,
            "computeId": CLUSTER,
            "inputs": {
                "flowers": {"jobInputType": "uri_folder", "uri": DATA},
                "rate": {"jobInputType": "literal", "value": "0.1"},
            },
            "properties": {
                "azureml.git.repository_uri": "https://bot:hunter2@github.com/example/iris.git",
                "azureml.git.branch": "main",
                "azureml.git.commit": COMMIT,
                "mlflow.source.git.commit": COMMIT,
                "azureml.git.dirty": "False",
            },
        }
    },
    SERVING: {"properties": {"image": IMAGE}},
    TRAINING: {"properties": {"image": IMAGE, "condaFile": "name: train"}},
    SCORE: {"properties": {"codeUri": "https://store.blob.core.windows.net/code/score?sig=hunter2"}},
    TRAIN: {
        "properties": {
            "codeUri": "https://store.blob.core.windows.net/code/train",
            "properties": {"hash_sha256": "cd" * 32},
        }
    },
    DATA: {"properties": {"dataType": "uri_folder", "dataUri": "azureml://datastores/training/paths/flowers/"}},
    CLUSTER: {"properties": {"computeType": "AmlCompute", "properties": {"vmSize": "STANDARD_NC24ADS_A100_V4"}}},
}


class Shelf:
    """Reads documents out of a mapping; what `refused` names, a document or a list, answers with its status."""

    def __init__(self, documents: Mapping[str, Body], refused: Mapping[str, int] | None = None) -> None:
        self.documents_held = {id.lower(): {"id": id, **body} for id, body in documents.items()}
        self.refused = {id.lower(): status for id, status in (refused or {}).items()}
        self.asked: list[str] = []

    @property
    def requests(self) -> Mapping[str, int]:
        return {"total": len(self.asked)}

    def documents(self, wanted: Iterable[tuple[str, str]]) -> Mapping[str, Answer]:
        return {id: self._document(id) for id, _ in wanted}

    def lists(self, wanted: Iterable[Listing]) -> Mapping[Listing, Answer]:
        return {listing: self._list(listing.path) for listing in wanted}

    def graph(self, query: str, subscriptions: Iterable[str], *, kind: str = "graph") -> Answer:
        raise AssertionError("a lineage sends no POST")

    def events(self, subscription: str, filters: Iterable[str]) -> Mapping[str, Answer]:
        raise AssertionError("a lineage reads no log")

    def _document(self, id: str) -> Answer:
        self.asked.append(id)
        if id.lower() in self.refused:
            return _error(self.refused[id.lower()])
        body = self.documents_held.get(id.lower())
        return Answer(200, body) if body else _error(404)

    def _list(self, path: str) -> Answer:
        self.asked.append(path)
        if path.lower() in self.refused:
            return _error(self.refused[path.lower()])
        inside = f"{path.lower()}/"
        items = [
            body
            for id, body in self.documents_held.items()
            if id.startswith(inside) and "/" not in id.removeprefix(inside)
        ]
        return Answer(200, {"value": items})


def changed(id: str, pointer: str, value: Any) -> dict[str, Body]:
    """The documents with one value of one of them changed, or taken out where `value` is None."""
    documents = dict(copy.deepcopy(DOCUMENTS))
    documents[id] = remove(documents[id], pointer) if value is None else put(documents[id], pointer, value)
    return documents


def without(*ids: str) -> dict[str, Body]:
    return {id: body for id, body in DOCUMENTS.items() if id not in ids}


def _error(status: int) -> Answer:
    code = {403: "AuthorizationFailed", 404: "NotFound"}.get(status, "Failed")
    return Answer(status, {"error": {"code": code, "message": "said the cloud"}})
