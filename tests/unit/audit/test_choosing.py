"""How bad, what counts, what is shown, and what a new recording keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from azkeep.audit.carry import carried
from azkeep.audit.choosing import Choice, Ignore, choose, ignoring, refuse_unknown
from azkeep.audit.rules import with_rules
from azkeep.audit.severity import of_change, of_unmanaged
from azkeep.errors import UsageError
from azkeep.model.drift import Audit, Drift, DriftKind, Severity, Who
from azkeep.model.finding import Finding, Place, Verdict
from azkeep.model.plan import Change, OutsideChange

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"
STORE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/store"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/vault"


def drift(path: str = "/tags/a", id: str = STORE, severity: Severity = Severity.LOW, **more: Any) -> Drift:
    return Drift(DriftKind.DECLARED, severity, id, "T", Change(path, "x", "y"), **more)


@pytest.mark.parametrize(
    ("path", "after", "concern", "severity"),
    [
        ("/properties/publicNetworkAccess", "Enabled", "access", Severity.CRITICAL),
        ("/properties/publicNetworkAccess", "Disabled", "access", Severity.HIGH),
        ("/properties/networkAcls/defaultAction", "Allow", "access", Severity.CRITICAL),
        ("/properties/networkAcls/ipRules/0/value", "1.2.3.4", "network", Severity.HIGH),
        ("/properties/allowSharedKeyAccess", True, "keys", Severity.HIGH),
        ("/properties/minimumTlsVersion", "TLS1_0", "encryption", Severity.HIGH),
        ("/identity/type", "None", "identity", Severity.HIGH),
        ("/properties/properties/scaleSettings/maxNodeCount", 40, "cost", Severity.MEDIUM),
        ("/tags/owner", "eve", "tags", Severity.LOW),
        ("/properties/accessTierChangeTime", "x", "other", Severity.MEDIUM),
    ],
)
def test_a_property_is_as_bad_as_what_it_does(path: str, after: Any, concern: str, severity: Severity) -> None:
    """Public access above network, identity, encryption and keys, these above cost, cost above tags."""
    assert of_change(Change(path, None, after)) == (concern, severity)


def test_what_nobody_declared_is_as_bad_as_its_type() -> None:
    """A way to sign in is worse than a machine."""
    credentials = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
    assert of_unmanaged(credentials) == ("identity", Severity.CRITICAL)
    assert of_unmanaged("Microsoft.MachineLearningServices/workspaces/computes") == ("cost", Severity.MEDIUM)
    assert of_unmanaged("Microsoft.Quantum/workspaces") == ("other", Severity.MEDIUM)


def finding(rule: str, path: str, severity: Severity = Severity.CRITICAL, **more: Any) -> Finding:
    return Finding(rule, "t", severity, Verdict.FAIL, STORE, "T", "store", path=path, **more)


def test_a_broken_rule_raises_the_severity() -> None:
    """The rule that decides on the property names itself; one on another property does not."""
    audit = Audit((drift(), drift("/properties/publicNetworkAccess", severity=Severity.MEDIUM)), 1, 1)
    judged = with_rules(audit, [finding("R-1", "/properties/publicNetworkAccess"), finding("R-2", "/properties/other")])
    assert [(each.change and each.change.path, each.severity, each.rules) for each in judged.drifts] == [
        ("/properties/publicNetworkAccess", Severity.CRITICAL, ("R-1",)),
        ("/tags/a", Severity.LOW, ()),
    ]


def test_a_rule_is_at_home_where_its_values_stand() -> None:
    """Places of a rule may lie in another document than the one that it is about."""
    place = Place(VAULT, "/properties/enableRbacAuthorization", False)
    audit = Audit((drift("/properties/enableRbacAuthorization", VAULT),), 1, 1)
    (judged,) = with_rules(audit, [finding("R-3", "", places=(place,))]).drifts
    assert judged.rules == ("R-3",)


def test_passed_and_accepted_rules_say_nothing() -> None:
    """Only what fails, and nobody has accepted, is named."""
    passed = Finding("R-1", "t", Severity.HIGH, Verdict.PASS, STORE, "T", "store", path="/tags/a")
    accepted = finding("R-2", "/tags/a", accepted=True)
    (judged,) = with_rules(Audit((drift(),), 1, 1), [passed, accepted]).drifts
    assert (judged.rules, judged.severity) == ((), Severity.LOW)


IGNORE = Ignore("store", "tags.*", "the cost team tags", date(2026, 12, 31))


def test_what_is_ignored_is_shown_and_no_drift() -> None:
    """By name and property, with the reason and its end."""
    audit = Audit((drift(), drift("/properties/x"), drift(id=VAULT)), 2, 2)
    marked = ignoring(audit, [IGNORE], date(2026, 11, 22))
    assert [each.ignored for each in marked.drifts] == ["the cost team tags (until 2026-12-31)", "", ""]
    assert marked.summary["declared_drift"] == 2
    assert marked.summary["ignored"] == 1


def test_a_rule_that_ended_ignores_nothing() -> None:
    """The finding is back, and says why it had been away."""
    (back,) = ignoring(Audit((drift(),), 1, 1), [IGNORE], date(2027, 1, 1)).drifts
    assert back.counts
    assert back.detail == "the rule that ignored it ended on 2026-12-31: the cost team tags"


def test_nothing_unread_is_ignored() -> None:
    """Nobody can know beforehand that what could not be read is fine."""
    unread = Drift(DriftKind.UNREAD, Severity.INFO, STORE, "T", detail="403")
    everything = Ignore("*", "*", "all", date(2027, 1, 1))
    assert ignoring(Audit((unread,), 0, 1), [everything], date(2026, 11, 22)).drifts == (unread,)


def test_chosen_findings_and_the_number_of_the_others() -> None:
    """By resource and below, by severity, by time; what could not be read stays, what has no time too."""
    old = drift("/tags/old", who=(Who("eve", at="2026-11-01T00:00:00Z"),))
    new = drift("/tags/new", who=(Who("eve", at="2026-11-21T00:00:00Z"),))
    bad = drift("/properties/x", VAULT, Severity.HIGH)
    unread = Drift(DriftKind.UNREAD, Severity.INFO, f"{STORE}/blobServices/default", "T", detail="403")
    audit = Audit((bad, old, new, unread), 2, 3)
    since = datetime(2026, 11, 20, tzinfo=UTC)
    assert choose(audit, Choice(only=(STORE.upper(),))).drifts == (old, new, unread)
    assert choose(audit, Choice(severity=Severity.HIGH)).drifts == (bad, unread)
    chosen = choose(audit, Choice(since=since))
    assert (chosen.drifts, chosen.hidden) == ((bad, new, unread), 1)


def outside(*changes: Change) -> OutsideChange:
    return OutsideChange("changed", STORE, "Microsoft.Storage/storageAccounts", changes)


def body(**properties: Any) -> dict[str, Any]:
    return {"id": STORE, "properties": properties}


def test_somebody_elses_change_stays_recorded_as_it_was() -> None:
    """What is still as the foreign hand left it keeps its recorded value; what was put right is recorded anew."""
    before = body(publicNetworkAccess="Disabled", accessTier="Hot")
    changes = (
        Change("/properties/publicNetworkAccess", "Disabled", "Enabled"),
        Change("/properties/accessTier", "Hot", "Cool"),
    )
    live = body(publicNetworkAccess="Disabled", accessTier="Cool", minimumTlsVersion="TLS1_2")
    assert carried(outside(*changes), before, live) == body(
        publicNetworkAccess="Disabled", accessTier="Hot", minimumTlsVersion="TLS1_2"
    )


def test_what_somebody_added_is_not_recorded() -> None:
    """A property that had not been there is taken out of the recording."""
    change = Change("/properties/accessTier", None, "Cool")
    assert carried(outside(change), body(), body(accessTier="Cool")) == body()


def test_a_resource_that_is_gone_carries_nothing() -> None:
    """Nothing to compare, nothing to keep."""
    assert carried(outside(Change("/x", 1, 2)), body(), None) is None
    assert carried(outside(), body(), body(a=1)) == body(a=1)


def test_what_is_missing_stays_recorded_until_it_is_there_again() -> None:
    """So that it is still compared with what it was, and explained by what happened since then."""
    missing = OutsideChange("missing", STORE, "Microsoft.Storage/storageAccounts")
    assert carried(missing, body(accessTier="Hot"), None) == body(accessTier="Hot")
    assert carried(missing, body(accessTier="Hot"), body(accessTier="Cool")) == body(accessTier="Cool")
    assert carried(missing, None, None) is None


def test_a_rule_of_the_parent_is_about_the_child_that_it_shows() -> None:
    """A security rule of nobody's has the rules that its group breaks by it, and no other of the group's."""
    group = f"{GROUP}/providers/Microsoft.Network/networkSecurityGroups/nsg"
    own, strange = f"{group}/securityRules/own", f"{group}/securityRules/Strange"
    shown = {"id": group, "properties": {"securityRules": [{"id": own}, {"id": strange.upper()}]}}
    stranger = Drift(
        DriftKind.UNMANAGED, Severity.HIGH, strange, "Microsoft.Network/networkSecurityGroups/securityRules"
    )
    changed = replace(stranger, kind=DriftKind.DECLARED, id=own, change=Change("/properties/access", "Deny", "Allow"))
    audit = Audit((stranger, changed), 1, 1, documents={group: shown})
    broken = [
        replace(finding(rule, path), id=group, severity=Severity.CRITICAL)
        for rule, path in (
            ("R-OWN", "/properties/securityRules/0/properties/access"),
            ("R-STRANGE", "/properties/securityRules/1/properties/sourceAddressPrefix"),
            ("R-ALL", "/properties/securityRules"),
            ("R-GROUP", ""),
        )
    ]
    found = {each.id: (each.rules, each.severity) for each in with_rules(audit, broken).drifts}
    assert found == {strange: (("R-STRANGE",), Severity.CRITICAL), own: (("R-ALL", "R-OWN"), Severity.CRITICAL)}


def test_only_names_what_was_looked_at() -> None:
    """An id in any case, or what stands above one; a name that nothing has would find nothing whatever has drifted."""
    refuse_unknown([STORE.upper(), GROUP, VAULT], [STORE, VAULT])
    with pytest.raises(UsageError, match="nothing that was looked at has the id") as refused:
        refuse_unknown([STORE, f"{STORE}s"], [STORE, VAULT])
    assert (refused.value.subject, refused.value.fix) == (f"{STORE}s", f"Did you mean {STORE}?")
    with pytest.raises(UsageError) as refused:
        refuse_unknown(["urn:pulumi:dev::p::t::n"], [STORE])
    assert refused.value.fix == "Without --only, --format json names what there is."
