"""What online deployments run: model, environment and variables."""

from __future__ import annotations

import re

from azkeep.policy import (
    FALSE,
    NOT_APPLICABLE,
    TRUE,
    Document,
    Maps,
    Needs,
    Node,
    Severity,
    Truth,
    deferred,
    every,
    fact,
    rule,
    when,
)

from ._secrets import hidden

DEPLOYMENT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments"
MODEL_VERSION = "Microsoft.MachineLearningServices/workspaces/models/versions"
ENVIRONMENT_VERSION = "Microsoft.MachineLearningServices/workspaces/environments/versions"
REGISTRY_ENVIRONMENT_VERSION = "Microsoft.MachineLearningServices/registries/environments/versions"
_REGISTRY = re.compile(r"(?:azureml:/+|.*/providers/Microsoft\.MachineLearningServices/)registries/([^/]+)/.*", re.I)
_PINNED = r"(?:.*/versions/|(?:azureml:)?(?!azureml:)[^:/@]+:)(?!latest$)[^/@:]+"
_SECRET_VALUE = re.compile(
    r"(?:account|sharedaccess|access|api)key\s*=|sharedaccesssignature|(?:^|;)\s*(?:password|pwd)\s*="
    r"|[?&]sig=|://[^/\s:@]+:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----",
    re.I,
)
"""Connection strings, SAS tokens, addresses with a password, private keys."""


@rule(
    "END-SEC-001",
    "Models come from approved registries and publishers",
    severity=Severity.HIGH,
    on=DEPLOYMENT,
    paths=("properties.model",),
    fix="Import the model into the estate registry first.",
    maps=Maps(
        azure_policy={
            "12e5dd16-d201-47ff-849b-8454061c293d": (
                "[Preview]: Azure Machine Learning Deployments should only use approved Registry Models"
            ),
            "19539b54-c61e-4196-9a38-67598701be90": (
                "[Preview]: Azure Machine Learning Model Registry Deployments are restricted except for the allowed "
                "Registry"
            ),
        },
        mcsb=("AI-1",),
    ),
)
def models_come_from_approved_registries_and_publishers(
    deployment: Document, *, allowed_registries: tuple[str, ...] = (), allowed_assets: tuple[str, ...] = ()
) -> Truth:
    """Models come from approved registries and publishers.

    Checks: Where the model's id names a registry: the registry is in allowed_registries, and the id is in
        allowed_assets, or below an entry without a version. An empty list sets no limit. Models of the workspace pass;
        a deployment without a model is not judged.
    Why: Unvetted models can carry code that runs at load time.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {model: azureml://registries/anybody/models/tiny/versions/1}
        - parameters: {allowed_registries: [estate]}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {model: azureml://registries/azureml/models/tiny/versions/1}
        - parameters: {allowed_registries: [azureml], allowed_assets: [azureml://registries/azureml/models/phi]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {model: azureml://registries/estate/models/tiny/versions/1}
        - parameters: {allowed_registries: [estate], allowed_assets: [azureml://registries/estate/models/tiny]}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {model: "@workspace#/models/tiny/versions/1"}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
        - parameters: {allowed_registries: [estate]}
    Source: Azure/azure-policy built-in-policies/policyDefinitions/Machine
        Learning/AllowDeployRegistryModels_Audit.json
    """
    model = deployment["properties.model"]
    if model.is_missing:
        return NOT_APPLICABLE
    if not allowed_registries and not allowed_assets:
        return TRUE
    declared = None if isinstance(model.value, str) else model.resolve()
    if declared is not None and declared.id is None:
        return TRUE if declared.is_a(MODEL_VERSION) else model.shown(deferred("the registry is not known yet"))
    if declared is not None:
        return model.shown(fact(_is_allowed(declared.id or "", allowed_registries, allowed_assets)))
    return model.satisfies(lambda id: _is_allowed(id, allowed_registries, allowed_assets))


def _is_allowed(id: str, registries: tuple[str, ...], assets: tuple[str, ...]) -> bool:
    found = _REGISTRY.match(id)
    if found is None:
        return True
    known = not registries or found[1].casefold() in {name.casefold() for name in registries}
    asset = id.casefold()
    listed = any(asset == each.casefold() or asset.startswith(each.casefold() + "/") for each in assets)
    return known and (listed or not assets)


@rule(
    "END-SEC-002",
    "Environments are pinned",
    severity=Severity.MEDIUM,
    on=DEPLOYMENT,
    needs=Needs.GRAPH,
    paths=("properties.environmentId",),
    fix="Reference a version.",
)
def environments_are_pinned(deployment: Document) -> Truth:
    """Environments are pinned.

    Checks: environmentId names an explicit version; a label, such as latest, and an id without version fail, and so
        does a missing id, except beside an MLflow model, which brings its own.
    Why: A floating environment changes the served image without review.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {environmentId: azureml:scoring@latest}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {environmentId: azureml://registries/azureml/environments/sklearn/labels/latest}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {environmentId: "@workspace#/environments/scoring"}
        - type: Microsoft.MachineLearningServices/workspaces
          name: workspace
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {model: "@workspace/tiny/1"}
        - type: Microsoft.MachineLearningServices/workspaces/models/versions
          name: workspace/tiny/1
          properties: {modelType: custom_model}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {environmentId: azureml://registries/azureml/environments/sklearn/versions/31}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {environmentId: "@workspace/scoring/4"}
        - type: Microsoft.MachineLearningServices/workspaces/environments/versions
          name: workspace/scoring/4
    Source: azure-ai-ml 1.35.2, arm_ml_service models (ARM API 2025-12-01)
    """
    environment = deployment["properties.environmentId"]
    if environment.is_missing:
        return when(~_is_mlflow(deployment["properties.model"]), environment.has_text())
    declared = None if isinstance(environment.value, str) else environment.resolve()
    if declared is not None:
        return environment.shown(fact(declared.is_a(ENVIRONMENT_VERSION, REGISTRY_ENVIRONMENT_VERSION)))
    return environment.matches(_PINNED)


def _is_mlflow(model: Node) -> Truth:
    if model.is_missing:
        return FALSE
    declared = model.resolve()
    if declared is None:
        return deferred("whether the model brings its own environment cannot be seen: it is not part of the estate")
    return declared["properties.modelType"].equals("mlflow_model")


@rule(
    "END-SEC-003",
    "Deployment variables carry no secrets",
    severity=Severity.HIGH,
    on=DEPLOYMENT,
    paths=("properties.environmentVariables",),
    fix="Fetch the secret at run time with the endpoint identity.",
)
def deployment_variables_carry_no_secrets(
    deployment: Document, *, secret_key_pattern: str = "(?i)(secret|password|key|token|connstr)"
) -> Truth:
    """Deployment variables carry no secrets.

    Checks: No variable whose name matches secret_key_pattern has a value, no value looks like a connection string, a
        SAS token, an address with a password or a private key, and none is a secret of the program: Azure stores them
        in clear.
    Why: Environment variables are readable by every reader of the deployment.
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {environmentVariables: {DB_PASSWORD: written, LEVEL: info}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties:
            environmentVariables: {STORE: "https://example.blob.core.windows.net/data?sv=2024-11-04&sig=abc"}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {environmentVariables: {STORE: "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc"}}
    Bad:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {environmentVariables: {DATABASE: "secret:anything"}}
    Good:
        - type: Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments
          name: workspace/endpoint/example
          properties: {environmentVariables: {LEVEL: info, VAULT: "https://example.vault.azure.net/"}}
    Source: own rule (platform-team practice); no outside rule found
    """
    variables = deployment["properties.environmentVariables"]
    open_ = ~(variables.is_secret() & variables.has_members())
    return open_ & every(variables.members(), lambda each: _is_harmless(each, secret_key_pattern))


def _is_harmless(variable: Node, pattern: str) -> Truth:
    if variable.is_secret():
        return variable.shown(FALSE).because("ARM stores a secret of the program in clear")
    if re.search(pattern, variable.name):
        return hidden(variable.equals("", missing=True)).otherwise("the name says that this is a secret")
    harmless = variable.satisfies(lambda text: _SECRET_VALUE.search(text) is None, missing=True)
    return hidden(harmless).otherwise("the value looks like a secret")
