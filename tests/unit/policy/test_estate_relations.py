"""Who belongs to whom in an estate: children, links, scopes and groups, known, declared or not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from azkeep.model.ids import NO_SUBSCRIPTION
from azkeep.model.value import Reference, Secret, Unknown
from azkeep.policy.candidates import Candidates, certain
from azkeep.policy.document import Document, Program
from azkeep.policy.estate import Estate, Given
from azkeep.policy.truth import FALSE, NOT_APPLICABLE, TRUE, NotDecided, State, deferred

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/net"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
STORE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st"
SETTINGS = "Microsoft.Insights/diagnosticSettings"
NETWORK_TYPE, VAULT_TYPE = "Microsoft.Network/virtualNetworks", "Microsoft.KeyVault/vaults"
SUBNET_TYPE, ENDPOINT_TYPE = f"{NETWORK_TYPE}/subnets", "Microsoft.Network/privateEndpoints"
TARGET = "properties.privateLinkServiceConnections.*.properties.privateLinkServiceId"


def live(*documents: Mapping[str, Any]) -> Estate:
    return Estate.of_documents(documents)


def resource(id: str, **properties: Any) -> dict[str, Any]:
    return {"id": id, "properties": properties}


def urn(name: str) -> str:
    return f"urn:pulumi:dev::shop::example::{name}"


def declared(type_: str, name: str, body: Mapping[str, Any] | None = None, **more: Any) -> Given:
    return Given(type_, name, more.pop("id", None), body or {}, urn(name), **more)


def endpoint(name: str, target: Any) -> dict[str, Any]:
    link = {"properties": {"privateLinkServiceId": target}}
    return {"id": f"{GROUP}/providers/{ENDPOINT_TYPE}/{name}", "properties": {"privateLinkServiceConnections": [link]}}


def names(candidates: Candidates, state: State = State.TRUE) -> list[str]:
    return [document.name for document, relation in candidates.pairs if relation.state is state]


class TestChildren:
    def test_inline_and_apart_are_alike(self) -> None:
        """Subnets written inside the network and apart are its children, each once."""
        inline = {"name": "inside", "properties": {"addressPrefix": "10.0.0.0/26"}}
        estate = live(resource(NETWORK, subnets=[inline, {"name": "Both"}]), resource(f"{NETWORK}/subnets/apart"),
                      resource(f"{NETWORK}/subnets/both"))  # fmt: skip
        network = estate.documents[0]
        assert names(network.children("subnets")) == ["inside", "apart", "both"]
        assert [each.name for each in estate.of_type(SUBNET_TYPE)] == ["apart", "both", "inside"]
        assert all(child.parent() is network for child in network.children("subnets"))

    def test_path_of_an_inline_child(self) -> None:
        """A child written inside is read at its place in the parent's document, and has an id."""
        estate = live(resource(NETWORK, subnets=[{"name": "a", "properties": {"addressPrefix": "10.0.0.0/26"}}]))
        child = estate.find(f"{NETWORK}/subnets/A")
        assert child is not None
        assert child["properties.addressPrefix"].path == "/properties/subnets/0/properties/addressPrefix"
        assert child.id == f"{NETWORK}/subnets/a"

    def test_id_in_any_letter_case(self) -> None:
        """A child belongs to its parent whatever the letter case of either id."""
        estate = live(resource(NETWORK), resource(f"{NETWORK}/subnets/a".upper()))
        assert len(names(estate.documents[0].children("subnets"))) == 1

    def test_list_that_is_not_known(self) -> None:
        """Where the list of children is not known there may be some."""
        estate = Estate((declared(NETWORK_TYPE, "net", {"properties": {"subnets": Unknown()}}),))
        found = estate.documents[0].children("subnets")
        assert found.any().state is State.UNKNOWN
        assert found.every(lambda _: FALSE).state is State.UNKNOWN

    def test_list_that_is_secret(self) -> None:
        """A secret list of children is a list of children."""
        estate = Estate((declared(NETWORK_TYPE, "net", {"properties": {"subnets": Secret([{"name": "a"}])}}),))
        assert names(estate.documents[0].children("subnets")) == ["a"]

    @pytest.mark.parametrize("odd", ["all", 7, {"a": {}}])
    def test_no_list_at_all(self, odd: Any) -> None:
        """Something else than a list is one child that no rule can pass."""
        estate = live(resource(NETWORK, subnets=odd))
        found = estate.documents[0].children("subnets")
        assert found.every(lambda child: child["properties.addressPrefix"].equals("x", missing=True)).state is (
            State.WRONG
        )

    def test_parent_that_is_declared(self) -> None:
        """A child whose names are not known belongs to the parent that it refers to."""
        estate = Estate(
            (declared(NETWORK_TYPE, "net"), declared(SUBNET_TYPE, "sub", parent_urn=urn("net"), program=Program()))
        )
        assert names(estate.documents[0].children("subnets")) == ["sub"]
        assert estate.documents[1].parent() is estate.documents[0]

    def test_parent_that_is_not_known(self) -> None:
        """A child of nobody knows whom may be anybody's."""
        estate = Estate((declared(NETWORK_TYPE, "net"), declared(SUBNET_TYPE, "sub")))
        assert names(estate.documents[0].children("subnets"), State.UNKNOWN) == ["sub"]
        with pytest.raises(NotDecided):
            estate.documents[1].parent()

    def test_child_of_a_child(self) -> None:
        """`blobServices/containers` finds containers of the account."""
        account = resource(STORE)
        estate = live(account, resource(f"{STORE}/blobServices/default/containers/c"))
        assert names(estate.documents[0].children("blobServices/containers")) == ["c"]


class TestLinks:
    def test_by_id(self) -> None:
        """An endpoint on the vault is one that holds its id, in any letter case."""
        estate = live(resource(VAULT), endpoint("mine", VAULT.upper()), endpoint("other", STORE))
        assert names(estate.documents[0].linked_from(ENDPOINT_TYPE, TARGET)) == ["mine"]

    def test_by_reference(self) -> None:
        """A declared endpoint that refers to the vault's id is on it; one that refers to another is not."""
        vault, other = declared(VAULT_TYPE, "kv"), declared(VAULT_TYPE, "other")
        links = [declared(ENDPOINT_TYPE, f"on-{each}", endpoint("x", Reference(urn(each), "id")))
                 for each in ("kv", "other")]  # fmt: skip
        estate = Estate((vault, other, *links))
        found = estate.documents[0].linked_from(ENDPOINT_TYPE, TARGET)
        assert (names(found), names(found, State.UNKNOWN)) == (["on-kv"], [])

    def test_by_derived_reference(self) -> None:
        """What is made from an output of the vault may be its id."""
        link = declared(ENDPOINT_TYPE, "pe", endpoint("x", Reference(urn("kv"), "name")))
        estate = Estate((declared(VAULT_TYPE, "kv"), declared(VAULT_TYPE, "other"), link))
        assert names(estate.documents[0].linked_from(ENDPOINT_TYPE, TARGET), State.UNKNOWN) == ["pe"]
        assert names(estate.documents[1].linked_from(ENDPOINT_TYPE, TARGET), State.UNKNOWN) == []

    def test_not_known(self) -> None:
        """A target that is not known may be any resource; a link without one leads nowhere."""
        estate = live(resource(VAULT), endpoint("somewhere", Unknown()), endpoint("nowhere", None))
        assert names(estate.documents[0].linked_from(ENDPOINT_TYPE, TARGET), State.UNKNOWN) == ["somewhere"]

    def test_secret_id(self) -> None:
        """An id that is marked as a secret is an id."""
        estate = Estate(
            (declared(VAULT_TYPE, "kv", id=VAULT), declared(ENDPOINT_TYPE, "pe", endpoint("x", Secret(VAULT))))
        )
        assert names(estate.documents[0].linked_from(ENDPOINT_TYPE, TARGET)) == ["pe"]
        place = estate.documents[1]["properties.privateLinkServiceConnections"].items()[0]
        assert place["properties.privateLinkServiceId"].resolve() is estate.documents[0]
        assert estate.documents[0].is_named_by(place["properties.privateLinkServiceId"]).state is State.TRUE

    def test_resolve(self) -> None:
        """An id leads to its document, one that is not in the estate to None, one that is no text nowhere."""
        estate = live(resource(VAULT), resource(STORE, a=VAULT.lower(), b=f"{GROUP}/none", c=7))
        store = estate.documents[1]
        assert store.resolve("properties.a") is estate.documents[0]
        assert store.resolve("properties.b") is None
        assert store.resolve("properties.missing") is None
        with pytest.raises(NotDecided):
            store.resolve("properties.c")

    def test_same_id(self) -> None:
        """Two ids are one without letter case; a reference is its resource's id; missing is no id."""
        body = {"a": VAULT.upper(), "b": VAULT, "c": Reference(urn("kv"), "id"), "d": STORE, "e": Unknown()}
        estate = Estate((declared(VAULT_TYPE, "kv", id=VAULT), declared(VAULT_TYPE, "one", body)))
        one = estate.documents[1]
        wanted = {"b": State.TRUE, "c": State.TRUE, "d": State.FALSE, "e": State.UNKNOWN, "f": State.FALSE}
        assert {key: one["a"].same_id(one[key]).state for key in wanted} == wanted


class TestScopes:
    def test_scope_of_an_extension(self) -> None:
        """What stands before the last `providers` is the scope."""
        estate = live(resource(VAULT), resource(f"{VAULT}/providers/{SETTINGS}/logs"))
        assert estate.documents[1].scope() is estate.documents[0]
        assert names(estate.documents[0].extensions(SETTINGS)) == ["logs"]

    def test_scope_that_is_declared(self) -> None:
        """A declared setting hangs on what it refers to; on what is not known it may hang anywhere."""
        estate = Estate((
            declared(VAULT_TYPE, "kv"),
            declared(SETTINGS, "mine", scope=Reference(urn("kv"), "id")),
            declared(SETTINGS, "open", scope=Unknown()),
        ))  # fmt: skip
        found = estate.documents[0].extensions(SETTINGS)
        assert (names(found), names(found, State.UNKNOWN)) == (["mine"], ["open"])

    def test_group(self) -> None:
        """The group is the one in the id; a program names it, or refers to it, or leaves it open."""
        group = {"id": GROUP, "tags": {}}
        assert live(group, resource(VAULT)).documents[1].group() is not None
        by_name = Program(inputs={"resourceGroupName": "RG"})
        known = Estate(
            (Given("Microsoft.Resources/resourceGroups", "rg", None, {}), declared(VAULT_TYPE, "kv", program=by_name))
        )
        assert known.documents[1].group() is known.documents[0]
        with pytest.raises(NotDecided):
            Estate((declared(VAULT_TYPE, "kv", program=Program(inputs={"resourceGroupName": Unknown()})),)).documents[
                0
            ].group()

    def test_subscriptions_of_the_ids(self) -> None:
        """Each subscription that an id names is a document, once."""
        estate = live(resource(VAULT), resource(STORE.upper()))
        assert [each.name for each in estate.of_type("Microsoft.Resources/subscriptions")] == [SUBSCRIPTION[15:]]

    @pytest.mark.parametrize(
        ("named", "name"), [(NO_SUBSCRIPTION, "subscription"), (SUBSCRIPTION[15:], SUBSCRIPTION[15:])]
    )
    def test_subscription_where_no_name_is_known(self, named: str, name: str) -> None:
        """Where the engine makes all names, the rules on subscriptions judge the one that the program goes to."""
        estate = Estate((declared(VAULT_TYPE, "kv"),), subscription=named)
        found = estate.of_type("Microsoft.Resources/subscriptions")
        assert [(each.name, each.id) for each in found] == [(name, f"/subscriptions/{named}")]
        assert Estate((), subscription=named).of_type("Microsoft.Resources/subscriptions") == ()


class TestCandidates:
    @pytest.fixture
    def three(self) -> tuple[Document, ...]:
        return live(resource(VAULT), resource(STORE), resource(NETWORK)).documents[:3]

    def test_what_does_not_apply_is_no_hit(self, three: tuple[Document, ...]) -> None:
        """A test that does not apply to any candidate is passed by none."""
        assert certain(three).some(lambda _: NOT_APPLICABLE).state is State.FALSE
        assert certain(three).where(lambda _: NOT_APPLICABLE).pairs == ()
        assert certain(three).every(lambda _: NOT_APPLICABLE).state is State.NOT_APPLICABLE

    def test_uncertain_ones(self, three: tuple[Document, ...]) -> None:
        """What only an uncertain candidate passes, or fails, stays open."""
        doubtful = Candidates(((three[0], deferred("may be")),))
        assert doubtful.some(lambda _: TRUE).state is State.UNKNOWN
        assert doubtful.some(lambda _: FALSE).state is State.FALSE
        assert doubtful.every(lambda _: FALSE).state is State.UNKNOWN
        assert doubtful.every(lambda _: TRUE).state is State.TRUE
        with pytest.raises(NotDecided):
            list(doubtful)

    def test_certain_hit_wins(self, three: tuple[Document, ...]) -> None:
        """Beside a certain hit an uncertain one does not matter."""
        both = Candidates(((three[0], deferred("may be")),)) + certain(three[1:])
        assert both.some(lambda each: each.fact(each is three[1])).state is State.TRUE
        assert both.every(lambda each: each.fact(each is not three[1])).state is State.FALSE
