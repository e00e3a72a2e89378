"""Who hears of the alerts of Microsoft Defender for Cloud."""

from __future__ import annotations

from azkeep.policy import Document, Maps, Needs, Severity, Truth, deferred, rule

SUBSCRIPTION = "Microsoft.Resources/subscriptions"
CONTACT = "Microsoft.Security/securityContacts"


@rule(
    "MON-CON-001",
    "Security mail reaches a person",
    severity=Severity.LOW,
    on=SUBSCRIPTION,
    needs=Needs.LIVE,
    paths=(
        "Microsoft.Security/securityContacts: properties.emails",
        "Microsoft.Security/securityContacts: properties.isEnabled",
        "Microsoft.Security/securityContacts: properties.notificationsByRole.state",
    ),
    fix="Set the contact.",
    maps=Maps(
        azure_policy={
            "4f4f78b8-e367-4b10-a341-d9a4ad5cf1c7": "Subscriptions should have a contact email address for security"
            " issues",
            "0b15565f-aa9e-48ba-8619-45960f2c314d": "Email notification to subscription owner for high severity alerts"
            " should be enabled",
        },
        mcsb=("IR-2",),
        cis=("1.4.0:2.13", "2.0.0:2.1.19", "2.1.0:2.1.18"),
        checkov=("CKV_AZURE_21", "CKV_AZURE_22"),
        psrule=("Azure.Defender.SecurityContact",),
        other=("KICS:email_notifications_set_off",),
    ),
)
def security_mail_reaches_a_person(subscription: Document) -> Truth:
    """Security mail reaches a person.

    Checks: A security contact of the subscription has emails, or notificationsByRole.state On with a role; and its
        alert notifications are enabled: isEnabled is true with Alert among the sources that are given, or, in older
        versions, alertNotifications is On. Only the live subscription tells where no contact is declared.
    Why: Unread alerts are no alerts.
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/securityContacts
          name: default
          scope: "@example"
          properties: {emails: "", isEnabled: true}
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/securityContacts
          name: default
          scope: "@example"
          properties: {emails: security@example.com, isEnabled: false}
    Bad:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/securityContacts
          name: default
          scope: "@example"
          properties: {notificationsByRole: {state: "Off", roles: [Owner]}, isEnabled: true}
    Bad (live):
        - type: Microsoft.Resources/subscriptions
          name: example
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/securityContacts
          name: default
          scope: "@example"
          properties:
            emails: security@example.com
            isEnabled: true
            notificationsSources: [{sourceType: Alert, minimalSeverity: Medium}]
    Good:
        - type: Microsoft.Resources/subscriptions
          name: example
        - type: Microsoft.Security/securityContacts
          name: default
          scope: "@example"
          properties:
            notificationsByRole: {state: "On", roles: [Owner]}
            alertNotifications: {state: "On"}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Security Center/ASC_Security_contact_email.json;
        bridgecrewio/checkov checkov/arm/checks/resource/SecurityCenterContactEmailAlert.py; Azure/PSRule.Rules.Azure
        docs/en/rules/Azure.Defender.SecurityContact.md; Checkmarx/kics
        assets/queries/azureResourceManager/email_notifications_set_off
    """
    contacts = subscription.extensions(CONTACT)
    if contacts.pairs:
        return contacts.some(lambda contact: _is_read(contact) & _is_notified(contact))
    if subscription.is_live:
        return subscription.fact(False).because("it has no security contact")
    return deferred("the security contact is not part of the estate")


def _is_read(contact: Document) -> Truth:
    by_role = contact["properties.notificationsByRole"]
    addressed = contact["properties.emails"].has_text() | contact["properties.email"].has_text()
    return addressed | (by_role["state"].equals("On") & by_role["roles"].has_items())


def _is_notified(contact: Document) -> Truth:
    """Source: Security Contacts REST API 2023-12-01-preview, 2020-01-01-preview and 2017-08-01-preview."""
    sources, older = contact["properties.notificationsSources"], contact["properties.alertNotifications"]
    is_wanted = sources.some(lambda source: source["sourceType"].equals("Alert"))
    is_on = contact["properties.isEnabled"].is_true()
    newer = is_on if sources.is_missing else is_on & is_wanted
    return newer | older.equals("On") | older["state"].equals("On")
