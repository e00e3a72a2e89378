"""One budget for all readers of a subscription and principal."""

from __future__ import annotations

from dataclasses import dataclass

from azkeep.azure.budget import LOCKED, Budget

ONE = "https://management.azure.com/subscriptions/one/resourceGroups/rg?api-version=1"
TWO = "https://management.azure.com/subscriptions/two/resourceGroups/rg?api-version=1"
GRAPH = "https://management.azure.com/providers/Microsoft.ResourceGraph/resources?api-version=1"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_full_bucket_waits_for_nothing_and_an_empty_one_for_its_refill() -> None:
    """250 reads at once, then 25 a second."""
    clock = Clock()
    budget = Budget(clock=clock)
    assert [budget.wait_for("GET", ONE) for _ in range(250)] == [0.0] * 250
    assert budget.wait_for("GET", ONE) == 1 / 25
    clock.now += 10
    assert budget.wait_for("GET", ONE) == 0.0


def test_subscriptions_and_kinds_have_buckets_of_their_own() -> None:
    """Reads of one subscription hold back neither its writes nor another's reads."""
    budget = Budget(clock=Clock())
    for _ in range(250):
        budget.wait_for("GET", ONE)
    assert budget.wait_for("GET", ONE) > 0
    assert (budget.wait_for("PUT", ONE), budget.wait_for("GET", TWO)) == (0.0, 0.0)


def test_what_the_server_says_is_left_goes_first() -> None:
    """Others spend from the same bucket: a header with less than we thought empties ours."""
    budget = Budget(clock=Clock())
    budget.learn("GET", ONE, 200, {"x-ms-ratelimit-remaining-subscription-reads": "1"})
    assert budget.wait_for("GET", ONE) == 0.0
    assert budget.wait_for("GET", ONE) == 1 / 25


def test_a_pause_that_was_asked_for_holds_all_back() -> None:
    """Retry-After of one request is everybody's; a lock on one resource is nobody else's."""
    clock = Clock()
    budget = Budget(clock=clock)
    budget.learn("GET", ONE, 429, {"retry-after": "7"}, LOCKED)
    assert budget.wait_for("GET", ONE) == 0.0
    budget.learn("GET", ONE, 429, {"retry-after": "7"})
    assert budget.wait_for("GET", ONE) == 7.0
    clock.now += 7
    assert budget.wait_for("GET", ONE) == 0.0


def test_resource_graph_has_its_own_quota() -> None:
    """15 queries in 5 seconds; an exhausted quota waits until it is reset."""
    clock = Clock()
    budget = Budget(clock=clock)
    assert [budget.wait_for("POST", GRAPH) for _ in range(15)] == [0.0] * 15
    assert budget.wait_for("POST", GRAPH) > 0
    headers = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:04"}
    budget.learn("POST", GRAPH, 200, headers)
    assert budget.wait_for("POST", GRAPH) == 4.0
    assert budget.wait_for("PUT", ONE) == 0.0


def test_a_server_on_this_machine_has_no_limits_until_it_names_them() -> None:
    """A lazy budget lets everything through, and holds back once a header tells of a limit."""
    budget = Budget(lazy=True, clock=Clock())
    assert {budget.wait_for("GET", ONE) for _ in range(2000)} == {0.0}
    budget.learn("GET", ONE, 200, {"x-ms-ratelimit-remaining-subscription-reads": "0"})
    assert budget.wait_for("GET", ONE) == 1 / 25


def test_nonsense_in_headers_is_no_limit() -> None:
    """What is no number says nothing."""
    budget = Budget(clock=Clock())
    budget.learn("GET", ONE, 200, {"x-ms-ratelimit-remaining-subscription-reads": "many", "retry-after": "soon"})
    assert budget.wait_for("GET", ONE) == 0.0
