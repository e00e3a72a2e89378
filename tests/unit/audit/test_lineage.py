"""What an endpoint serves, traced to its sources over documents, and each link that is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.conftest import Ground
from audit.lineage_documents import (
    BLUE,
    CLUSTER,
    COMMIT,
    DATA,
    DOCUMENTS,
    ENDPOINT,
    IMAGE,
    JOB,
    MODEL,
    NIGHTLY,
    SCORE,
    SERVING,
    TRAIN,
    TRAINING,
    WHOLE,
    WORKSPACE,
    Shelf,
    changed,
    without,
)
from azkeep.audit.assets import asset, child, job_named, without_secrets
from azkeep.azure.reader import Reader
from azkeep.errors import EXIT_CHANGES, EXIT_INCOMPLETE, EXIT_OK
from azkeep.jobs.lineage import traced, verdict
from azkeep.model.lineage import GapKind, Job, Lineage, LinkState, Share
from azkeep.model.value import Body
from azkeep.render.documents.lineage import body as document
from azkeep.render.view import View


def trace(documents: Mapping[str, Body] = DOCUMENTS, refused: Mapping[str, int] | None = None) -> Lineage:
    return traced(Shelf(documents, refused), (WORKSPACE, ENDPOINT))


def kinds(found: Lineage, endpoint: str = "iris") -> list[str]:
    return [gap.kind.value for gap in found.gaps if gap.endpoint == endpoint]


def blue(found: Lineage) -> Share:
    (share,) = next(endpoint for endpoint in found.endpoints if endpoint.name == "iris").shares
    return share


def job_of(found: Lineage) -> Job:
    model = blue(found).model
    assert model is not None
    assert model.job is not None
    return model.job


def test_the_whole_chain() -> None:
    """From the share of traffic to model, job, commit, code, image, data version and compute, and nothing missing."""
    found = trace()
    share, job = blue(found), job_of(found)
    assert (found.gaps, found.unread, verdict(found)[0]) == ((), (), EXIT_OK)
    assert share.percent == 100
    assert share.model is not None
    assert share.model.link.id == MODEL
    assert (job.link.id, job.kind, job.status) == (JOB, "Command", "Completed")
    assert job.commit is not None
    assert (job.commit.hash, job.commit.dirty, job.commit.branch, job.commit.origin) == (COMMIT, False, "main", JOB)
    assert [(code.link.id, code.sha256) for code in job.codes if code.link] == [(TRAIN, "cd" * 32)]
    assert [(each.link.id, each.digest, each.conda) for each in job.environments] == [
        (TRAINING, f"sha256:{'ab' * 32}", True)
    ]
    assert [(each.input, each.link and each.link.id) for each in job.data] == [("flowers", DATA)]
    assert [(each.link and each.link.id, each.size) for each in job.computes] == [(CLUSTER, "STANDARD_NC24ADS_A100_V4")]
    assert share.environment is not None
    assert share.environment.image == IMAGE
    assert share.code is not None
    assert share.code.link is not None
    assert share.code.link.id == SCORE
    assert share.compute is not None
    assert (share.compute.link, share.compute.size) == (None, "Standard_DS3_v2")


def test_batch_endpoint_sends_all_to_its_default() -> None:
    """The default deployment has the whole traffic; model and compute are read from their batch shapes."""
    (share,) = next(endpoint for endpoint in trace().endpoints if endpoint.id == NIGHTLY).shares
    assert (share.deployment.id, share.percent) == (WHOLE, 100)
    assert share.model is not None
    assert share.model.link.id == MODEL
    assert share.compute is not None
    assert share.compute.link is not None
    assert share.compute.link.id == CLUSTER


def test_only_what_the_stack_made_is_managed() -> None:
    """An endpoint that nobody declared is traced as well, and marked."""
    assert {endpoint.name: endpoint.managed for endpoint in trace().endpoints} == {"iris": True, "nightly": False}


def test_shared_documents_are_read_once() -> None:
    """Two deployments of one model cost its documents once."""
    shelf = Shelf(DOCUMENTS)
    traced(shelf, (WORKSPACE,))
    assert len(shelf.asked) == len(set(shelf.asked))


def test_only_one_endpoint_is_traced_where_asked() -> None:
    """A deployment's id chooses its endpoint."""
    assert [endpoint.id for endpoint in traced(Shelf(DOCUMENTS), (WORKSPACE,), (BLUE,)).endpoints] == [ENDPOINT]


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        (changed(ENDPOINT, "/properties/traffic", {"blue": 90, "green": 10}), ["deployment_missing"]),
        (changed(BLUE, "/properties/model", "azureml://datastores/own/paths/model.pkl"), ["model_unregistered"]),
        (changed(BLUE, "/properties/model", None), ["model_unknown"]),
        (changed(BLUE, "/properties/model", "azureml://registries/shared/models/iris/versions/1"), ["model_unknown"]),
        (without(MODEL), ["model_unknown"]),
        (without(JOB), ["commit_unknown", "job_not_readable"]),
        (changed(JOB, "/properties/properties", {}), ["commit_unknown"]),
        (changed(JOB, "/properties/properties/azureml.git.dirty", "True"), ["commit_dirty"]),
        (changed(MODEL, "/properties/tags", {"mlflow.source.git.commit": "f00"}), ["commit_contradicted"]),
        (changed(JOB, "/properties/codeId", None), ["code_unknown"]),
        (without(TRAIN), ["code_unknown"]),
        (without(SCORE), ["code_unknown"]),
        (changed(JOB, "/properties/environmentId", None), ["environment_unknown"]),
        (without(TRAINING), ["environment_unknown"]),
        (changed(BLUE, "/properties/environmentId", None), ["environment_unknown"]),
        (changed(TRAINING, "/properties/image", "example.azurecr.io/train:latest"), ["image_floating"]),
        (changed(BLUE, "/properties/environmentId", "azureml:serving@latest"), ["image_floating"]),
        (changed(TRAINING, "/properties", {"build": {"contextUri": "https://x/y"}}), ["image_unknown"]),
        (
            changed(BLUE, "/properties/environmentId", "azureml://registries/azureml/environments/e/versions/9"),
            ["image_unknown"],
        ),
        (changed(JOB, "/properties/inputs", {}), ["data_unknown"]),
        (without(DATA), ["data_unknown"]),
        (
            changed(JOB, "/properties/inputs/flowers/uri", "azureml://datastores/training/paths/flowers/"),
            ["data_unversioned"],
        ),
        (without(CLUSTER), ["compute_unknown"]),
    ],
)
def test_a_missing_link_is_a_finding(documents: Mapping[str, Body], expected: list[str]) -> None:
    """Each break of the chain is said once, by its own kind, and nothing else is."""
    found = trace(documents)
    assert sorted(kinds(found)) == expected
    assert verdict(found)[0] == EXIT_CHANGES
    assert all(gap.fix and gap.detail and gap.id for gap in found.gaps)


def test_a_model_without_a_job_keeps_its_own_commit() -> None:
    """A model that was uploaded names no job; the commit in its tags still counts."""
    documents = changed(MODEL, "/properties", {"modelUri": "azureml://datastores/own/paths/m", "tags": {}})
    assert sorted(kinds(trace(documents))) == ["commit_unknown", "job_unknown"]
    documents[MODEL] = {"properties": {"modelUri": "x", "tags": {"azureml.git.commit": COMMIT}}}
    assert kinds(trace(documents)) == ["job_unknown"]


@pytest.mark.parametrize(
    "uri",
    [
        "azureml://jobs/sad_tree_17/outputs/artifacts/paths/model/",
        "runs:/sad_tree_17/model",
        "azureml://subscriptions/s/resourceGroups/g/workspaces/w/datastores/workspaceartifactstore/paths"
        "/ExperimentRun/dcid.sad_tree_17/model",
    ],
)
def test_the_job_is_known_by_where_the_model_lies(uri: str) -> None:
    """Without jobName the model's URI says which job's output it is, registered or served as it lies."""
    named = changed(MODEL, "/properties", {"modelUri": uri})
    assert job_of(trace(named)).link.id == JOB
    served = trace(changed(BLUE, "/properties/model", uri))
    assert kinds(served) == ["model_unregistered"]
    assert job_of(served).commit is not None


def test_a_pipeline_is_traced_through_its_components() -> None:
    """Steps name components, and these name code and environment."""
    component = f"{WORKSPACE}/components/train/versions/1"
    documents = {
        **DOCUMENTS,
        JOB: {
            "properties": {
                "jobType": "Pipeline",
                "inputs": {"flowers": {"uri": "azureml:flowers:5"}},
                "jobs": {"train": {"componentId": component, "computeId": "azureml:gpu"}},
                "properties": {"azureml.git.commit": COMMIT},
            }
        },
        component: {"properties": {"componentSpec": {"code": f"azureml:{TRAIN}", "environment": "azureml:training:2"}}},
    }
    found = trace(documents)
    job = job_of(found)
    assert kinds(found) == []
    assert [code.link and code.link.id for code in job.codes] == [TRAIN]
    assert [each.link.id for each in job.environments] == [TRAINING]
    assert [each.link and each.link.id for each in job.data] == [DATA]
    assert [each.link and each.link.id for each in job.computes] == [CLUSTER]


def test_what_may_not_be_read_is_not_missing() -> None:
    """A refused document is unread, by name, and its absence is claimed nowhere: exit 5."""
    found = trace(refused={JOB: 403})
    assert kinds(found) == []
    assert [(each.id, each.reason) for each in found.unread] == [(JOB, "AuthorizationFailed: said the cloud")]
    assert verdict(found)[0] == EXIT_INCOMPLETE


@pytest.mark.parametrize("path", [f"{WORKSPACE}/onlineEndpoints", f"{ENDPOINT}/deployments"])
def test_a_list_that_may_not_be_read_is_said(path: str) -> None:
    """No endpoint and no deployment is taken for absent because its list was refused."""
    found = trace(refused={path: 403})
    assert [each.id.lower() for each in found.unread] == [path.lower()]
    assert "iris" not in {endpoint.name for endpoint in found.endpoints}
    assert verdict(found)[0] == EXIT_INCOMPLETE


def test_nothing_that_opens_anything_is_shown() -> None:
    """Passwords in repository URLs and SAS queries are left out of the document."""
    assert "hunter2" not in json.dumps(document(trace(), View()))


def test_references_in_all_their_spellings() -> None:
    """An id, a prefixed id, a long URI and a short name are the same asset."""
    tail = MODEL.removeprefix("/")
    for text in (MODEL, f"azureml:{MODEL}", "azureml:iris:3", f"azureml://{tail}"):
        found = asset(text, WORKSPACE, "models")
        assert (found.where, found.id.lower()) == ("here", MODEL.lower()), text
    assert asset("azureml:iris@latest", WORKSPACE, "models").label == "latest"
    assert asset(MODEL.removesuffix("/versions/3"), WORKSPACE, "models").label == "latest"
    assert child("azureml:gpu", WORKSPACE, "computes") == CLUSTER
    assert child("${{parent.jobs.one}}", WORKSPACE, "computes") == ""
    assert without_secrets("git@github.com:example/iris.git") == "git@github.com:example/iris.git"


@pytest.mark.parametrize(
    "name", ["a?api-version=1", "a#b", "../../x", "..", "a%2fb", "${{x}}", "/subscriptions/s/resourceGroups/g"]
)
def test_no_document_leads_a_request_elsewhere(name: str) -> None:
    """A job's name is no path: what could change the request is not asked for, and the job is not known."""
    shelf = Shelf(changed(MODEL, "/properties", {"modelUri": "x", "jobName": name}))
    found = traced(shelf, (WORKSPACE,), (ENDPOINT,))
    assert not [id for id in shelf.asked if "/jobs/" in id]
    assert "job_unknown" in kinds(found)
    assert asset(f"{WORKSPACE}/models/{name}/versions/1", WORKSPACE, "models").where != "here"


TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from((MODEL, JOB, "azureml:iris:3", "azureml://jobs//x", "runs:/", "/subscriptions/", "azureml:/a", "")),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
POINTERS = {
    ENDPOINT: ("traffic", "mirrorTraffic"),
    NIGHTLY: ("defaults",),
    BLUE: ("model", "environmentId", "codeConfiguration", "instanceType"),
    WHOLE: ("model", "compute", "deploymentConfiguration", "resources"),
    MODEL: ("modelUri", "jobName", "properties", "tags", "modelType"),
    JOB: ("properties", "tags", "inputs", "jobs", "trial", "codeId", "computeId", "componentId", "taskDetails"),
    SERVING: ("image", "build", "condaFile"),
    TRAIN: ("codeUri", "properties"),
    CLUSTER: ("properties",),
}
PLACES = [(id, f"/properties/{name}") for id, names in POINTERS.items() for name in names]


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from([*PLACES, *((id, "/properties") for id in POINTERS)]), VALUES), max_size=4))
def test_no_document_is_too_strange(changes: list[tuple[tuple[str, str], Any]]) -> None:
    """Whatever stands where a reference should, the lineage ends, is complete, and can be written as JSON."""
    documents = dict(DOCUMENTS)
    for (id, pointer), value in changes:
        documents[id] = (
            changed(id, pointer, value)[id] if pointer == "/properties" else _changed(documents[id], pointer, value)
        )
    found = trace(documents)
    assert LinkState.PENDING.value not in json.dumps([each.value for each in _states(found)])
    json.dumps(document(found, View()))
    assert {gap.kind for gap in found.gaps} <= set(GapKind)


def _states(found: Lineage) -> list[LinkState]:
    from azkeep.audit.lineage import links

    return [link.state for endpoint in found.endpoints for link in links(endpoint)]


def _changed(body: Body, pointer: str, value: Any) -> Body:
    properties = body.get("properties")
    name = pointer.rsplit("/", 1)[-1]
    return {**body, "properties": {**(properties if isinstance(properties, Mapping) else {}), name: value}}


@given(TEXTS)
def test_any_text_names_something_or_nothing(text: str) -> None:
    """A reference is a readable id, a name or a path; parsing never fails."""
    assert asset(text, WORKSPACE, "models").where in ("here", "elsewhere", "path")
    child(text, WORKSPACE, "jobs")
    job_named(text)


def test_the_right_to_read_is_enough(ground: Ground) -> None:
    """A principal with Reader and nothing else traces the example estate on the local cloud, by GET alone."""
    client = ground.client("lineage-reader", "Reader")
    reader = Reader(client)
    found = traced(reader, [example.id for example in ground.examples.values()])
    assert found.unread == ()
    assert {endpoint.name for endpoint in found.endpoints} == {"iris-endpoint", "iris-batch"}
    (share,) = next(endpoint for endpoint in found.endpoints if endpoint.name == "iris-endpoint").shares
    assert share.model is not None
    assert (share.model.link.title, share.model.link.state) == ("iris 1", LinkState.READ)
    assert set(kinds(found, "iris-endpoint")) == {"commit_unknown", "image_floating", "job_unknown"}
    assert reader.requests["graph"] == 0
    assert reader.requests["total"] == reader.requests["get"] + reader.requests["list"]
