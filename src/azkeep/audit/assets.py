"""What the texts mean by which Azure ML documents name a model, a job, code, data or an environment. Pure.

Source: Azure Machine Learning, `azureml:` references and datastore, job and registry URIs (reference-yaml-core-syntax),
and MLflow's `runs:/` URIs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from azkeep.model.ids import ArmId

WORKSPACE_TYPE = "Microsoft.MachineLearningServices/workspaces"

LONG = re.compile(
    r"azureml://subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    r"(?:/providers/Microsoft\.MachineLearningServices)?/workspaces/(?P<workspace>[^/]+)"
    r"/(?P<kind>models|data|environments|codes|components)/(?P<name>[^/]+)/versions/(?P<version>[^/]+)",
    re.IGNORECASE,
)
REGISTRY = re.compile(
    r"azureml://registries/(?P<registry>[^/]+)/\w+/(?P<name>[^/]+)/(?:versions/(?P<version>[^/]+)|labels/(?P<label>[^/]+))",
    re.IGNORECASE,
)
SHORT = re.compile(r"azureml:(?P<name>[^:/@]+)(?::(?P<version>[^:/@]+)|@(?P<label>[^:/@]+))")
PATH = re.compile(r"[\w\-.()@/ ]+")
JOBS = (
    re.compile(r"azureml://jobs/(?P<job>[^/]+)", re.IGNORECASE),
    re.compile(r"runs:/+(?P<job>[^/]+)", re.IGNORECASE),
    re.compile(r"/ExperimentRun/dcid\.(?P<job>[^/]+)", re.IGNORECASE),
)

Where = Literal["here", "elsewhere", "path"]


@dataclass(frozen=True)
class Asset:
    """`here`: `id` can be read; `elsewhere`: named, such as in a registry, and not readable; `path`: no version at all.

    `label` is a name that moves, such as `latest`: then no single version is meant.
    """

    text: str
    where: Where
    id: str = ""
    name: str = ""
    version: str = ""
    label: str = ""


def asset(text: str, workspace: str, kind: str) -> Asset:
    """What `text` names; a short reference is meant in `workspace` (its ARM id), in its collection `kind`."""
    bare = re.sub(r"^azureml:(?=/subscriptions/)", "", text.strip(), flags=re.IGNORECASE)
    if bare.lower().startswith("/subscriptions/"):
        return _by_id(bare)
    if found := LONG.fullmatch(bare):
        id = (
            f"/subscriptions/{found['subscription']}/resourceGroups/{found['group']}/providers/{WORKSPACE_TYPE}"
            f"/{found['workspace']}/{found['kind']}/{found['name']}/versions/{found['version']}"
        )
        return _by_id(id)
    if found := REGISTRY.fullmatch(bare):
        name = f"{found['registry']}/{found['name']}"
        return Asset(bare, "elsewhere", name=name, version=found["version"] or "", label=found["label"] or "")
    if found := SHORT.fullmatch(bare):
        if found["label"]:
            return Asset(bare, "elsewhere", name=found["name"], label=found["label"])
        return _by_id(f"{workspace}/{kind}/{found['name']}/versions/{found['version']}")
    return Asset(bare, "path")


def job_named(text: str) -> str:
    """The name of the job whose output `text` is, "" where it says nothing of one."""
    return next((found["job"] for pattern in JOBS if (found := pattern.search(text))), "")


def child(text: str, workspace: str, kind: str) -> str:
    """The ARM id of a job or compute that `text` names by its id or its bare name; "" for none."""
    bare = re.sub(r"^azureml:(?!//)", "", text.strip(), flags=re.IGNORECASE)
    if bare.lower().startswith("/subscriptions/"):
        id = _parsed(bare)
        return id if id and ArmId.parse(id).type.lower() == f"{WORKSPACE_TYPE}/{kind}".lower() else ""
    return _parsed(f"{workspace}/{kind}/{bare}") if bare and "/" not in bare else ""


def workspace_of(id: str) -> str:
    """The workspace that `id` lies in, "" if in none."""
    found = re.match(rf"/.*/providers/{re.escape(WORKSPACE_TYPE)}/[^/]+(?=/|$)", ArmId.parse(id).text, re.IGNORECASE)
    return found[0] if found else ""


def without_secrets(uri: str) -> str:
    """`uri` without what opens it: user and password before the host, and a query such as a SAS."""
    return re.sub(r"(?<=://)[^/@]*@", "", uri).partition("?")[0]


def _by_id(text: str) -> Asset:
    id = _parsed(text)
    if not id:
        return Asset(text, "path")
    parsed = ArmId.parse(id)
    if len(parsed.names) < 3 or parsed.segments[-2].lower() != "versions":
        label = parsed.name if parsed.segments[-2].lower() == "labels" else "latest"
        return Asset(text, "elsewhere", name=parsed.names[1] if len(parsed.names) > 1 else parsed.name, label=label)
    return Asset(text, "here", id=id, name=parsed.names[-2], version=parsed.name)


def _parsed(text: str) -> str:
    """The id in `text`; "" for one that is none, or with characters that would lead a request elsewhere."""
    if not PATH.fullmatch(text) or ".." in text.split("/"):
        return ""
    try:
        return ArmId.parse(text).text
    except ValueError:
        return ""
