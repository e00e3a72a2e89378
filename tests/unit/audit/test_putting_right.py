"""What --fix and --accept may touch, and how a settings file is changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.engine.state import State
from azkeep.errors import EngineError, SettingsError, UsageError
from azkeep.jobs.accepting import accepted
from azkeep.jobs.audit import refuse_contradictions, since_of, verdict
from azkeep.jobs.fixing import is_undone, left_over, refuse_others, targets, to_delete
from azkeep.jobs.kept_state import KeptState
from azkeep.jobs.options import AuditOptions, StackOptions
from azkeep.jobs.recovering import returns
from azkeep.model.drift import Audit, Drift, DriftKind, Severity
from azkeep.model.plan import Change, Operation, Plan, Step
from azkeep.model.transport import Answer
from azkeep.settings import azkeep_yaml
from azkeep.settings.editing import leaves_of, set_leaf

GROUP = "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks"
VAULTS, LABS = "Microsoft.KeyVault/vaults", "Microsoft.MachineLearningServices/workspaces"
URN = "urn:pulumi:dev::shop::azure-native:network:VirtualNetwork::"


def drift(name: str, kind: DriftKind = DriftKind.DECLARED, **more: Any) -> Drift:
    change = Change("/tags/a", 1, 2) if kind in (DriftKind.DECLARED, DriftKind.UNDECLARED) else None
    return Drift(kind, more.pop("severity", Severity.HIGH), f"{NETWORK}/{name}", "T", change, **more)


def opened(*names: str) -> Any:
    """A stack whose state holds networks of these names."""
    resources = [
        {
            "urn": f"{URN}{name}",
            "type": "azure-native:network:VirtualNetwork",
            "custom": True,
            "id": f"{NETWORK}/{name}",
        }
        for name in names
    ]
    state = State({"resources": resources})
    return SimpleNamespace(session=SimpleNamespace(state=lambda: state))


def test_only_what_the_program_sets_is_put_back() -> None:
    """Declared drift and missing ones by their URNs; nothing undeclared, unmanaged, unread, ignored or by policy."""
    audit = Audit(
        (
            drift("a"),
            drift("b", DriftKind.MISSING),
            drift("c", DriftKind.UNDECLARED),
            drift("d", ignored="known"),
            drift("e", by_policy="tags"),
            drift("f", DriftKind.UNMANAGED),
            drift("g", DriftKind.UNREAD),
        ),
        1,
        1,
    )
    assert targets(opened(*"gfedcba"), audit) == (f"{URN}b", f"{URN}a")


def test_only_unmanaged_resources_are_deleted_and_only_by_name() -> None:
    """An id in any case; a managed one, an unknown one and a URN are refused with the list of what is unmanaged."""
    audit = Audit((drift("mine"), drift("strange", DriftKind.UNMANAGED)), 1, 1)
    assert to_delete(audit, ()) == ()
    assert [each.id for each in to_delete(audit, (f"{NETWORK}/STRANGE".replace("rg", "RG"),))] == [f"{NETWORK}/strange"]
    for id in (f"{NETWORK}/mine", f"{NETWORK}/none", f"{URN}strange"):
        with pytest.raises(UsageError, match="no unmanaged resource") as caught:
            to_delete(audit, (id,))
        assert caught.value.detail == f"Unmanaged are:\n{NETWORK}/strange"


def test_what_is_soft_deleted_is_recovered_or_purged_by_name() -> None:
    """A vault among the deleted ones comes back unless it is named; what does not count and what is not soft-deleted
    is left alone; a name of anything else is refused with the list of what can be purged."""
    vault, lost, lab = (f"{GROUP}/providers/{name}" for name in (f"{VAULTS}/kept", f"{VAULTS}/lost", f"{LABS}/lab"))

    def missing(id: str, **more: Any) -> Drift:
        return Drift(DriftKind.MISSING, Severity.CRITICAL, id, "/".join(id.split("/")[-3:-1]), **more)

    kept = missing(vault, soft_deleted=True)
    audit = Audit((kept, missing(lost), missing(lab), drift("net", DriftKind.MISSING)), 1, 1)
    assert [each.text for each in returns(audit, ())] == [f"recover {VAULTS} kept"]
    assert returns(replace(audit, drifts=(replace(kept, ignored="known"),)), ()) == ()
    assert [each.text for each in returns(audit, (vault.upper(), lab))] == [f"purge {VAULTS} kept", f"purge {LABS} lab"]
    for id in (f"{NETWORK}/net", f"{URN}kept"):
        with pytest.raises(UsageError, match="nothing that is soft-deleted was found") as caught:
            returns(audit, (id,))
        assert caught.value.detail == "\n".join(("Missing, and can be purged, are:", vault, lost, lab))
        assert caught.value.subject == id


def test_what_a_write_has_undone_is_not_left() -> None:
    """Of undeclared properties one is what it was again, one is not, and one could not be read."""
    undone, left, unread = (drift(name, DriftKind.UNDECLARED) for name in "abc")
    assert is_undone(undone, Answer(200, {"tags": {"a": 1}}))
    assert not is_undone(left, Answer(200, {"tags": {"a": 2}}))
    assert not is_undone(unread, None)
    assert not is_undone(drift("d"), Answer(200, {"tags": {"a": 1}}))


def test_what_is_left_is_told_in_its_number() -> None:
    """One property and two, one resource and two; what was named for deletion is not left."""
    one, two = drift("a", DriftKind.UNDECLARED), drift("b", DriftKind.UNDECLARED)
    strange, other = drift("c", DriftKind.UNMANAGED), drift("d", DriftKind.UNMANAGED)
    assert [each.message for each in left_over(Audit((one, two, strange, other), 1, 1), (other,))] == [
        "2 undeclared properties left: the program does not set them. Declare them, or --accept them.",
        "1 unmanaged resource left: what nobody declared is removed only when named with --delete.",
    ]
    assert [each.message for each in left_over(Audit((one, strange, other), 1, 1), ())] == [
        "1 undeclared property left: the program does not set it. Declare it, or --accept it.",
        "2 unmanaged resources left: what nobody declared is removed only when named with --delete.",
    ]


def test_what_was_accepted_is_listed() -> None:
    """The property with both values, a secret one without."""
    assert accepted(drift("a", DriftKind.UNDECLARED)) == "accepted: a tags.a: 1 → 2"
    opened = replace(drift("a", DriftKind.UNDECLARED), change=Change("/x", None, True))
    assert accepted(opened) == "accepted: a x: (none) → true"
    assert accepted(replace(drift("a"), change=Change("/x/y", 1, 2, secret=True))) == "accepted: a x.y"


def test_an_exported_state_takes_no_stack() -> None:
    """The pair is refused before anything is opened, as `check` refuses it."""
    with pytest.raises(UsageError, match="--state takes no STACK"):
        refuse_contradictions(AuditOptions(StackOptions("shop"), state="state.json"))


def step(operation: Operation, name: str) -> Step:
    return Step(operation, f"{NETWORK}/{name}", "T", name, f"{URN}{name}")


def test_a_plan_that_would_do_more_is_refused() -> None:
    """What was not chosen may be read and left as it is, and nothing else."""
    chosen = (f"{URN}a",)
    refuse_others(Plan((step(Operation.UPDATE, "a"), step(Operation.SAME, "b"), step(Operation.READ, "c"))), chosen, ())
    with pytest.raises(UsageError, match="would also delete b"):
        refuse_others(Plan((step(Operation.UPDATE, "a"), step(Operation.DELETE, "b"))), chosen, ())


class Backend:
    """A session's state, kept as the engine keeps it."""

    def __init__(self, *, fails: bool = False) -> None:
        self.current, self.fails = State({"resources": []}), fails

    def export(self) -> State:
        return self.current

    def import_(self, state: State) -> None:
        if self.fails:
            raise EngineError("locked")
        self.current = state


def kept(tmp_path: Path, backend: Backend) -> KeptState:
    session: Any = backend
    return KeptState(session, tmp_path / "fix" / "state.json")


def test_the_state_is_put_back_while_nothing_was_begun(tmp_path: Path) -> None:
    """Before the first operation the old state comes back and the copy goes; the copy is for its owner alone."""
    backend = Backend()
    before = backend.current
    copy = kept(tmp_path, backend)
    copy.write()
    assert (tmp_path / "fix" / "state.json").stat().st_mode & 0o777 == 0o600
    backend.current = State({"resources": [{"urn": "refreshed"}]})
    copy.put_back()
    assert backend.current == before
    assert not (tmp_path / "fix").exists()


def test_what_could_not_be_made_again_is_put_back_once_something_was_begun(tmp_path: Path) -> None:
    """The refresh dropped what is gone; a fix that fails leaves it in the state, beside what was done."""
    backend = Backend()
    backend.current = State({"resources": [{"urn": "gone", "id": "/gone"}]})
    copy = kept(tmp_path, backend)
    copy.write()
    copy.begin()
    backend.current = State({"resources": [{"urn": "applied", "id": "/applied"}]})
    copy.put_back()
    assert [found["urn"] for found in backend.current.document["resources"]] == ["gone", "applied"]
    assert not (tmp_path / "fix").exists()


def test_a_state_that_cannot_be_put_back_is_named(tmp_path: Path) -> None:
    """Nobody is left without the copy and the command that brings it back."""
    copy = kept(tmp_path, Backend(fails=True))
    copy.write()
    with pytest.raises(EngineError) as caught:
        copy.put_back()
    assert str(tmp_path / "fix" / "state.json") in caught.value.fix
    assert (tmp_path / "fix" / "state.json").exists()


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"fix": True, "accept": True, "yes": True}, "cannot be given together"),
        ({"delete": ("/x",)}, "--delete belongs to --fix"),
        ({"purge": ("/x",)}, "--purge belongs to --fix"),
        ({"fix": True, "yes": True, "state": "f.json"}, "only looked at"),
        ({"since": "soon"}, "is no time"),
        ({"since": "2999-01-01"}, "is still to come"),
        ({"fix": True}, "needs a yes"),
        ({"accept": True}, "needs a yes"),
    ],
)
def test_what_does_not_go_together(given_: dict[str, Any], says: str) -> None:
    """Refused before anything is opened."""
    with pytest.raises(UsageError, match=says):
        refuse_contradictions(AuditOptions(StackOptions("shop"), **given_))


def test_times_and_ages() -> None:
    """A day, a moment with and without zone, and so long ago."""
    assert str(since_of("2020-01-31")) == "2020-01-31 00:00:00+00:00"
    assert since_of("2020-01-31T08:00:00Z") == since_of("2020-01-31T08:00:00")
    day, week = since_of("24h"), since_of("1w")
    assert day is not None
    assert week is not None
    assert 5.9 < (day - week).total_seconds() / 86_400 < 6.1


def test_exit_codes_in_their_order() -> None:
    """A broken policy at the threshold before drift, drift before what could not be read; ignored is nothing."""
    broken, unread = drift("a", rules=("R-1",)), drift("b", DriftKind.UNREAD, severity=Severity.INFO)
    whole = Audit((broken, unread), 1, 2)
    assert verdict(whole, Severity.HIGH)[0] == 3
    assert verdict(whole, Severity.CRITICAL)[0] == 2
    assert verdict(whole)[0] == 2
    assert verdict(Audit((unread,), 0, 1))[0] == 5
    assert verdict(Audit((drift("a", ignored="known"), drift("c", by_policy="p")), 1, 1))[0] == 0


YAML = """# ours
config:
  azkeep:cloud: local
  shop:estate:
    workspace:
      title: Development   # for people
    rules:
    - {port: 443, name: "web"}
"""


def test_one_value_changes_and_nothing_else(tmp_path: Path) -> None:
    """Comments, order and quotes of everything else stay."""
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_text(YAML)
    leaves = {".".join(leaf.keys): (leaf.text, leaf.line) for leaf in leaves_of(path)}
    assert leaves["config.shop:estate.workspace.title"] == ("Development", 6)
    assert leaves["config.shop:estate.rules.0.port"] == ("443", 8)
    set_leaf(path, ("config", "shop:estate", "workspace", "title"), "Playground: one")
    set_leaf(path, ("config", "shop:estate", "rules", "0", "port"), 8443)
    assert path.read_text() == YAML.replace("title: Development", "title: 'Playground: one'").replace("443", "8443")


def test_what_is_not_there_is_not_written(tmp_path: Path) -> None:
    """No plain value, no change; no file, no values."""
    path = tmp_path / "Pulumi.dev.yaml"
    assert leaves_of(path) == ()
    path.write_text(YAML)
    with pytest.raises(SettingsError):
        set_leaf(path, ("config", "shop:estate"), "x")
    assert path.read_text() == YAML


@given(st.one_of(st.text("ab:#'\"{} -\n", max_size=12), st.integers(), st.booleans()))
def test_any_value_comes_back(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    """What is written is what is read, whatever its characters."""
    import yaml

    path = tmp_path_factory.mktemp("yaml") / "Pulumi.dev.yaml"
    path.write_text(YAML)
    set_leaf(path, ("config", "shop:estate", "workspace", "title"), value)
    found = yaml.safe_load(path.read_text())
    assert found["config"]["shop:estate"]["workspace"]["title"] == value
    assert found["config"]["shop:estate"]["rules"] == [{"port": 443, "name": "web"}]


def test_ignore_rules_are_read_with_their_lines(tmp_path: Path) -> None:
    """A rule needs a reason and an end; what is wrong is said with its line."""
    path = tmp_path / "azkeep.yaml"
    path.write_text("audit:\n  ignore:\n    - {resource: a, reason: ours, expires: 2027-01-31}\n")
    (rule,) = azkeep_yaml.load(tmp_path).audit.ignore
    assert (rule.resource, rule.path, str(rule.expires)) == ("a", "*", "2027-01-31")
    path.write_text("audit:\n  ignore:\n    - resource: a\n      reason: ours\n")
    with pytest.raises(SettingsError) as caught:
        azkeep_yaml.load(tmp_path)
    assert "expires" in caught.value.summary
