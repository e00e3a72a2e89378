"""Where logs go, shared by the rules of monitoring and of every service."""

from __future__ import annotations

from azkeep.model.value import Reference
from azkeep.policy import FALSE, TRUE, Document, Node, Truth
from azkeep.policy.document import folded, parsed

LOG_WORKSPACE = "Microsoft.OperationalInsights/workspaces"
COMPONENT = "Microsoft.Insights/components"


def is_log_workspace(node: Node, log_workspaces: tuple[str, ...] = ()) -> Truth:
    """The id of the estate's log workspace stands here: of one that is part of it, or one of `log_workspaces`.

    Where the estate has none, and none is given, any log workspace is the estate's.
    """
    target = node.resolve() if isinstance(node.value, Reference | str) else None
    if target is not None:
        return node.shown(TRUE if target.is_a(LOG_WORKSPACE) else FALSE)
    if not log_workspaces and not node.document.estate.of_type(LOG_WORKSPACE):
        return node.satisfies(_is_id_of_log_workspace)
    given = {folded(id) for id in log_workspaces}
    return node.satisfies(lambda text: folded(text) in given)


def _is_id_of_log_workspace(text: str) -> bool:
    found = parsed(text)
    return found is not None and found.type.casefold() == LOG_WORKSPACE.casefold()


def sends_logs_to(setting: Document, log_workspaces: tuple[str, ...] = ()) -> Truth:
    """A diagnostic setting has an enabled log entry, and the estate's log workspace as its destination."""
    enabled = setting["properties.logs"].some(lambda entry: entry["enabled"].is_true())
    return enabled & is_log_workspace(setting["properties.workspaceId"], log_workspaces)
