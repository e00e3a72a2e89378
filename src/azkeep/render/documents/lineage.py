"""The lineage document: what each endpoint serves, and where that came from."""

from __future__ import annotations

import hashlib
from typing import Any

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
    Model,
    Share,
)
from azkeep.render.view import View


def body(found: Lineage, view: View) -> dict[str, Any]:
    return {
        "summary": found.summary,
        "endpoints": [endpoint(each) for each in found.endpoints],
        "findings": [gap(each) for each in found.gaps],
        "unread": [{"id": each.id, "reason": each.reason} for each in found.unread],
        "hidden": found.hidden,
        "requests": dict(sorted(found.calls.items())),
    }


def endpoint(each: Endpoint) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "kind": each.kind,
        "managed": each.managed,
        "shares": [share(one) for one in each.shares],
    }


def share(each: Share) -> dict[str, Any]:
    return {
        "deployment": link(each.deployment),
        "percent": each.percent,
        "mirrored": each.mirrored,
        "model": model(each.model),
        "environment": environment(each.environment),
        "code": code(each.code),
        "compute": compute(each.compute),
        "component": link(each.component),
    }


def model(each: Model | None) -> dict[str, Any] | None:
    if each is None:
        return None
    return {
        "link": link(each.link),
        "registered": each.registered,
        "type": each.type or None,
        "stage": each.stage or None,
        "job": job(each.job),
        "commit": commit(each.commit),
    }


def job(each: Job | None) -> dict[str, Any] | None:
    if each is None:
        return None
    return {
        "link": link(each.link),
        "kind": each.kind or None,
        "status": each.status or None,
        "commit": commit(each.commit),
        "code": [code(one) for one in each.codes],
        "environments": [environment(one) for one in each.environments],
        "data": [data(one) for one in each.data],
        "computes": [compute(one) for one in each.computes],
        "components": [link(one) for one in each.components],
    }


def commit(each: Commit | None) -> dict[str, Any] | None:
    if each is None:
        return None
    return {
        "hash": each.hash,
        "dirty": each.dirty,
        "repository": each.repository or None,
        "branch": each.branch or None,
        "origin": each.origin,
    }


def code(each: Code | None) -> dict[str, Any] | None:
    if each is None:
        return None
    return {
        "link": link(each.link),
        "snapshot": each.snapshot or None,
        "uri": each.uri or None,
        "sha256": each.sha256 or None,
    }


def environment(each: Environment | None) -> dict[str, Any] | None:
    if each is None:
        return None
    return {
        "link": link(each.link),
        "image": each.image or None,
        "digest": each.digest or None,
        "conda": each.conda,
        "build": each.build or None,
    }


def data(each: Data) -> dict[str, Any]:
    return {"input": each.input, "uri": each.uri, "link": link(each.link)}


def compute(each: Compute | None) -> dict[str, Any] | None:
    return None if each is None else {"link": link(each.link), "size": each.size or None}


def link(each: Link | None) -> dict[str, Any] | None:
    if each is None:
        return None
    return {
        "id": each.id,
        "state": each.state.value,
        "name": each.name or None,
        "version": each.version or None,
        "detail": each.detail,
    }


def gap(each: Gap) -> dict[str, Any]:
    return {
        "kind": each.kind.value,
        "severity": each.severity.value,
        "endpoint": each.endpoint,
        "deployment": each.deployment,
        "id": each.id,
        "detail": each.detail,
        "fix": each.fix,
        "fingerprint": fingerprint(each),
    }


def fingerprint(each: Gap) -> str:
    """The same for the same gap in every run, and for no other."""
    facts = "\n".join((each.kind.value, each.endpoint.lower(), each.deployment.lower(), each.id.lower(), each.detail))
    return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()[:16]
