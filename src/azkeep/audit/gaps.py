"""Links that are missing between an endpoint and its sources: each one a finding. Pure.

What could not be read is no gap: it is told apart, since it may well be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from azkeep.audit.assets import asset
from azkeep.audit.lineage import links
from azkeep.model.lineage import (
    Code,
    Commit,
    Endpoint,
    Environment,
    Gap,
    GapKind,
    Job,
    Link,
    LinkState,
    Model,
    Share,
    Unread,
)
from azkeep.model.severity import Severity

FIXES: dict[GapKind, tuple[Severity, str]] = {
    GapKind.DEPLOYMENT_MISSING: (Severity.HIGH, "Take the deployment out of the endpoint's traffic, or deploy it."),
    GapKind.MODEL_UNREGISTERED: (Severity.HIGH, "Register the model, and deploy the registered version."),
    GapKind.MODEL_UNKNOWN: (Severity.HIGH, "Deploy a registered model version by its id."),
    GapKind.JOB_UNKNOWN: (Severity.MEDIUM, "Register the model from the job's output, which keeps the job's name."),
    GapKind.JOB_NOT_READABLE: (Severity.MEDIUM, "Keep jobs whose models are deployed; train again where one is gone."),
    GapKind.COMMIT_UNKNOWN: (Severity.MEDIUM, "Submit the job from a git working copy."),
    GapKind.COMMIT_DIRTY: (Severity.MEDIUM, "Commit before the job is submitted."),
    GapKind.COMMIT_CONTRADICTED: (Severity.MEDIUM, "Correct the commit in the model's properties or tags."),
    GapKind.CODE_UNKNOWN: (Severity.LOW, "Give the job its code as a folder, so that a snapshot of it is kept."),
    GapKind.ENVIRONMENT_UNKNOWN: (Severity.MEDIUM, "Name a registered environment version."),
    GapKind.IMAGE_FLOATING: (Severity.MEDIUM, "Pin the image with @sha256:… in a new environment version."),
    GapKind.IMAGE_UNKNOWN: (Severity.LOW, "Use an environment version whose image is pinned with @sha256:…."),
    GapKind.DATA_UNKNOWN: (Severity.LOW, "Give the job its data as inputs."),
    GapKind.DATA_UNVERSIONED: (Severity.MEDIUM, "Register the data, and give the job a version of it."),
    GapKind.COMPUTE_UNKNOWN: (Severity.LOW, "Nothing to do where the compute was retired on purpose."),
}
"""How bad each kind is, and what puts it right."""


@dataclass(frozen=True)
class Missing:
    """A gap before it is known whose it is."""

    kind: GapKind
    id: str
    detail: str


def gaps(endpoints: Iterable[Endpoint]) -> tuple[Gap, ...]:
    """All gaps, worst first, then by endpoint and deployment."""
    found = [
        Gap(each.kind, FIXES[each.kind][0], end.name, share.deployment.name, each.id, each.detail, FIXES[each.kind][1])
        for end in endpoints
        for share in end.shares
        for each in dict.fromkeys(_of_share(share))
    ]
    return tuple(sorted(found, key=lambda gap: (-gap.severity.rank, gap.endpoint, gap.deployment, gap.kind, gap.id)))


def unread(endpoints: Iterable[Endpoint]) -> tuple[Unread, ...]:
    """Documents of the chain that could not be read, each once."""
    found = {link.id: link.detail for each in endpoints for link in links(each) if link.state is LinkState.UNREAD}
    return tuple(Unread(id, reason) for id, reason in sorted(found.items()))


def _of_share(share: Share) -> Iterator[Missing]:
    id = share.deployment.id
    if share.deployment.state is LinkState.MISSING:
        yield Missing(GapKind.DEPLOYMENT_MISSING, id, f"{share.percent} % of the traffic goes to no deployment")
        return
    if share.deployment.state is not LinkState.READ:
        return
    if share.model is not None:
        yield from _of_model(share.model, id)
    elif share.component is None:
        yield Missing(GapKind.MODEL_UNKNOWN, id, "the deployment names no model")
    if share.environment is not None:
        yield from _of_environment(share.environment, "serving")
    elif share.component is None and not _brings_its_own(share.model):
        yield Missing(GapKind.ENVIRONMENT_UNKNOWN, id, "the deployment names no environment")
    if share.code is not None:
        yield from _of_code(share.code, "scoring")
    if share.compute is not None and share.compute.link is not None:
        yield from _of_compute(share.compute.link)


def _of_model(model: Model, deployment: str) -> Iterator[Missing]:
    link = model.link
    if not model.registered:
        yield Missing(GapKind.MODEL_UNREGISTERED, deployment, f"{link.id} is served without a registered model")
    elif link.state is LinkState.MISSING:
        yield Missing(GapKind.MODEL_UNKNOWN, link.id, f"the model version is not there ({link.detail})")
        return
    elif link.state is LinkState.NAMED:
        yield Missing(GapKind.MODEL_UNKNOWN, link.id, "the model is known by name alone: it lies outside the workspace")
        return
    elif link.state is not LinkState.READ:
        return
    if model.job is not None:
        yield from _of_job(model.job, model.commit)
    elif model.registered:
        yield from _of_unknown_job(model)


def _of_unknown_job(model: Model) -> Iterator[Missing]:
    yield Missing(GapKind.JOB_UNKNOWN, model.link.id, "the model says nothing of a job that made it")
    yield from _of_commit(model.commit, model.link.id)


def _of_job(job: Job, of_model: Commit | None) -> Iterator[Missing]:
    id = job.link.id
    if job.link.state is LinkState.MISSING:
        yield Missing(GapKind.JOB_NOT_READABLE, id, f"job not readable ({job.link.detail})")
        yield from _of_commit(of_model, id)
        return
    if job.link.state is not LinkState.READ:
        return
    yield from _of_commit(job.commit or of_model, id)
    if job.commit and of_model and job.commit.hash.lower() != of_model.hash.lower():
        told = f"the job says {job.commit.hash}, the model {of_model.hash}"
        yield Missing(GapKind.COMMIT_CONTRADICTED, of_model.origin, told)
    if not job.codes and not job.components:
        yield Missing(GapKind.CODE_UNKNOWN, id, "the job names no code snapshot")
    for code in job.codes:
        yield from _of_code(code, "training")
    if not job.environments and not job.components:
        yield Missing(GapKind.ENVIRONMENT_UNKNOWN, id, "the job names no environment")
    for environment in job.environments:
        yield from _of_environment(environment, "training")
    yield from _of_data(job)
    for compute in job.computes:
        if compute.link is not None:
            yield from _of_compute(compute.link)


def _of_commit(commit: Commit | None, id: str) -> Iterator[Missing]:
    if commit is None:
        yield Missing(GapKind.COMMIT_UNKNOWN, id, "no git commit is recorded")
    elif commit.dirty:
        yield Missing(GapKind.COMMIT_DIRTY, commit.origin, f"{commit.hash} had changes that were not committed")


def _of_code(code: Code, use: str) -> Iterator[Missing]:
    if code.link is not None and code.link.state is LinkState.MISSING:
        yield Missing(GapKind.CODE_UNKNOWN, code.link.id, f"the {use} code is not there ({code.link.detail})")


def _of_environment(environment: Environment, use: str) -> Iterator[Missing]:
    link = environment.link
    if link.state is LinkState.MISSING:
        yield Missing(GapKind.ENVIRONMENT_UNKNOWN, link.id, f"the {use} environment is not there ({link.detail})")
    elif link.state is LinkState.NAMED and _is_label(link):
        yield Missing(GapKind.IMAGE_FLOATING, link.id, f"the {use} environment is named by a label, which moves")
    elif link.state is LinkState.NAMED:
        told = f"the {use} environment lies outside the workspace: its image is not known here"
        yield Missing(GapKind.IMAGE_UNKNOWN, link.id, told)
    elif link.state is LinkState.READ and environment.image and not environment.digest:
        yield Missing(GapKind.IMAGE_FLOATING, link.id, f"{environment.image} has no digest")
    elif link.state is LinkState.READ and not environment.image:
        told = "built from a folder: ARM does not hold the image's digest"
        yield Missing(GapKind.IMAGE_UNKNOWN, link.id, told if environment.build else "the environment names no image")


def _of_data(job: Job) -> Iterator[Missing]:
    if not job.data:
        yield Missing(GapKind.DATA_UNKNOWN, job.link.id, "the job names no input data")
    for each in job.data:
        if each.link is None:
            yield Missing(
                GapKind.DATA_UNVERSIONED, job.link.id, f"input {each.input} is {each.uri}, which has no version"
            )
        elif each.link.state is LinkState.MISSING:
            yield Missing(GapKind.DATA_UNKNOWN, each.link.id, f"input {each.input} is not there ({each.link.detail})")


def _of_compute(link: Link) -> Iterator[Missing]:
    if link.state is LinkState.MISSING:
        yield Missing(GapKind.COMPUTE_UNKNOWN, link.id, f"the compute is not there any more ({link.detail})")


def _is_label(link: Link) -> bool:
    return bool(asset(link.id, "", "environments").label)


def _brings_its_own(model: Model | None) -> bool:
    """An MLflow model is deployed without an environment: the service makes one from the model's own files.

    Source: Azure Machine Learning, deploy MLflow models to online endpoints.
    """
    return model is not None and model.type.lower() == "mlflow_model"


def at_least(found: tuple[Gap, ...], severity: Severity | None) -> tuple[Gap, ...]:
    """The gaps that are at least so bad."""
    return tuple(gap for gap in found if severity is None or gap.severity.rank >= severity.rank)
