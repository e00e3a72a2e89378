"""The members of each JSON document beside those that all begin with: one function per kind of result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azkeep.model import local as parts
from azkeep.model import report as results
from azkeep.model.drift import Audit
from azkeep.model.finding import Catalogue, Checked
from azkeep.model.lineage import Lineage
from azkeep.model.plan import Outcome, Plan
from azkeep.render.documents import audit, check, graph, lineage, local, local_parts, outcome, plan, stack, tools
from azkeep.render.view import View

Body = Callable[[Any, View], dict[str, Any]]

BODIES: dict[type, tuple[str, Body]] = {
    Plan: ("plan", plan.body),
    Outcome: ("outcome", outcome.body),
    Audit: ("audit", audit.body),
    Lineage: ("lineage", lineage.body),
    Checked: ("check", check.body),
    Catalogue: ("rules", check.catalogue),
    results.Declared: ("graph", graph.body),
    results.Outputs: ("outputs", stack.outputs),
    results.Configuration: ("config", stack.configuration),
    results.History: ("history", stack.history),
    results.Locks: ("locks", stack.locks),
    results.Scaffold: ("init", tools.scaffold),
    results.EngineFound: ("engine", tools.engine),
    results.Doctor: ("doctor", tools.doctor),
    results.LocalChange: ("local-change", local.change),
    results.LocalReset: ("local-reset", local.reset),
    results.LocalLog: ("local-log", local.log),
    parts.LocalSnapshot: ("local-snapshot", local_parts.snapshot),
    parts.LocalSnapshots: ("local-snapshots", local_parts.snapshots),
    parts.LocalPrincipal: ("local-principal", local_parts.principal),
    parts.LocalPrincipals: ("local-principals", local_parts.principals),
    parts.LocalEnvironment: ("local-env", local_parts.environment),
}
"""Kind of document, and what fills it, per result. Results that are a document themselves are not here."""
