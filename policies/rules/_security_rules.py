"""Rules of a network security group, shared by everything that asks what they let through.

The default rules, which every group has and Azure's answers repeat, are never read: nobody wrote them.
Source: Network Security Groups REST API 2024-05-01; network-security-groups-overview.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from azkeep.policy import (
    FALSE,
    TRUE,
    Candidates,
    Document,
    Node,
    Truth,
    any_of,
    every,
    fact,
    settle,
    some,
)
from azkeep.policy.candidates import certain
from azkeep.policy.node import Misplaced
from azkeep.policy.truth import NotDecided, State

from ._addresses import is_private, share
from ._alone import unless_with_parent

GROUP = "Microsoft.Network/networkSecurityGroups"
RULE = f"{GROUP}/securityRules"
HIGHEST_PORT = 65535
HALF = 0.5
Ports = tuple[int, int]
ANY_PORT: Ports = (0, HIGHEST_PORT)
_ANYTHING = frozenset({"*", "any"})
_TEXTS = frozenset({*_ANYTHING, "internet"})
_OPEN = frozenset({*_TEXTS, "0.0.0.0"})


def rules_of(holder: Document) -> Candidates:
    """Every rule of a group, written inside it or apart; of a rule that is judged without its group, itself."""
    return certain((holder,)) if holder.is_a(RULE) else holder.children("securityRules")


def unless_in_group(holder: Document, test: Callable[[], Truth]) -> Truth:
    """`test`, NOT_APPLICABLE for a rule that is judged with its group."""
    return unless_with_parent(holder, test) if holder.is_a(RULE) else test()


def goes(rule: Document, direction: str, access: str) -> Truth:
    """The rule is for `direction`, Inbound or Outbound, and says `access`, Allow or Deny; missing may be either."""
    found = rule["properties.direction"].equals(direction, missing=True)
    return found & rule["properties.access"].equals(access, missing=True)


def carries(rule: Document, *protocols: str) -> Truth:
    """Its protocol is one of `protocols` or *; missing is *."""
    return rule["properties.protocol"].equals(*protocols, "*", "any", missing=True)


def comes_before(rule: Document, other: Document) -> Truth:
    """The priority of `rule` is a smaller number than that of `other`."""
    own, theirs = rule["properties.priority"], other["properties.priority"]
    return settle(lambda: fact(own.number < theirs.number, own.evidence(), theirs.evidence()))


def is_outbound_deny(denying: Document) -> Truth:
    """`denying` is an outbound Deny for whoever sends, from whichever port."""
    return goes(denying, "Outbound", "Deny") & is_of_network(denying, "source") & from_any_port(denying)


def shown_at_rules(group: Document, truth: Truth, reason: str) -> Truth:
    """`truth` with the rules of `group` as its evidence."""
    return group["properties.securityRules"].shown(truth).otherwise(reason)


def also(first: Truth, then: Callable[[], Truth]) -> Truth:
    """Both; `then` is not asked where `first` is FALSE, which spares comparing each rule with each other one."""
    return first if first.state is State.FALSE else first & settle(then)


# -- addresses


def places(rule: Document, side: str) -> tuple[Node, ...]:
    """Where the rule names its addresses: `side` is source or destination; () where application groups stand for it."""
    return _given(rule[f"properties.{side}AddressPrefix"], rule[f"properties.{side}AddressPrefixes"])


def is_anything(rule: Document, side: str) -> Truth:
    """Its `side` is every address, the internet and the networks; application security groups are not."""
    return _is_wide(rule, side, lambda text: text in _ANYTHING, _is_whole)


def is_all_of_internet(rule: Document, side: str) -> Truth:
    """Its `side` is every address, or the tag Internet."""
    return _is_wide(rule, side, lambda text: text in _TEXTS, _is_whole)


def is_internet(rule: Document, side: str) -> Truth:
    """Its `side` is every address, the tag Internet, or half of all addresses or more, in one range or several.

    So are `0.0.0.0` and whatever ends in `/0`, a range or not. Source: NSGRulePortAccessRestricted.py of Checkov.
    """
    return _is_wide(rule, side, lambda text: text in _OPEN or text.endswith("/0"), _is_half)


def _is_whole(texts: list[str]) -> bool:
    return share(texts, 4) == 1


def _is_half(texts: list[str]) -> bool:
    return share(texts, 4) >= HALF or share(texts, 6) >= HALF


def _is_wide(rule: Document, side: str, is_word: Callable[[str], bool], enough: Callable[[list[str]], bool]) -> Truth:
    found = places(rule, side)
    if not found:
        return ~rule[f"properties.{side}ApplicationSecurityGroups"].has_items()
    single = any_of(node.satisfies(lambda text: is_word(text.strip().casefold())) for node in found)
    if single.state is State.TRUE:
        return single
    known = [node.text for node in found if isinstance(node.value, str)]
    return single | fact(enough(known), *(node.evidence() for node in found))


def is_of_network(rule: Document, side: str) -> Truth:
    """Its `side` is every address, or the tag VirtualNetwork."""
    tagged = any_of(node.equals("VirtualNetwork") for node in places(rule, side))
    return is_anything(rule, side) | tagged


def is_inside(node: Node) -> Truth:
    """The address at `node` stays in the networks: the tag VirtualNetwork, the load balancer, or a private range."""
    return node.satisfies(_stays)


def _stays(text: str) -> bool:
    if text.strip().casefold() in ("virtualnetwork", "azureloadbalancer"):
        return True
    try:
        return is_private(text)
    except ValueError:
        return False


def _given(one: Node, many: Node) -> tuple[Node, ...]:
    """The places of both members that hold something; a list that is not known, or none, is one such place."""
    try:
        listed = many.items()
    except NotDecided as open_:
        listed = (many if open_.truth.state is State.UNKNOWN else replace(many, value=Misplaced(many.value)),)
    return tuple(node for node in (one, *listed) if not _is_blank(node))


def _is_blank(node: Node) -> bool:
    return node.is_missing or (isinstance(node.value, str) and not node.value.strip())


# -- ports


def covers_port(rule: Document, ports: Ports) -> Truth:
    """All of `ports` are destination ports of the rule; missing is any port."""
    return _ports(rule, lambda first, last: first <= ports[0] and ports[1] <= last)


def touches_port(rule: Document, ports: Ports) -> Truth:
    """One of `ports` is a destination port of the rule; missing is any port."""
    return _ports(rule, lambda first, last: first <= ports[1] and ports[0] <= last)


def covers_ports_of(rule: Document, other: Document) -> Truth:
    """Every destination port of `other` is one of the rule."""
    nodes = _nodes(other, "destinationPort")
    return every(nodes, lambda node: _covers(rule, node)) if nodes else covers_port(rule, ANY_PORT)


def _covers(rule: Document, node: Node) -> Truth:
    if not node.satisfies(lambda text: bool(span(text))):
        return FALSE
    return covers_port(rule, span(node.text))


def from_any_port(rule: Document) -> Truth:
    """The rule does not ask from which source port traffic comes."""
    nodes = _nodes(rule, "sourcePort")
    return some(nodes, lambda node: node.satisfies(lambda text: span(text) == ANY_PORT)) if nodes else TRUE


def _ports(rule: Document, test: Callable[[int, int], bool]) -> Truth:
    nodes = _nodes(rule, "destinationPort")
    if not nodes:
        return rule["properties.destinationPortRange"].shown(fact(test(*ANY_PORT)))
    return any_of(node.satisfies(lambda text: test(*span(text))) for node in nodes)


def _nodes(rule: Document, kind: str) -> tuple[Node, ...]:
    return _given(rule[f"properties.{kind}Range"], rule[f"properties.{kind}Ranges"])


def span(text: str) -> Ports:
    """First and last port of `22`, `20-30` or `*`. Raises ValueError for anything else."""
    if text.strip().casefold() in _ANYTHING:
        return ANY_PORT
    first, dash, last = text.partition("-")
    return int(first), int(last if dash else first)
