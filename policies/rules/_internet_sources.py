"""What the rules of a network security group let in from the internet."""

from __future__ import annotations

from collections.abc import Callable

from azkeep.policy import TRUE, Document, Node, Truth, every, some
from azkeep.policy.truth import State

from ._security_rules import (
    Ports,
    also,
    carries,
    comes_before,
    covers_port,
    covers_ports_of,
    from_any_port,
    goes,
    is_all_of_internet,
    is_anything,
    is_internet,
    places,
    rules_of,
    unless_in_group,
)


def keeps_out_the_internet(group: Document, port: int) -> Truth:
    """No rule of `group` opens Tcp `port` to the internet."""
    return unless_in_group(group, lambda: rules_of(group).every(lambda each: _keeps_out(group, each, (port, port))))


def _keeps_out(group: Document, admitting: Document, ports: Ports) -> Truth:
    opens = also(_admits(admitting, "Tcp"), lambda: covers_port(admitting, ports) & is_internet(admitting, "source"))
    open_ = also(opens, lambda: ~_is_denied(group, admitting, "Tcp", lambda each: covers_port(each, ports)))
    return shown_at_source(admitting, ~open_, f"rule {admitting.name} opens port {ports[0]} to the internet")


def keeps_out_datagrams(group: Document) -> Truth:
    """No rule of `group` admits UDP from the internet on any port."""
    return unless_in_group(group, lambda: rules_of(group).every(lambda each: _keeps_datagrams_out(group, each)))


def _keeps_datagrams_out(group: Document, admitting: Document) -> Truth:
    opens = also(_admits(admitting, "Udp"), lambda: is_internet(admitting, "source"))
    open_ = also(opens, lambda: ~_is_denied(group, admitting, "Udp", lambda each: covers_ports_of(each, admitting)))
    return shown_at_source(admitting, ~open_, f"rule {admitting.name} admits UDP from the internet")


def _is_denied(group: Document, admitting: Document, protocol: str, covers: Callable[[Document], Truth]) -> Truth:
    return rules_of(group).some(lambda each: covers(each) & _denies_before(each, admitting, protocol))


def _admits(admitting: Document, protocol: str) -> Truth:
    return goes(admitting, "Inbound", "Allow") & carries(admitting, protocol)


def _denies_before(denying: Document, admitting: Document, protocol: str) -> Truth:
    """`denying` stops, before `admitting` is asked, what it lets in from the internet; ports are not compared."""
    return (
        goes(denying, "Inbound", "Deny")
        & carries(denying, protocol)
        & is_all_of_internet(denying, "source")
        & from_any_port(denying)
        & _has_destination_of(denying, admitting)
        & comes_before(denying, admitting)
    )


def _has_destination_of(denying: Document, admitting: Document) -> Truth:
    """`denying` is for every destination, or for each that `admitting` names."""
    anything, named = is_anything(denying, "destination"), places(admitting, "destination")
    if not named:
        return anything
    own = places(denying, "destination")
    return anything | every(named, lambda node: some(own, lambda each: _is_same(each, node)))


def _is_same(one: Node, other: Node) -> Truth:
    return one.equals(other.text)


def shown_at_source(each: Document, truth: Truth, reason: str) -> Truth:
    """`truth` with the sources of a security rule as its evidence, where it is not TRUE."""
    if truth.state is State.TRUE:
        return TRUE
    nodes = places(each, "source") or (each["properties.sourceAddressPrefix"],)
    return Truth(truth.state, tuple(node.evidence() for node in nodes), truth.reason).otherwise(reason)
