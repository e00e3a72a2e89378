"""What a stack hands out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy import FALSE, TRUE, Document, Maps, Needs, Node, Severity, Truth, all_of, deferred, fact, rule
from azkeep.policy.truth import Evidence, NotDecided

STACK = "pulumi:pulumi:Stack"

_NAMES = re.compile(
    r".*(password|passwd|pwd|passphrase|secret|credential|connection_?string|kube_?config|certificate|private_?key"
    r"|(access|account|admin|api|client|function|host|master|primary|secondary|shared|signing|storage|subscription"
    r"|encryption)_?key|(sas|access|auth|bearer|refresh|id|api|registration)_?token)s?(_?values?)?"
    r"|keys?|tokens?|sas",
    re.IGNORECASE,
)
"""Names of outputs that hold secrets; not `key_vault_id`, `public_key`, `secret_name` or `token_endpoint`."""

_WORD, _BASE64 = r"[A-Za-z0-9_~.-]", r"[A-Za-z0-9+/]"
_TEXTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a connection string", re.compile(r"(^|;)\s*(AccountKey|SharedAccessKey|Password|Pwd|AccessKey)\s*=\s*\S", re.I)),
    ("a shared access signature", re.compile(r"(^|[?&;])(sig|SharedAccessSignature)=[A-Za-z0-9%+/_-]{20,}", re.I)),
    ("a token", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    ("a token", re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,}|dapi[0-9a-f]{32})\b")),
    ("a client secret", re.compile(rf"(?<!{_WORD}){_WORD}{{3}}[78]Q~{_WORD}{{31,34}}(?!{_WORD})")),
    ("an account key", re.compile(rf"(?<!sha256-)(?<!{_BASE64})({_BASE64}{{86}}==|{_BASE64}{{43}}=)(?!{_BASE64}|=)")),
    ("an access key", re.compile(rf"{_BASE64}{{30,}}(JQQJ9|\+ACR|AzCa|AzSe|AzFu|\+ASt|\+AMC|ACDb){_BASE64}{{5,}}")),
    ("a certificate or key", re.compile(r"-----BEGIN (?!PUBLIC KEY)[A-Z0-9 ]+-----")),
    ("a password in an address", re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]+@", re.I)),
    ("a cluster credential", re.compile(r"\bclient-(key|certificate)-data\s*:", re.I)),
)  # fmt: skip
"""What a text holds, and how that looks."""

_HARMLESS = re.compile(
    r"\s*|true|false|/subscriptions/.*|https?://[^\s?@]*|InstrumentationKey=[^;]*(;[A-Za-z]+(Endpoint|Id|Suffix)=[^;]*)*;?",
    re.IGNORECASE,
)
"""Texts that are no secret whatever they are called: ids, addresses without a signature, where telemetry goes."""
_PLAIN = re.compile(r"(.*_)?(id|ids|name|names|uri|url|endpoint|type|location|fqdn|urn)", re.IGNORECASE)
"""Outputs of resources that are no secret whatever the stack calls them."""
TELEMETRY = "Microsoft.Insights/components"


@rule(
    "ID-OUT-001",
    "Outputs of the stack hold no secrets",
    severity=Severity.CRITICAL,
    on=STACK,
    needs=Needs.PROGRAM,
    paths=("outputs",),
    fix="Mark the output secret or drop it.",
    maps=Maps(psrule=("Azure.Deployment.OutputSecretValue", "Azure.Deployment.SecretLeak")),
)
def outputs_of_the_stack_hold_no_secrets(stack: Document) -> Truth:
    """Outputs of the stack hold no secrets.

    Checks: No plain output matches a key, connection string, token or certificate, by what it holds or what it is
        called, and none is such a property of a resource, or comes from a list-keys call, unless it is marked secret.
    Why: Outputs are copied to logs and other stacks.
    Bad:
        - type: pulumi:pulumi:Stack
          name: example
          storageKey: not-in-the-clear
    Bad:
        - type: pulumi:pulumi:Stack
          name: example
          workspace: {endpoint: "https://example.net", connection_strings: ["Server=example;Password=example"]}
    Good:
        - type: pulumi:pulumi:Stack
          name: example
          workspaceId: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/example
          endpoint: https://example.westeurope.inference.ml.azure.com/score
          keyVaultName: example
          storageKey: "secret:not-in-the-clear"
    Source: Azure/PSRule.Rules.Azure docs/en/rules/Azure.Deployment.OutputSecretValue.md
    """
    return all_of(_judged(stack.root, is_named=False))


def _judged(node: Node, *, is_named: bool) -> Iterable[Truth]:
    """One Truth for each plain value below `node`; `is_named` where a name above it speaks of a secret."""
    if isinstance(node.value, Secret):
        return
    if isinstance(node.value, Unknown | Reference):
        yield _of_what_is_not_known(node, is_named)
        return
    if isinstance(node.value, str):
        yield _of_text(node, is_named)
        return
    try:
        below = node.members()
    except NotDecided:
        below = node.items() if isinstance(node.value, list | tuple) else ()
    for each in below:
        yield from _judged(each, is_named=is_named or _NAMES.fullmatch(_snake(each.name)) is not None)


def _of_what_is_not_known(node: Node, is_named: bool) -> Truth:
    """The output of a resource is judged by its name; other values only once they are known."""
    value = node.value
    target = node.document.estate.declared(value.urn) if isinstance(value, Reference) else None
    if target is not None and target.is_a(TELEMETRY):
        return node.shown(TRUE)
    output = value.output.rpartition(".")[2] if isinstance(value, Reference) else ""
    if _NAMES.fullmatch(_snake(output)):
        return node.shown(FALSE).because(f"holds {output} of a resource")
    if output and (not is_named or _PLAIN.fullmatch(_snake(output))):
        return node.shown(TRUE)
    return node.shown(deferred("whether it holds a secret shows when it is known"))


def _of_text(node: Node, is_named: bool) -> Truth:
    found = next((what for what, pattern in _TEXTS if pattern.search(node.value)), "")
    is_called = is_named and _HARMLESS.fullmatch(node.value) is None
    if not found and not is_called:
        return node.shown(TRUE)
    # What is found must not be shown: a report is a copy, too.
    evidence = Evidence(node.document, node.path, Secret(node.value))
    return fact(False, evidence).because(f"holds {found or 'a secret, by its name'}")


def _snake(name: str) -> str:
    """`storageKey` and `storage-key` as `storage_key`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-. ]", "_", name)
