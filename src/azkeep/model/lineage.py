"""What serves behind each endpoint and where it came from: deployment, model, job, commit, code, image, data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from azkeep.model.severity import Severity


class LinkState(StrEnum):
    """`NAMED`: it lies where nothing of this workspace can read it, such as in a registry; `PENDING`: not asked yet."""

    READ = "read"
    NAMED = "named"
    MISSING = "missing"
    UNREAD = "unread"
    PENDING = "pending"


class GapKind(StrEnum):
    """What is missing in the chain from an endpoint back to its sources."""

    DEPLOYMENT_MISSING = "deployment_missing"
    MODEL_UNREGISTERED = "model_unregistered"
    MODEL_UNKNOWN = "model_unknown"
    JOB_UNKNOWN = "job_unknown"
    JOB_NOT_READABLE = "job_not_readable"
    COMMIT_UNKNOWN = "commit_unknown"
    COMMIT_DIRTY = "commit_dirty"
    COMMIT_CONTRADICTED = "commit_contradicted"
    CODE_UNKNOWN = "code_unknown"
    ENVIRONMENT_UNKNOWN = "environment_unknown"
    IMAGE_FLOATING = "image_floating"
    IMAGE_UNKNOWN = "image_unknown"
    DATA_UNKNOWN = "data_unknown"
    DATA_UNVERSIONED = "data_unversioned"
    COMPUTE_UNKNOWN = "compute_unknown"


@dataclass(frozen=True)
class Link:
    """One document of the chain. `id` is its ARM id, or the URI that names it where it has none here."""

    id: str
    state: LinkState
    name: str = ""
    version: str = ""
    detail: str = ""

    @property
    def title(self) -> str:
        """Name and version, else the id."""
        return " ".join(part for part in (self.name, self.version) if part) or self.id


@dataclass(frozen=True)
class Commit:
    """A git commit as a document gives it. `origin` is the id of that document; `dirty` None where it says nothing."""

    hash: str
    origin: str
    dirty: bool | None = None
    repository: str = ""
    branch: str = ""


@dataclass(frozen=True)
class Code:
    """A snapshot of code. `link` is None where only a snapshot id is known; `sha256` is that of the uploaded folder."""

    link: Link | None = None
    snapshot: str = ""
    uri: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Environment:
    """Where code runs. With `conda` the digest pins the base image alone; with `build` there is no image to name."""

    link: Link
    image: str = ""
    digest: str = ""
    conda: bool = False
    build: str = ""


@dataclass(frozen=True)
class Data:
    """One input of a job. `link` is None where the input is a path, which has no version."""

    input: str
    uri: str
    link: Link | None = None


@dataclass(frozen=True)
class Compute:
    """What ran a job or serves a deployment. `link` is None for managed instances; `size` is "" where not known."""

    link: Link | None = None
    size: str = ""


@dataclass(frozen=True)
class Job:
    """The run that made a model; a pipeline has several codes, environments and computes, one of each per step."""

    link: Link
    kind: str = ""
    status: str = ""
    commit: Commit | None = None
    codes: tuple[Code, ...] = ()
    environments: tuple[Environment, ...] = ()
    data: tuple[Data, ...] = ()
    computes: tuple[Compute, ...] = ()
    components: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Model:
    """`link.state` is READ for a registered model; a path that is served without one is MISSING its registration."""

    link: Link
    registered: bool = True
    type: str = ""
    stage: str = ""
    job: Job | None = None
    commit: Commit | None = None


@dataclass(frozen=True)
class Share:
    """A deployment and what of an endpoint's traffic it takes, in percent; `mirrored` is answered by nobody."""

    deployment: Link
    percent: int = 0
    mirrored: int = 0
    model: Model | None = None
    environment: Environment | None = None
    code: Code | None = None
    compute: Compute | None = None
    component: Link | None = None


@dataclass(frozen=True)
class Endpoint:
    """`kind` is online or batch; `managed` is false for one that the stack did not make."""

    id: str
    kind: str
    managed: bool
    shares: tuple[Share, ...] = ()

    @property
    def name(self) -> str:
        return self.id.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Gap:
    """One missing link. `id` is the document that should hold it; `endpoint` and `deployment` are names."""

    kind: GapKind
    severity: Severity
    endpoint: str
    deployment: str
    id: str
    detail: str
    fix: str


@dataclass(frozen=True)
class Unread:
    """What was to be read and could not be: a document or a list, with the cloud's own reason."""

    id: str
    reason: str


@dataclass(frozen=True)
class Lineage:
    """Endpoints by id, each with its shares, largest first; gaps by severity. `hidden`: gaps that --severity left
    out."""

    endpoints: tuple[Endpoint, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unread: tuple[Unread, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    hidden: int = 0

    @property
    def summary(self) -> dict[str, int]:
        """Gaps of each kind that was found, by kind."""
        counts = Counter(gap.kind.value for gap in self.gaps)
        return {kind.value: counts[kind.value] for kind in GapKind if counts[kind.value]}
