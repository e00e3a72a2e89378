"""From an endpoint back to its sources, over ARM documents alone. Pure: what has to be read next is said, not read.

Sources: Azure Machine Learning REST API 2025-12-01 (online and batch deployments, model, code, environment and data
versions, jobs), and for the git members of a job's properties the page on Git integration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from azkeep.audit.assets import Asset, asset, child, job_named, without_secrets, workspace_of
from azkeep.model.ids import ArmId
from azkeep.model.lineage import (
    Code,
    Commit,
    Compute,
    Data,
    Endpoint,
    Environment,
    Job,
    Link,
    LinkState,
    Model,
    Share,
)
from azkeep.model.transport import Answer
from azkeep.model.value import Body, get

COMMITS = ("azureml.git.commit", "mlflow.source.git.commit")
REPOSITORIES = ("azureml.git.repository_uri", "mlflow.source.git.repoURL")
BRANCHES = ("azureml.git.branch", "mlflow.source.git.branch")
DIRTY = "azureml.git.dirty"
# The Git integration page shows the second; the first is read where a client wrote it.
SNAPSHOTS = ("azureml.CodeVersionId", "ContentSnapshotId")
ONLINE, BATCH = "online", "batch"


@dataclass(frozen=True)
class Library:
    """What was read so far: lower-case id → answer."""

    answers: Mapping[str, Answer]

    def link(self, id: str) -> Link:
        """The document's state; PENDING where it was not asked for."""
        parsed = ArmId.parse(id)
        versioned = len(parsed.names) > 2 and parsed.segments[-2].lower() == "versions"
        name, version = (parsed.names[-2], parsed.name) if versioned else (parsed.name, "")
        answer = self.answers.get(parsed.key)
        if answer is None:
            return Link(parsed.text, LinkState.PENDING, name, version)
        if answer.ok and isinstance(answer.body, Mapping):
            return Link(parsed.text, LinkState.READ, name, version)
        # A type that a cloud does not have is refused with 400 or 404, as is a name that it does not know.
        state = LinkState.MISSING if answer.status in (400, 404) else LinkState.UNREAD
        return Link(parsed.text, state, name, version, _reason(answer))

    def body(self, id: str) -> Body:
        """The document, {} where it was not read."""
        answer = self.answers.get(ArmId.parse(id).key)
        return answer.body if answer and answer.ok and isinstance(answer.body, Mapping) else {}

    def asset(self, found: Asset) -> Link:
        if found.where == "here":
            return self.link(found.id)
        return Link(without_secrets(found.text), LinkState.NAMED, found.name, found.version or found.label)


def endpoint(id: str, document: Body, deployments: Mapping[str, Body], library: Library, *, managed: bool) -> Endpoint:
    """The endpoint with its shares, largest first; `deployments`: ARM id → document of all that it has."""
    kind = BATCH if "batchendpoints" in ArmId.parse(id).type.lower() else ONLINE
    percents, mirrored = traffic(kind, document)
    found = [
        _share(each, body, percents.pop(ArmId.parse(each).name.lower(), 0), mirrored, library)
        for each, body in deployments.items()
    ]
    absent = [
        Share(Link(f"{id}/deployments/{name}", LinkState.MISSING, name), percent) for name, percent in percents.items()
    ]
    shares = sorted((*found, *absent), key=lambda share: (-share.percent, share.deployment.id.lower()))
    return Endpoint(id, kind, managed, tuple(shares))


def traffic(kind: str, document: Body) -> tuple[dict[str, int], dict[str, int]]:
    """Deployment, in lower case → percent of the traffic, and of the mirrored traffic. A batch endpoint sends all to
    its default deployment."""
    if kind == BATCH:
        name = _text(document, "/properties/defaults/deploymentName")
        return ({name.lower(): 100} if name else {}), {}
    return _percents(get(document, "/properties/traffic")), _percents(get(document, "/properties/mirrorTraffic"))


def pending(endpoints: Iterable[Endpoint]) -> tuple[str, ...]:
    """Ids of the documents that the chain goes on with and that were not asked for, each once, in order."""
    found = (link.id for each in endpoints for link in links(each) if link.state is LinkState.PENDING)
    return tuple(dict.fromkeys(found))


def links(part: Any) -> Iterator[Link]:
    """Every link in a part of a lineage, itself included."""
    if isinstance(part, Link):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from links(each)
    elif is_dataclass(part):
        for each in fields(part):
            yield from links(getattr(part, each.name))


def _share(id: str, body: Body, percent: int, mirrored: Mapping[str, int], library: Library) -> Share:
    workspace = workspace_of(id)
    component = _text(body, "/properties/deploymentConfiguration/componentId/assetId")
    return Share(
        Link(ArmId.parse(id).text, LinkState.READ, ArmId.parse(id).name),
        percent,
        mirrored.get(ArmId.parse(id).name.lower(), 0),
        model=_model(body, workspace, library),
        environment=_environment(_text(body, "/properties/environmentId"), workspace, library),
        code=_code(_text(body, "/properties/codeConfiguration/codeId"), workspace, library),
        compute=_serving(body, workspace, library),
        component=library.asset(asset(component, workspace, "components")) if component else None,
    )


def _model(body: Body, workspace: str, library: Library) -> Model | None:
    """The model of a deployment: a text for online ones, for batch ones a reference by id, by path or by job."""
    given = get(body, "/properties/model")
    text = given if isinstance(given, str) else _text(given, "/assetId") or _text(given, "/path")
    job_id = child(_text(given, "/jobId"), workspace, "jobs")
    if not text.strip() and not job_id:
        return None
    found = asset(text, workspace, "models")
    if found.where == "path":
        named = job_id or child(job_named(text), workspace, "jobs")
        link = Link(without_secrets(text) or named, LinkState.MISSING, detail="served from a path")
        return Model(link, registered=False, job=_job(named, workspace, library) if named else None)
    if found.where == "elsewhere":
        return Model(library.asset(found))
    return _registered(found.id, library)


def _registered(id: str, library: Library) -> Model:
    document, home = library.body(id), workspace_of(id)
    uri = _text(document, "/properties/modelUri")
    named = child(_text(document, "/properties/jobName") or job_named(uri), home, "jobs")
    return Model(
        library.link(id),
        type=_text(document, "/properties/modelType"),
        stage=_text(document, "/properties/stage"),
        job=_job(named, home, library) if named else None,
        commit=_commit(id, document),
    )


def _job(id: str, workspace: str, library: Library) -> Job:
    document = library.body(id)
    parts = [document.get("properties"), get(document, "/properties/trial"), *_members(document, "/properties/jobs")]
    parts = [part for part in parts if isinstance(part, Mapping)]
    components = [library.asset(asset(text, workspace, "components")) for text in _texts(parts, "componentId")]
    specs = [
        spec
        for link in components
        if link.state is LinkState.READ
        and isinstance(spec := get(library.body(link.id), "/properties/componentSpec"), Mapping)
    ]
    codes = (*_texts(parts, "codeId"), *_texts(specs, "code"))
    environments = (*_texts(parts, "environmentId"), *_texts(specs, "environment"))
    computes = [each for text in _texts(parts, "computeId") if (each := child(text, workspace, "computes"))]
    return Job(
        library.link(id),
        kind=_text(document, "/properties/jobType"),
        status=_text(document, "/properties/status"),
        commit=_commit(id, document),
        codes=_codes(codes, document, workspace, library),
        environments=tuple(where for text in environments if (where := _environment(text, workspace, library))),
        data=tuple(_data(document, workspace, library)),
        computes=tuple(_compute(each, library) for each in computes),
        components=tuple(components),
    )


def _codes(texts: Iterable[str], job: Body, workspace: str, library: Library) -> tuple[Code, ...]:
    found = tuple(each for text in texts if (each := _code(text, workspace, library)))
    snapshot = next((text for name in SNAPSHOTS if (text := _kept(job, name))), "")
    return found or ((Code(snapshot=snapshot),) if snapshot else ())


def _code(text: str, workspace: str, library: Library) -> Code | None:
    if not text:
        return None
    found = asset(text, workspace, "codes")
    document = library.body(found.id) if found.where == "here" else {}
    # Clients that upload a folder keep its hash here, by which they know it again.
    digest = _text(get(document, "/properties/properties"), "/hash_sha256")
    return Code(library.asset(found), "", without_secrets(_text(document, "/properties/codeUri")), digest)


def _environment(text: str, workspace: str, library: Library) -> Environment | None:
    if not text:
        return None
    found = asset(text, workspace, "environments")
    document = library.body(found.id) if found.where == "here" else {}
    image = _text(document, "/properties/image")
    digest = image.partition("@")[2] if "@sha256:" in image else ""
    conda = bool(get(document, "/properties/condaFile"))
    build = without_secrets(_text(document, "/properties/build/contextUri"))
    return Environment(library.asset(found), image, digest, conda, build)


def _data(job: Body, workspace: str, library: Library) -> Iterator[Data]:
    """Inputs that are data: what is a literal has a value and no URI."""
    inputs = get(job, "/properties/inputs")
    for name, given in sorted(inputs.items()) if isinstance(inputs, Mapping) else ():
        uri = _text(given, "/uri")
        if uri:
            yield _input(str(name), uri, workspace, library)
    tasks = get(job, "/properties/taskDetails")
    for name in ("trainingData", "validationData", "testData"):
        uri = _text(tasks, f"/{name}/uri")
        if uri:
            yield _input(name, uri, workspace, library)


def _input(name: str, uri: str, workspace: str, library: Library) -> Data:
    found = asset(uri, workspace, "data")
    shown = without_secrets(uri)
    return Data(name, shown) if found.where == "path" or found.label else Data(name, shown, library.asset(found))


def _serving(body: Body, workspace: str, library: Library) -> Compute | None:
    """An online deployment runs on instances of its own, a batch one on a compute of the workspace."""
    size = _text(body, "/properties/instanceType") or _text(body, "/properties/resources/instanceType")
    id = child(_text(body, "/properties/compute"), workspace, "computes")
    if id:
        found = _compute(id, library)
        return Compute(found.link, size or found.size)
    return Compute(None, size) if size else None


def _compute(id: str, library: Library) -> Compute:
    return Compute(library.link(id), _text(library.body(id), "/properties/properties/vmSize"))


def _commit(id: str, document: Body) -> Commit | None:
    """The commit that a job's or a model's properties or tags name; None without one."""
    hash = next((text for name in COMMITS if (text := _kept(document, name))), "")
    if not hash:
        return None
    dirty = _kept(document, DIRTY).lower()
    return Commit(
        hash,
        ArmId.parse(id).text,
        {"true": True, "false": False}.get(dirty),
        without_secrets(next((text for name in REPOSITORIES if (text := _kept(document, name))), "")),
        next((text for name in BRANCHES if (text := _kept(document, name))), ""),
    )


def _kept(document: Body, name: str) -> str:
    """A value that clients keep under `name` in the properties or the tags of an asset."""
    for place in ("properties", "tags"):
        kept = get(document, f"/properties/{place}")
        if isinstance(kept, Mapping) and isinstance(kept.get(name), str) and kept[name].strip():
            return str(kept[name]).strip()
    return ""


def _members(document: Body, pointer: str) -> list[Any]:
    found = get(document, pointer)
    return [found[name] for name in sorted(found, key=str)] if isinstance(found, Mapping) else []


def _texts(parts: Iterable[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    """The texts under `name`, each once, in order."""
    return tuple(dict.fromkeys(text for part in parts if (text := _text(part, f"/{name}"))))


def _percents(rules: Any) -> dict[str, int]:
    if not isinstance(rules, Mapping):
        return {}
    numbers = {str(name).lower(): value for name, value in rules.items()}
    return {name: value for name, value in numbers.items() if isinstance(value, int) and not isinstance(value, bool)}


def _text(document: Any, pointer: str) -> str:
    found = get(document, pointer)
    return found.strip() if isinstance(found, str) else ""


def _reason(answer: Answer) -> str:
    return f"{answer.error_code or answer.status}: {answer.error_message}"
