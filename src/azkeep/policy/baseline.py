"""A baseline: known failures with what caused them, so that a new fault on the same resource still fails."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from azkeep.errors import SettingsError, Source
from azkeep.model.finding import Finding, Verdict

VERSION = "1.0"


def accept(findings: Iterable[Finding], known: frozenset[str]) -> tuple[Finding, ...]:
    """Failures whose fingerprint is in `known` are accepted."""
    return tuple(
        replace(finding, accepted=True)
        if finding.verdict is Verdict.FAIL and finding.fingerprint in known
        else finding
        for finding in findings
    )  # fmt: skip


def baseline_text(findings: Iterable[Finding]) -> str:
    """The baseline of all failures, sorted, as JSON; values stand in it only as part of the fingerprint."""
    known = sorted(
        (finding.rule, finding.id or finding.urn or finding.name, finding.fingerprint)
        for finding in findings
        if finding.verdict is Verdict.FAIL
    )
    entries = [
        {"rule": rule, "resource": resource, "fingerprint": mark} for rule, resource, mark in dict.fromkeys(known)
    ]
    return json.dumps({"format_version": VERSION, "findings": entries}, indent=2, ensure_ascii=False) + "\n"


def load_baseline(path: Path) -> frozenset[str]:
    """The fingerprints in the file. Raises SettingsError."""
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        return frozenset(str(entry["fingerprint"]) for entry in document["findings"])
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(f"the baseline cannot be read: {reason}", subject=str(path), source=Source(str(path)),
                            fix="azkeep check STACK --write-baseline FILE makes one.") from error  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError("this is no baseline of azkeep", subject=str(path), source=Source(str(path)),
                            fix="azkeep check STACK --write-baseline FILE makes one.") from error  # fmt: skip
