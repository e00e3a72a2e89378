"""Assignments of Azure Policy, and exemptions from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from azkeep.model.value import Reference
from azkeep.policy import NOT_APPLICABLE, Document, Maps, Needs, Node, Severity, Truth, deferred, every, fact, rule
from azkeep.policy.document import folded
from azkeep.policy.truth import State

from ._places import extensions_around, key_at, keys_around

ASSIGNMENT = "Microsoft.Authorization/policyAssignments"
INITIATIVE = "Microsoft.Authorization/policySetDefinitions"
WORKSPACE = "Microsoft.MachineLearningServices/workspaces"


@rule(
    "GOV-POL-001",
    "Policy exemptions end",
    severity=Severity.MEDIUM,
    on="Microsoft.Authorization/policyExemptions",
    paths=("properties.expiresOn", "properties.exemptionCategory"),
    fix="Set expiresOn.",
    maps=Maps(
        psrule=("Azure.Policy.WaiverExpiry", "Azure.Policy.ExemptionDescriptors"),
        other=("Azure/Community-Policy pull 308",),
    ),
)
def policy_exemptions_end(exemption: Document, *, max_days: int = 180, today: str = "") -> Truth:
    """Policy exemptions end.

    Checks: expiresOn is set, in the future and at most max_days ahead; with category Mitigated it is enough that
        expiresOn is in the future, or that description is not empty. today, a date, stands in for the clock.
    Why: Open-ended waivers become the rule.
    Bad:
        - type: Microsoft.Authorization/policyExemptions
          name: example
          properties: {exemptionCategory: Waiver, description: until the network is ready}
    Bad:
        - type: Microsoft.Authorization/policyExemptions
          name: example
          properties: {exemptionCategory: Waiver, expiresOn: "2020-01-31T00:00:00Z"}
    Bad:
        - type: Microsoft.Authorization/policyExemptions
          name: example
          properties: {exemptionCategory: Waiver, expiresOn: "2026-12-31T00:00:00Z"}
        - parameters: {today: "2026-01-31"}
    Bad:
        - type: Microsoft.Authorization/policyExemptions
          name: example
          properties: {exemptionCategory: Mitigated, description: ""}
    Good:
        - type: Microsoft.Authorization/policyExemptions
          name: example
          properties: {exemptionCategory: Waiver, expiresOn: "2026-03-31T00:00:00Z"}
        - parameters: {today: "2026-01-31"}
    Good:
        - type: Microsoft.Authorization/policyExemptions
          name: example
          properties: {exemptionCategory: Mitigated, description: The firewall of the hub does this.}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.Policy.WaiverExpiry.md; docs page "Azure Policy exemption
        structure" (MicrosoftDocs/azure-docs)
    """
    now = _moment(today) if today else datetime.now(UTC)
    expiry, category = exemption["properties.expiresOn"], exemption["properties.exemptionCategory"]
    ahead = expiry.satisfies(lambda text: now < _moment(text))
    soon = expiry.satisfies(lambda text: now < _moment(text) <= now + timedelta(days=max_days))
    mitigated = category.equals("Mitigated") & (exemption["properties.description"].has_text() | ahead)
    waived = category.equals("Waiver") & soon
    return waived | mitigated


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@rule(
    "GOV-POL-002",
    "Job guard rails are assigned on the workspace",
    severity=Severity.LOW,
    on=WORKSPACE,
    needs=Needs.LIVE,
    paths=(
        "Microsoft.Authorization/policyAssignments: properties.policyDefinitionId",
        "Microsoft.Authorization/policyAssignments: properties.scope",
    ),
    fix="Assign the definitions.",
    maps=Maps(
        azure_policy={
            "5853517a-63de-11ea-bc55-0242ac130003": "[Preview]: Configure allowed registries for specified Azure"
            " Machine Learning computes",
            "77eeea86-7e81-4a7d-9067-de844d096752": "[Preview]: Configure allowed Python packages for specified Azure"
            " Machine Learning computes",
            "6a6f7384-63de-11ea-bc55-0242ac130003": "[Preview]: Configure code signing for training code for specified"
            " Azure Machine Learning computes",
            "53c70b02-63dd-11ea-bc55-0242ac130003": "[Preview]: Configure allowed module authors for specified Azure"
            " Machine Learning computes",
            "3948394e-63de-11ea-bc55-0242ac130003": "[Preview]: Configure an approval endpoint called prior to jobs"
            " running for specified Azure Machine Learning computes",
            "1d413020-63de-11ea-bc55-0242ac130003": "[Preview]: Configure log filter expressions and datastore to be"
            " used for full logs for specified Azure Machine Learning computes",
        }
    ),
)
def job_guard_rails_are_assigned_on_the_workspace(
    workspace: Document, *, required_guardrails: tuple[str, ...] = ()
) -> Truth:
    """Job guard rails are assigned on the workspace.

    Checks: Live: for each definition id in required_guardrails (allowed registries, package sources, code signing,
        module authors, approval call, log filters; all of them previews) an enforced assignment on the workspace, or
        on what encloses it, names the definition, or an initiative with it, and does not leave the workspace out.
        Without required_guardrails: not applicable.
    Why: Resource rules cannot see what a job installs.
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - parameters: {required_guardrails: [5853517a-63de-11ea-bc55-0242ac130003]}
    Bad (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.Authorization/policyAssignments
          name: registries
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties:
            policyDefinitionId:
              /providers/Microsoft.Authorization/policyDefinitions/5853517a-63de-11ea-bc55-0242ac130003
            notScopes: [/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example]
        - parameters: {required_guardrails: [5853517a-63de-11ea-bc55-0242ac130003]}
    Good (live):
        - type: Microsoft.MachineLearningServices/workspaces
          name: example
        - type: Microsoft.Authorization/policyAssignments
          name: registries
          scope: /subscriptions/00000000-0000-0000-0000-000000000001
          properties:
            policyDefinitionId:
              /providers/Microsoft.Authorization/policyDefinitions/5853517a-63de-11ea-bc55-0242ac130003
        - parameters: {required_guardrails: [5853517a-63de-11ea-bc55-0242ac130003]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine Learning/AllowedACRs_EnforceSetting.json
    """
    if not required_guardrails:
        return NOT_APPLICABLE
    return every(required_guardrails, lambda definition: _is_guarded(workspace, definition))


def _is_guarded(workspace: Document, definition: str) -> Truth:
    wanted = definition.rstrip("/").rsplit("/", 1)[-1]
    found = extensions_around(workspace, ASSIGNMENT).some(
        lambda assignment: _is_enforced(assignment) & _concerns(assignment, workspace) & _assigns(assignment, wanted)
    )
    if found.state is not State.FALSE:
        return found
    if not workspace.is_live:
        return deferred("only the live workspace tells its policies")
    return workspace.fact(False).because(f"no assignment of {wanted} covers it")


def _is_enforced(assignment: Document) -> Truth:
    return assignment["properties.enforcementMode"].equals("Default", missing=True)


def _concerns(assignment: Document, workspace: Document) -> Truth:
    around = set(keys_around(workspace))
    return assignment["properties.notScopes"].every(lambda left_out: _is_elsewhere(left_out, around))


def _is_elsewhere(left_out: Node, around: set[str]) -> Truth:
    if isinstance(left_out.value, Reference):
        key = key_at(left_out)
        return left_out.shown(deferred("what is left out is not known yet") if key is None else fact(key not in around))
    return left_out.satisfies(lambda text: folded(text) not in around)


def _assigns(assignment: Document, wanted: str) -> Truth:
    node = assignment["properties.policyDefinitionId"]
    initiative = node.resolve()
    if initiative is not None and initiative.is_a(INITIATIVE):
        return initiative["properties.policyDefinitions"].some(
            lambda each: _is_definition(each["policyDefinitionId"], wanted)
        )
    if isinstance(node.value, str) and INITIATIVE.casefold() in node.value.casefold():
        return node.shown(deferred("the initiative is not part of the estate"))
    return _is_definition(node, wanted)


def _is_definition(node: Node, wanted: str) -> Truth:
    return node.satisfies(lambda text: text.rstrip("/").rsplit("/", 1)[-1].casefold() == wanted.casefold())
