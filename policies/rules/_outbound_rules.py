"""Outbound rules of a workspace's managed network, written inside the workspace or apart."""

from __future__ import annotations

from collections.abc import Callable

from azkeep.policy import Document, Node, Truth, every, settle, some
from azkeep.policy.truth import State

from ._workspace import WORKSPACE

OUTBOUND_RULE = f"{WORKSPACE}/outboundRules"
INSIDE = "properties.managedNetwork.outboundRules"
SERVICE_MADE = ("Required", "Dependency")
"""Categories of the rules that the service makes and nobody can take away."""


def every_outbound_rule(workspace: Document, test: Callable[[Node], Truth]) -> Truth:
    """Each rule's properties pass `test`; TRUE for none."""
    inside = settle(lambda: every(_inside(workspace), test))
    return inside & workspace.children("outboundRules").every(lambda rule: test(rule["properties"]))


def some_outbound_rule(workspace: Document, test: Callable[[Node], Truth]) -> Truth:
    """One rule's properties pass `test`; FALSE for none."""
    inside = settle(lambda: some(_inside(workspace), test))
    return inside | workspace.children("outboundRules").some(lambda rule: test(rule["properties"]))


def is_service_made(rule: Node) -> Truth:
    """The service itself made the rule. Only Azure's answers can say so: a declaration may call itself anything."""
    live = rule.document.fact(rule.document.is_live)
    return live & rule["category"].equals(*SERVICE_MADE)


def _inside(workspace: Document) -> tuple[Node, ...]:
    """Rules written inside, those left out that are also documents of their own. Raises NotDecided."""
    pairs = workspace.children("outboundRules").pairs
    apart = {rule.name.casefold() for rule, relation in pairs if relation.state is State.TRUE}
    return tuple(rule for rule in workspace[INSIDE].members() if rule.parts[-1].casefold() not in apart)
