"""The lines of each result, for people: one function per kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from azkeep.model import local as parts
from azkeep.model import report as results
from azkeep.model.drift import Audit
from azkeep.model.finding import Catalogue, Checked
from azkeep.model.lineage import Lineage
from azkeep.model.plan import Outcome, Plan
from azkeep.render.text import audit, check, graph, lineage, local, local_parts, outcome, plan, stack, tools
from azkeep.render.text.line import Line
from azkeep.render.view import View

Lines = Callable[[Any, View], Iterator[Line]]

LINES: dict[type, Lines] = {
    Plan: plan.lines,
    Outcome: outcome.lines,
    Audit: audit.lines,
    Lineage: lineage.lines,
    Checked: check.lines,
    Catalogue: check.catalogue,
    results.Declared: graph.lines,
    results.Outputs: stack.outputs,
    results.Configuration: stack.configuration,
    results.History: stack.history,
    results.Locks: stack.locks,
    results.Scaffold: tools.scaffold,
    results.EngineFound: tools.engine,
    results.Doctor: tools.doctor,
    results.LocalReady: local.ready,
    results.LocalChange: local.change,
    results.LocalReset: local.reset,
    results.LocalLog: local.log,
    parts.LocalSnapshot: local_parts.snapshot,
    parts.LocalSnapshots: local_parts.snapshots,
    parts.LocalPrincipal: local_parts.principal,
    parts.LocalPrincipals: local_parts.principals,
    parts.LocalEnvironment: local_parts.environment,
}
HEADED = (Plan, Outcome, Audit, Lineage, Checked)
"""Results that begin with stack, cloud and caller."""
