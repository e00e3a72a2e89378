"""What a gate knows of an applied stack."""

from __future__ import annotations

from tests.unit.jobs.checks import VAULT, declared_vault, granted, state, vault
from tests.unit.policies.cases import rule_of
from tests.unit.policy.findings import TODAY

from azkeep.engine.state import from_export
from azkeep.jobs.policing import waivers_of
from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import evaluate
from azkeep.policy.waiving import waive


def test_waivers_of_a_program_hold_for_live_documents() -> None:
    """A waiver that the program grants on a resource waives what is found on it in the cloud."""
    waivers = waivers_of(from_export(state(declared_vault(), granted("KV-NET-001"))))
    assert [(each.rule, each.resource) for each in waivers] == [("KV-NET-001", VAULT)]
    live = Estate.of_documents([vault(publicNetworkAccess="Enabled"), vault("kv-other", publicNetworkAccess="Enabled")])
    found = waive(evaluate((rule_of("KV-NET-001"),), live), waivers, frozenset(), TODAY).findings
    assert [(each.name, each.verdict.value) for each in found] == [("kv-shop", "waived"), ("kv-other", "fail")]
