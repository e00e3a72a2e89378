"""Alerts on the activity log of a subscription."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, rule

from ._activity_alerts import is_alerted

SUBSCRIPTION = "Microsoft.Resources/subscriptions"
ENABLED, CONDITIONS = (
    f"Microsoft.Insights/activityLogAlerts: properties.{name}" for name in ("enabled", "condition.allOf[*]")
)
POLICY_OPERATIONS = (
    "Microsoft.Authorization/policyAssignments/write",
    "Microsoft.Authorization/policyAssignments/delete",
)
SECURITY_SOLUTIONS = ("Microsoft.Security/securitySolutions/write", "Microsoft.Security/securitySolutions/delete")
SECURITY_POLICIES = ("Microsoft.Security/policies/write",)


@rule(
    "MON-ALR-001",
    "An alert follows administrative changes",
    severity=Severity.LOW,
    on=SUBSCRIPTION,
    needs=Needs.GRAPH,
    paths=(ENABLED, CONDITIONS),
    fix="Add the activity log alert.",
    maps=Maps(
        azure_policy={
            "b954148f-4c11-4c38-8221-be76711e194a": "An activity log alert should exist for specific"
            " Administrative operations"
        },
        cis=(
            "1.4.0:5.2.3",
            "1.4.0:5.2.4",
            "1.4.0:5.2.5",
            "1.4.0:5.2.6",
            "1.4.0:5.2.9",
            "2.0.0:5.1.2",
            "2.0.0:5.2.3",
            "2.0.0:5.2.4",
            "2.0.0:5.2.5",
            "2.0.0:5.2.6",
            "2.0.0:5.2.7",
            "2.0.0:5.2.8",
            "2.1.0:5.2.1",
            "2.1.0:5.2.3",
            "2.1.0:5.2.5",
            "2.1.0:5.2.6",
            "2.1.0:5.2.7",
            "2.1.0:5.2.8",
        ),
    ),
)
def an_alert_follows_administrative_changes(
    subscription: Document,
    *,
    required_operations: tuple[str, ...] = (
        "Microsoft.Network/networkSecurityGroups/write",
        "Microsoft.Network/networkSecurityGroups/delete",
        "Microsoft.Sql/servers/firewallRules/write",
    ),
) -> Truth:
    """An alert follows administrative changes.

    Checks: For each operation in required_operations an enabled alert with category Administrative and an action
        group watches the subscription or a group in it. An alert on every operation counts for all; a missing
        enabled is true.
    Why: Removal of a guard should be noticed at once.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: alert
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
                - {field: operationName, equals: Microsoft.Network/networkSecurityGroups/write}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
        - parameters:
            required_operations:
              - Microsoft.Network/networkSecurityGroups/write
              - Microsoft.Network/networkSecurityGroups/delete
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: alert
          properties:
            enabled: false
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: alert
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: written
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
                - {field: operationName, equals: Microsoft.Network/networkSecurityGroups/write}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
        - type: Microsoft.Insights/activityLogAlerts
          name: deleted
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
                - {field: operationName, equals: Microsoft.Network/networkSecurityGroups/delete}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
        - type: Microsoft.Insights/activityLogAlerts
          name: opened
          properties:
            enabled: true
            scopes: [/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example]
            condition:
              allOf:
                - {field: category, equals: Administrative}
                - {field: operationName, equals: Microsoft.Sql/servers/firewallRules/write}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/ActivityLog_AdministrativeOperations_Audit.json
    """
    return is_alerted(subscription, ("Administrative",), required_operations)


@rule(
    "MON-ALR-002",
    "An alert follows policy changes",
    severity=Severity.LOW,
    on=SUBSCRIPTION,
    needs=Needs.GRAPH,
    paths=(CONDITIONS,),
    fix="Add the alert.",
    maps=Maps(
        azure_policy={
            "c5447c04-a4d7-4ba8-a263-c9ee321a6858": "An activity log alert should exist for specific Policy operations"
        },
        cis=(
            "1.4.0:5.2.1",
            "1.4.0:5.2.2",
            "2.0.0:5.1.2",
            "2.0.0:5.2.1",
            "2.0.0:5.2.2",
            "2.1.0:5.2.1",
            "2.1.0:5.2.2",
            "2.1.0:5.2.3",
            "3.0.0:6.2.1",
            "3.0.0:6.2.2",
        ),
    ),
)
def an_alert_follows_policy_changes(subscription: Document) -> Truth:
    """An alert follows policy changes.

    Checks: As MON-ALR-001 for Microsoft.Authorization/policyAssignments/write and delete.
    Why: Dropping an assignment hides later failures.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: written
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
                - {field: operationName, equals: Microsoft.Authorization/policyAssignments/write}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: written
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
                - {field: operationName, equals: Microsoft.Authorization/policyAssignments/write}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
        - type: Microsoft.Insights/activityLogAlerts
          name: deleted
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
                - {field: operationName, equals: Microsoft.Authorization/policyAssignments/delete}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/ActivityLog_PolicyOperations_Audit.json
    """
    return is_alerted(subscription, ("Administrative",), POLICY_OPERATIONS)


@rule(
    "MON-ALR-003",
    "An alert follows security-policy changes",
    severity=Severity.LOW,
    on=SUBSCRIPTION,
    needs=Needs.GRAPH,
    paths=(CONDITIONS,),
    fix="Add the alert.",
    maps=Maps(
        azure_policy={
            "3b980d31-7904-4bb7-8575-5665739a8052": "An activity log alert should exist for specific"
            " Security operations"
        },
        cis=("1.4.0:5.2.7", "1.4.0:5.2.8", "2.0.0:5.1.2"),
    ),
)
def an_alert_follows_security_policy_changes(subscription: Document) -> Truth:
    """An alert follows security-policy changes.

    Checks: As MON-ALR-001, with category Administrative or Security, for Microsoft.Security/securitySolutions/write
        and delete, or for Microsoft.Security/policies/write.
    Why: Turning protection off should be noticed.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: written
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Security}
                - {field: operationName, equals: Microsoft.Security/securitySolutions/write}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: written
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Security}
                - {field: operationName, equals: Microsoft.Security/policies/write}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: written
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
                - {field: operationName, equals: Microsoft.Security/securitySolutions/write}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
        - type: Microsoft.Insights/activityLogAlerts
          name: deleted
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: Administrative}
                - {field: operationName, equals: Microsoft.Security/securitySolutions/delete}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Source: Azure/azure-policy
        built-in-policies/policyDefinitions/Monitoring/ActivityLog_SecurityOperations_Audit.json
    """
    return is_alerted(subscription, ("Administrative", "Security"), SECURITY_SOLUTIONS) | is_alerted(
        subscription, ("Administrative", "Security"), SECURITY_POLICIES
    )


@rule(
    "MON-ALR-004",
    "Service health reaches the team",
    severity=Severity.LOW,
    on=SUBSCRIPTION,
    needs=Needs.GRAPH,
    paths=(CONDITIONS,),
    fix="Add a service health alert.",
    maps=Maps(
        psrule=("Azure.Monitor.ServiceHealth",),
    ),
)
def service_health_reaches_the_team(subscription: Document) -> Truth:
    """Service health reaches the team.

    Checks: An enabled alert with category ServiceHealth and an action group watches the subscription or a group in
        it.
    Why: Platform outages look like own faults.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: health
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: ResourceHealth}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Insights/actionGroups
          name: mail
        - type: Microsoft.Insights/activityLogAlerts
          name: health
          properties:
            enabled: true
            scopes: ["@example"]
            condition:
              allOf:
                - {field: category, equals: ServiceHealth}
            actions: {actionGroups: [{actionGroupId: "@mail"}]}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.Monitor.ServiceHealth.md
    """
    return is_alerted(subscription, ("ServiceHealth",))
