"""Secrets of Key Vault."""

from __future__ import annotations

from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy import Document, Maps, Needs, Severity, Truth, deferred, fact, rule

from ._secrets import hidden
from ._time import is_ahead

SECRET = "Microsoft.KeyVault/vaults/secrets"


@rule(
    "KV-SEC-001",
    "Secrets have an expiry date",
    severity=Severity.MEDIUM,
    on=SECRET,
    paths=("properties.attributes.exp",),
    fix="Set attributes.exp.",
    maps=Maps(
        azure_policy={
            "98728c90-32c7-4049-8429-847dc0f4fe37": "Key Vault secrets should have an expiration date",
        },
        mcsb=("DP-6",),
        cis=(
            "1.4.0:8.3",
            "1.4.0:8.4",
            "2.0.0:8.3",
            "2.0.0:8.4",
            "2.1.0:8.3",
            "2.1.0:8.4",
            "3.0.0:3.3.3",
            "3.0.0:3.3.4",
        ),
        checkov=("CKV_AZURE_41",),
        other=("KICS:secret_without_expiration_date", "Trivy:ensure_secret_expiry"),
    ),
)
def secrets_have_an_expiry_date(secret: Document) -> Truth:
    """Secrets have an expiry date.

    Checks: Present and in the future.
    Why: Old secrets stay valid after people leave.
    Bad:
        - type: Microsoft.KeyVault/vaults/secrets
          name: example/one
          properties: {attributes: {enabled: true}}
    Bad:
        - type: Microsoft.KeyVault/vaults/secrets
          name: example/one
          properties: {attributes: {exp: 946684800}}
    Good:
        - type: Microsoft.KeyVault/vaults/secrets
          name: example/one
          properties: {attributes: {exp: 4102444800}}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/Secrets_ExpirationSet.json;
        bridgecrewio/checkov checkov/arm/checks/resource/SecretExpirationDate.py; Checkmarx/kics
        assets/queries/azureResourceManager/secret_without_expiration_date; aquasecurity/trivy-checks
        checks/cloud/azure/keyvault/ensure_secret_expiry.rego
    """
    return is_ahead(secret["properties.attributes.exp"])


@rule(
    "KV-SEC-002",
    "Secrets say what they hold",
    severity=Severity.LOW,
    on=SECRET,
    paths=("properties.contentType",),
    fix="Set contentType.",
    maps=Maps(
        azure_policy={
            "75262d3e-ba4a-4f43-85f8-9f72c090e5e3": "Secrets should have content type set",
        },
        checkov=("CKV_AZURE_114",),
        other=("Trivy:content_type_for_secret",),
    ),
)
def secrets_say_what_they_hold(secret: Document) -> Truth:
    """Secrets say what they hold.

    Checks: Non-empty.
    Why: A content type stops the wrong secret from being used.
    Bad:
        - type: Microsoft.KeyVault/vaults/secrets
          name: example/one
          properties: {attributes: {enabled: true}}
    Bad:
        - type: Microsoft.KeyVault/vaults/secrets
          name: example/one
          properties: {contentType: " "}
    Good:
        - type: Microsoft.KeyVault/vaults/secrets
          name: example/one
          properties: {contentType: text/plain}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Key Vault/Secrets_ContentTypeSet.json;
        bridgecrewio/checkov checkov/arm/checks/resource/SecretContentType.py; aquasecurity/trivy-checks
        checks/cloud/azure/keyvault/content_type_for_secret.rego
    """
    return secret["properties.contentType"].has_text()


@rule(
    "KV-SEC-003",
    "Secret values are not literals",
    severity=Severity.CRITICAL,
    on=SECRET,
    needs=Needs.PROGRAM,
    paths=("properties.value",),
    fix="Read the value from a secret source and mark it secret.",
    maps=Maps(
        psrule=("Azure.Deployment.SecureValue", "Azure.Deployment.SecureParameter"),
        other=("KICS:hardcoded_securestring_parameter_default_value",),
    ),
)
def secret_values_are_not_literals(secret: Document) -> Truth:
    """Secret values are not literals.

    Checks: In the program or its state: the value is marked secret, or the output of another resource; a plain
        value fails. Deferred where the program is not known, for Azure never returns the value.
    Why: A literal ends up in source control and state.
    Bad:
        - type: Microsoft.KeyVault/vaults/secrets
          name: example/one
          properties: {value: a plain password}
    Bad:
        - type: Microsoft.KeyVault/vaults/secrets
          name: example/one
          properties: {contentType: text/plain}
    Good:
        - type: Microsoft.KeyVault/vaults/secrets
          name: example/one
          properties: {value: "secret:generated"}
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.Deployment.SecureValue.md; Checkmarx/kics
        assets/queries/azureResourceManager/hardcoded_securestring_parameter_default_value
    """
    if secret.is_live or secret.program is None:
        return deferred("Azure never returns the value of a secret")
    value = secret["properties.value"]
    if isinstance(value.value, Unknown):
        return deferred("whether the value is secret is known only with it")
    return hidden(value.shown(fact(isinstance(value.value, Secret | Reference))))
