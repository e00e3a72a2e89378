"""An estate takes any documents: nothing that anybody hands over makes it, or a rule over it, raise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azkeep.model.finding import Verdict
from azkeep.model.resource import Resource
from azkeep.model.value import Reference, Secret, Unknown, join, put
from azkeep.policy.estate import Estate, Given
from azkeep.policy.evaluate import evaluate
from azkeep.policy.examples import estate_of
from azkeep.policy.loading import load_rules, shipped
from azkeep.types import all_types

RULES = load_rules(shipped())
JUDGED = {type_ for rule in RULES for type_ in rule.on if "/" in type_}
TYPES = sorted(JUDGED | {type_.arm_type for type_ in all_types()})
EXAMPLES = tuple(
    example for rule in RULES for example in (*rule.sections.bad_examples(), *rule.sections.good_examples())
)
PARTS = sorted({part for rule in RULES for path in rule.paths for part in path.replace("[*]", "").split(".")} - {""})
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
URNS = ["urn:pulumi:dev::p::t::one", "urn:pulumi:dev::p::t::two", "urn:pulumi:dev::p::t::other"]
WORDS = [
    "Disabled",
    "Enabled",
    "*",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "P90D",
    "Premium",
    "2026-01-01T00:00:00Z",
    "Owner",
    "1.2",
]
patient = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def id_of(type_: str, name: str) -> str:
    namespace, *kinds = type_.split("/")
    return f"{SUBSCRIPTION}/resourceGroups/g/providers/{namespace}/" + "/".join(f"{kind}/{name}" for kind in kinds)


names = st.sampled_from(["a", "b"])
known_ids = st.builds(id_of, st.sampled_from(TYPES), names) | st.sampled_from(["/", SUBSCRIPTION, "/x", "//"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
texts = st.sampled_from(WORDS) | known_ids
references = st.builds(Reference, st.sampled_from(URNS), st.sampled_from(["id", "name", "", "identity.principalId"]))
open_values = st.just(Unknown()) | references


def trees(leaves: Any) -> Any:
    """Values of any shape, whose members have names that rules read."""
    keys = st.sampled_from(PARTS) | st.text(max_size=4)
    return st.recursive(
        leaves,
        lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=4),
        max_leaves=10,
    )


anything = trees(scalars | texts)
declared = trees(scalars | texts | open_values | st.builds(Secret, scalars | open_values))
path_inputs = st.sampled_from(["scope", "resourceUri", "resourceGroupName", "workspaceName"])
members = st.sampled_from(["properties", "identity", "sku", "tags", "location", "kind"])


def errors(estate: Estate) -> list[str]:
    """What rules raised, in words."""
    return [f"{found.rule}: {found.message}" for found in evaluate(RULES, estate) if found.verdict is Verdict.ERROR]


def places(value: Any, parts: tuple[str, ...] = ()) -> Iterator[str]:
    """JSON pointers of everything below `value`, objects and lists included."""
    items: list[Any] = []
    if isinstance(value, Mapping):
        items = [(key, item) for key, item in value.items() if isinstance(key, str)]
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, item in items:
        yield join((*parts, str(key)))
        yield from places(item, (*parts, str(key)))


@st.composite
def mangled(draw: Any) -> tuple[Given, ...]:
    """The documents of some rule's example, with up to three places holding something else."""
    found = []
    for each in estate_of(draw(st.sampled_from(EXAMPLES))).given:
        body = each.body
        for _ in range(draw(st.integers(0, 3))):
            pointers = sorted(places(body))
            body = put(body, draw(st.sampled_from(pointers)), draw(declared)) if pointers else body
        found.append(Given(each.type, each.name, each.id, body, each.urn, each.parent_urn, each.scope, each.program))
    return tuple(found)


class TestAnyDocuments:
    @patient
    @given(st.lists(st.dictionaries(st.sampled_from(["id", "type", "name", "properties", "tags"]) | st.text(max_size=4),
                                    anything, max_size=5), max_size=4), st.booleans())  # fmt: skip
    def test_objects_of_anything(self, documents: list[dict[str, Any]], is_live: bool) -> None:
        """Objects with any members, read as an export, give an estate and verdicts."""
        estate = Estate.of_documents(documents, is_live=is_live)
        assert len(estate.documents) >= len(documents)
        assert not errors(estate)

    @patient
    @given(st.lists(st.tuples(st.sampled_from(TYPES), names, st.dictionaries(members, anything)), max_size=5))
    def test_known_types(self, made: list[tuple[str, str, dict[str, Any]]]) -> None:
        """Documents of the types that rules judge, with members that rules read but values of any kind."""
        documents = [{"id": id_of(type_, name), "type": type_, "name": name, **body} for type_, name, body in made]
        assert not errors(Estate.of_documents(documents))

    @patient
    @given(st.lists(mangled(), min_size=1, max_size=3), st.booleans())
    def test_mangled_examples(self, examples: list[tuple[Given, ...]], is_live: bool) -> None:
        """Every rule gives a verdict on what was written for any other, however it is mangled."""
        assert not errors(Estate(tuple(each for example in examples for each in example), is_live=is_live))


class TestAnyProgram:
    @patient
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(all_types()),
                st.sampled_from(URNS),
                st.booleans(),
                st.dictionaries(members, declared),
                st.dictionaries(
                    st.sampled_from(["scope", "resourceUri", "resourceGroupName", "workspaceName"]), declared
                ),
            ),
            min_size=1,
            max_size=5,
        ),
        st.dictionaries(st.text(max_size=8), declared, max_size=3),
    )
    def test_resources_of_anything(self, made: list[Any], outputs: Mapping[str, Any]) -> None:
        """Declared resources with values that are not known, secret, or outputs of others, at any place."""
        resources = [
            Resource(
                urn, type_.token, type_.arm_type, "one", id_of(type_.arm_type, "a") if known else None, inputs, body
            )
            for type_, urn, known, body, inputs in made
        ]
        assert not errors(Estate.of_resources(resources, outputs))
