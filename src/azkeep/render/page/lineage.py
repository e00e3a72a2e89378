"""Where what is served came from: a card for each endpoint, and the links that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from azkeep.model.lineage import (
    Code,
    Commit,
    Compute,
    Endpoint,
    Environment,
    Gap,
    Lineage,
    Link,
    LinkState,
    Model,
    Share,
    Unread,
)
from azkeep.model.report import Header
from azkeep.render.page.markup import Markup, tag
from azkeep.render.page.parts import command, cut, facts, section, severity, table
from azkeep.render.page.verdict import name, top
from azkeep.render.text.line import counted

MOST = 200
NOT_KNOWN = "not known"


def lineage(found: Lineage, header: Header) -> Iterator[Markup]:
    """The verdict, each endpoint with its shares, the gaps worst first, and what could not be read."""
    gaps = counted(len(found.gaps), "missing link")
    unread = f"; {len(found.unread)} could not be read" if found.unread else ""
    hidden = f"; {found.hidden} left out by --severity" if found.hidden else ""
    state = "bad" if found.gaps else "warn" if found.unread or found.hidden else "good"
    words = f"{name(header)}: {counted(len(found.endpoints), 'endpoint')}, {gaps}{unread}{hidden}."
    yield top(header, words, state, [(number, kind.replace("_", " ")) for kind, number in found.summary.items()])
    if found.gaps:
        listed = table(("severity", "missing", "endpoint", "why", "to put right"), map(_gap, found.gaps[:MOST]))
        left = [cut(len(found.gaps) - MOST, "gap")] if len(found.gaps) > MOST else []
        yield section("gaps", f"Missing links ({len(found.gaps)})", listed, left)
    if found.endpoints:
        cards = tag("div", {"class": "cards wide"}, [_endpoint(each) for each in found.endpoints[:MOST]])
        left = [cut(len(found.endpoints) - MOST, "endpoint")] if len(found.endpoints) > MOST else []
        yield section("lineage", f"What serves ({len(found.endpoints)})", cards, left)
    yield section("unseen", "What we could not see", tag("div", {"class": "unseen"}, _unseen(found.unread)))


def _unseen(unread: tuple[Unread, ...]) -> Markup:
    if not unread:
        return tag("p", {}, "Nothing: everything that was looked for could be read.")
    return table(("what", "why"), [(each.id, each.reason) for each in unread])


def _gap(gap: Gap) -> tuple[str, str, str, str, str]:
    where = f"{gap.endpoint}/{gap.deployment}" if gap.deployment else gap.endpoint
    return severity(gap.severity), gap.kind.value.replace("_", " "), where, gap.detail, command(gap.fix)


def _endpoint(endpoint: Endpoint) -> Markup:
    note = f"{endpoint.kind}{'' if endpoint.managed else ', not made by this stack'}"
    shares = [_share(each) for each in endpoint.shares] or [tag("p", {}, "no deployment")]
    head = tag("h3", {}, endpoint.name, " ", tag("span", {"class": "faint small"}, note))
    return tag("article", {"class": "card-sheet"}, head, shares)


def _share(share: Share) -> Markup:
    """One deployment, its chain from the model back to commit, image and data."""
    model = share.model
    job = model.job if model else None
    mirrored = f", {share.mirrored} % mirrored" if share.mirrored else ""
    title = f"{_link(share.deployment)}: {share.percent} % of the traffic{mirrored}"
    commit = (job.commit if job else None) or (model.commit if model else None)
    rows = (
        ("component", _link(share.component) if share.component else ""),
        ("model", _model(model)),
        ("job", f"{_link(job.link)} {job.status}".strip() if job else NOT_KNOWN),
        ("commit", _commit(commit)),
        ("code", _several(map(_code, job.codes)) if job else NOT_KNOWN),
        ("trained in", _several(map(_environment, job.environments)) if job else NOT_KNOWN),
        ("data", _several(_link(each.link) if each.link else each.uri for each in job.data) if job else NOT_KNOWN),
        ("trained on", _several(map(_compute, job.computes)) if job else NOT_KNOWN),
        ("serves in", _environment(share.environment) if share.environment else NOT_KNOWN),
        ("scoring code", _code(share.code) if share.code else ""),
        ("runs on", _compute(share.compute) if share.compute else ""),
    )
    return tag("div", {}, tag("strong", {}, title), facts(rows, None))


def _model(model: Model | None) -> str:
    if model is None:
        return NOT_KNOWN
    return _link(model.link) if model.registered else f"{model.link.title} (not registered)"


def _link(link: Link) -> str:
    """Name and version; whether it was read, where it was not."""
    state = "" if link.state is LinkState.READ else f" ({link.state.value})"
    return f"{link.title}{state}"


def _commit(commit: Commit | None) -> str:
    if commit is None:
        return NOT_KNOWN
    changed = ", with uncommitted changes" if commit.dirty else ""
    return " ".join(part for part in (commit.hash[:12], commit.branch, commit.repository) if part) + changed


def _code(code: Code) -> str:
    return _link(code.link) if code.link else code.snapshot or code.uri or NOT_KNOWN


def _environment(environment: Environment) -> str:
    image = environment.digest or environment.image or environment.build
    more = " with conda packages on top" if environment.conda and image else ""
    return f"{_link(environment.link)}{f', {image}{more}' if image else ''}"


def _compute(compute: Compute) -> str:
    return " ".join(part for part in (_link(compute.link) if compute.link else "", compute.size) if part) or NOT_KNOWN


def _several(found: Iterable[str]) -> str:
    return ", ".join(found) or NOT_KNOWN
