"""Azure Policy at the front door: what the assignments in force say of a write, and the refusal of what they deny.

Rules see the resource as its write asks for it: a property that only the service would fill in is absent. Source:
"Azure Policy definition structure"; the refusal: answers RequestDisallowedByPolicy of Azure Resource Manager.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from azkeep.emulator.store import Row, Store
from azkeep.emulator.store_principals import Subscriptions
from azkeep.errors import ArmFault
from azkeep.model.expressions import ExpressionError
from azkeep.model.ids import ArmId
from azkeep.model.value import Body, get
from azkeep.types.azure_policy import built_ins
from azkeep.types.azure_policy.assignments import Assigned, Judgement, exempts, judged, reaches
from azkeep.types.azure_policy.definitions import condition_of
from azkeep.types.azure_policy.rules import RuleError
from azkeep.types.azure_policy.subject import Place, Subject

ASSIGNMENTS = "microsoft.authorization/policyassignments"
EXEMPTIONS = "microsoft.authorization/policyexemptions"
ENFORCED = "default"
READ = "Microsoft.Authorization/policyDefinitions/read"


class Governance:
    """The assignments that are enforced now; what it read is kept until a policy, a role or a lock changes."""

    def __init__(self, store: Store, subscriptions: Subscriptions, tenant: str) -> None:
        self._store, self._subscriptions, self._tenant = store, subscriptions, tenant
        self._seen: object = None
        self._assigned: tuple[Assigned, ...] = ()
        self._exemptions: tuple[Body, ...] = ()

    def judgements(self, subject: Subject, now: str) -> tuple[Judgement, ...]:
        """What each assignment that holds for the resource says of it, its denials included."""
        self._refresh()
        found = []
        for each in self._assigned:
            if reaches(each, subject) and not any(exempts(one, each, subject, now) for one in self._exemptions):
                found.append(judged(each, subject))
        return tuple(each for each in found if each is not None)

    def governs(self) -> bool:
        """True if any assignment is enforced at all."""
        self._refresh()
        return bool(self._assigned)

    def place(self, id: ArmId, api_version: str, now: str) -> Place:
        """What rules may know of the surroundings of a resource."""
        group = id.resource_group_id
        row = self._store.get(group.key) if group is not None else None
        known = self._subscriptions.get(id.subscription or "")
        subscription = {
            "id": f"/subscriptions/{id.subscription}",
            "subscriptionId": id.subscription,
            "displayName": known.name if known else "",
            "tenantId": self._tenant,
        }
        return Place(row.body if row else {}, subscription, self._tenant, api_version, now)

    def _refresh(self) -> None:
        version = self._store.rights_version()
        if self._seen != version:
            rows = self._store.of_type(ASSIGNMENTS)
            found = [self._read(row) for row in rows if self._is_enforced(row)]
            self._assigned = tuple(each for each in found if each is not None)
            self._exemptions = tuple(row.body for row in self._store.of_type(EXEMPTIONS)) if self._assigned else ()
            self._seen = version

    def _is_enforced(self, row: Row) -> bool:
        return str(get(row.body, "/properties/enforcementMode") or ENFORCED).lower() == ENFORCED

    def _read(self, row: Row) -> Assigned | None:
        """None for a definition that is not held here: a built-in of another service, or one that is gone."""
        id = str(get(row.body, "/properties/policyDefinitionId") or "")
        stored = self._store.get(id.lower())
        definition = built_ins.built_in(id) or (stored.body if stored else None)
        if definition is None:
            return None
        try:
            return Assigned(row.body, definition, condition_of(definition))
        except (RuleError, ExpressionError):
            return None


def refusal(judgements: tuple[Judgement, ...], name: str, *, detailed: bool) -> ArmFault | None:
    """ARM's refusal for those judgements that deny; None if none does. `detailed` shows what was compared."""
    denials = [each for each in judgements if each.denies]
    if not denials:
        return None
    reasons = [text for each in denials for text in _reasons(each)]
    if reasons:
        why = f"Reasons: {', '.join(repr(text) for text in reasons)}. See error details for policy resource IDs."
    else:
        why = f"Policy identifiers: '{json.dumps([_identifiers(each) for each in denials], separators=(',', ':'))}'."
    return ArmFault(
        403,
        "RequestDisallowedByPolicy",
        f"Resource '{name}' was disallowed by policy. {why}",
        target=name,
        additional_info=tuple(
            {"type": "PolicyViolation", "info": _violation(each, detailed=detailed)} for each in denials
        ),
    )


def _reasons(judgement: Judgement) -> list[str]:
    """What the assignment tells those whom it refuses."""
    messages = get(judgement.assigned.assignment, "/properties/nonComplianceMessages") or ()
    return [str(each["message"]) for each in messages if each.get("message")]


def _shown_name(document: Body) -> str:
    return str(get(document, "/properties/displayName") or document["name"])


def _identifiers(judgement: Judgement) -> dict[str, Any]:
    assignment, definition = judgement.assigned.assignment, judgement.assigned.definition
    version = get(definition, "/properties/version")
    return {
        "policyAssignment": {"name": _shown_name(assignment), "id": assignment["id"]},
        "policyDefinition": {
            "name": _shown_name(definition),
            "id": definition["id"],
            **({"version": version} if version else {}),
        },
    }


def _violation(judgement: Judgement, *, detailed: bool) -> dict[str, Any]:
    details: dict[str, Any] = {"evaluatedExpressions": list(judgement.trace)}
    if judgement.error:
        details["reason"] = judgement.error
    return {**({"evaluationDetails": details} if detailed else {}), **policy_details(judgement)}


def policy_details(judgement: Judgement) -> dict[str, Any]:
    """The policy behind a judgement, as ARM's refusals and the activity log name it."""
    assignment, definition = judgement.assigned.assignment, judgement.assigned.definition
    scope = judgement.assigned.id.scope
    given: Mapping[str, Any] = get(assignment, "/properties/parameters") or {}
    display = get(assignment, "/properties/displayName")
    return {
        "policyDefinitionId": definition["id"],
        "policyDefinitionName": definition["name"],
        "policyDefinitionDisplayName": _shown_name(definition),
        "policyDefinitionVersion": get(definition, "/properties/version") or "1.0.0",
        "policyDefinitionEffect": judgement.effect,
        "policyAssignmentId": assignment["id"],
        "policyAssignmentName": assignment["name"],
        **({"policyAssignmentDisplayName": display} if display else {}),
        "policyAssignmentScope": scope.text if scope else "/",
        "policyAssignmentParameters": dict(given),
        "policyExemptionIds": [],
    }
