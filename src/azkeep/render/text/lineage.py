"""A lineage for people: each endpoint's shares down to commit, image and data, and what is missing on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from azkeep.model.lineage import (
    Code,
    Commit,
    Compute,
    Data,
    Endpoint,
    Environment,
    Gap,
    Job,
    Lineage,
    Link,
    LinkState,
    Model,
    Share,
)
from azkeep.model.severity import Severity
from azkeep.render.text.line import EMPTY, Line, Span, counted, heading, line
from azkeep.render.values import clean
from azkeep.render.view import View

Row = tuple[int, str, str]
"""Depth, what it is, and its words."""
WIDTH = 16
SHORT = 12
"""Characters of a commit that are shown; JSON has all of it."""


def lines(found: Lineage, view: View) -> Iterator[Line]:
    for endpoint in found.endpoints:
        yield from _endpoint(endpoint, found.gaps)
    if found.unread:
        yield heading(f"UNREAD ({len(found.unread)}): neither in order nor missing, they could not be read")
        for each in found.unread:
            yield line("  ", clean(each.id))
            yield line("      ", Span(clean(each.reason), "dim"))
        yield EMPTY
    yield _summary(found)


def _endpoint(endpoint: Endpoint, gaps: tuple[Gap, ...]) -> Iterator[Line]:
    note = "" if endpoint.managed else "  not made by this stack"
    yield heading(clean(endpoint.name), Span(f"  {endpoint.kind} endpoint{note}", "dim"))
    yield line("  ", Span(clean(endpoint.id), "dim"))
    if not endpoint.shares:
        yield line("  no deployment")
    for share in endpoint.shares:
        mirrored = f", {share.mirrored} % mirrored" if share.mirrored else ""
        yield line("  ", Span(clean(share.deployment.title), "bold"), f"  {share.percent} % of the traffic{mirrored}")
        for depth, name, words in _rows(share):
            yield line("    " + ("  " * depth + name).ljust(WIDTH), clean(words))
        own = [gap for gap in gaps if (gap.endpoint, gap.deployment) == (endpoint.name, share.deployment.name)]
        for gap in own:
            words = clean(f"{gap.kind.value.replace('_', ' ')}: {gap.detail}")
            yield line("    ", Span(gap.severity.value.ljust(9), gap.severity.value), words)
            yield line("             to put right: ", clean(gap.fix))
    yield EMPTY


def _rows(share: Share) -> Iterator[Row]:
    if share.deployment.state is LinkState.MISSING:
        return
    if share.component:
        yield 0, "component", _link(share.component)
    if share.model or not share.component:
        yield 0, "model", _model(share.model)
    if share.model and share.model.job:
        yield from _job(share.model.job, share.model.commit)
    elif share.model:
        yield 1, "job", "not known"
        yield 1, "commit", _commit(share.model.commit)
    yield 0, "environment", _environment(share.environment)
    if share.code:
        yield 0, "scoring code", _code(share.code)
    if share.compute:
        yield 0, "compute", _compute(share.compute)


def _job(job: Job, of_model: Commit | None) -> Iterator[Row]:
    facts = ", ".join(text for text in (job.kind, job.status) if text)
    yield 1, "job", _link(job.link) + (f"  {facts}" if facts else "")
    yield 1, "commit", _commit(job.commit or of_model)
    for component in job.components:
        yield 1, "component", _link(component)
    for code in job.codes:
        yield 1, "code", _code(code)
    for environment in job.environments:
        yield 1, "environment", _environment(environment)
    for data in job.data:
        yield 1, "data", _data(data)
    for compute in job.computes:
        yield 1, "compute", _compute(compute)


def _link(link: Link) -> str:
    notes = {
        LinkState.READ: "",
        LinkState.NAMED: "  outside the workspace",
        LinkState.MISSING: "  not there",
        LinkState.UNREAD: "  could not be read",
        LinkState.PENDING: "  not asked for",
    }
    return f"{link.title}{notes[link.state]}"


def _model(model: Model | None) -> str:
    if model is None:
        return "none named"
    if not model.registered:
        return f"{model.link.id}  not registered"
    return "  ".join(text for text in (_link(model.link), model.type, model.stage) if text)


def _commit(commit: Commit | None) -> str:
    if commit is None:
        return "not known"
    dirty = {True: "  with uncommitted changes", False: "  clean", None: ""}[commit.dirty]
    place = "  ".join(text for text in (commit.branch, commit.repository) if text)
    return f"{commit.hash[:SHORT]}{dirty}" + (f"  {place}" if place else "")


def _code(code: Code) -> str:
    if code.link is None:
        return f"snapshot {code.snapshot}"
    return _link(code.link) + (f"  sha256:{code.sha256[:SHORT]}" if code.sha256 else "")


def _environment(environment: Environment | None) -> str:
    if environment is None:
        return "none named"
    image = environment.image or (f"built from {environment.build}" if environment.build else "")
    conda = " (base image; packages are installed at build)" if environment.conda and environment.digest else ""
    return _link(environment.link) + (f"  {image}{conda}" if image else "")


def _data(data: Data) -> str:
    return f"{data.input}: " + (_link(data.link) if data.link else f"{data.uri}  no version")


def _compute(compute: Compute) -> str:
    parts = (_link(compute.link) if compute.link else "managed", compute.size)
    return "  ".join(part for part in parts if part)


def _summary(found: Lineage) -> Line:
    shares = sum(len(endpoint.shares) for endpoint in found.endpoints)
    looked = f"{counted(len(found.endpoints), 'endpoint')}, {counted(shares, 'deployment')}"
    worst = Counter(gap.severity for gap in found.gaps)
    levels = ", ".join(f"{worst[level]} {level.value}" for level in reversed(Severity) if worst[level])
    gaps = f"{counted(len(found.gaps), 'missing link')}" + (f" ({levels})" if levels else "")
    unread = f"; {len(found.unread)} could not be read" if found.unread else ""
    hidden = f"; {counted(found.hidden, 'finding')} left out by --severity" if found.hidden else ""
    total = found.calls.get("total", 0)
    requests = f"; {counted(total, 'request')}" if total else ""
    return line(Span("Lineage", "bold"), f": {looked}: {gaps}{unread}{hidden}{requests}")
