"""What policies said of a plan, as JSON and back, for the plan file. Secrets come back empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from azkeep.engine.plan_document import decode, encode
from azkeep.errors import Source
from azkeep.model.finding import Finding, Place, Verdict, Waiver
from azkeep.model.severity import Severity

KEPT = (Verdict.FAIL, Verdict.WAIVED, Verdict.ERROR, Verdict.UNKNOWN)
"""Verdicts worth telling again; what passes is not kept."""


def to_documents(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings of the kept verdicts as plain JSON."""
    return [_document(finding) for finding in findings if finding.verdict in KEPT]


def from_documents(documents: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """What `to_documents` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return tuple(_finding(document) for document in documents)


def _document(finding: Finding) -> dict[str, Any]:
    waiver = finding.waiver
    return {
        "rule": finding.rule,
        "title": finding.title,
        "severity": finding.severity.value,
        "verdict": finding.verdict.value,
        "id": finding.id,
        "type": finding.type,
        "name": finding.name,
        "urn": finding.urn,
        "path": finding.path,
        "found": encode(finding.found),
        "places": [{"id": place.id, "path": place.path, "found": encode(place.found)} for place in finding.places],
        "message": finding.message,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
        "source": asdict(finding.source) if finding.source else None,
        "waiver": {**asdict(waiver), "expires": waiver.expires.isoformat()} if waiver else None,
        "accepted": finding.accepted,
    }


def _finding(document: Mapping[str, Any]) -> Finding:
    return Finding(
        **{
            **document,
            "severity": Severity(document["severity"]),
            "verdict": Verdict(document["verdict"]),
            "found": decode(document["found"]),
            "places": tuple(Place(**{**place, "found": decode(place["found"])}) for place in document["places"]),
            "source": _source(document["source"]),
            "waiver": _waiver(document["waiver"]),
        }
    )


def _waiver(document: Mapping[str, Any] | None) -> Waiver | None:
    if document is None:
        return None
    return Waiver(
        **{**document, "expires": date.fromisoformat(document["expires"]), "source": _source(document["source"])}
    )


def _source(document: Mapping[str, Any] | None) -> Source | None:
    return Source(**document) if document else None
