"""Values that a finding must not show."""

from __future__ import annotations

from dataclasses import replace

from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy import Truth


def hidden(truth: Truth) -> Truth:
    """`truth` with what was found masked; what is missing or not known stays as it is."""
    evidence = tuple(
        each if isinstance(each.found, Unknown | Reference | None) else replace(each, found=Secret(each.found))
        for each in truth.evidence
    )
    return Truth(truth.state, evidence, truth.reason)
