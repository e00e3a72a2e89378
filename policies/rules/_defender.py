"""Plans of Microsoft Defender for Cloud, shared by the rules of threat protection."""

from __future__ import annotations

from azkeep.policy import Candidates, Document, Truth, deferred

PRICING = "Microsoft.Security/pricings"


def plan_is_on(subscription: Document, plan: str, *, sub_plan: str = "") -> Truth:
    """The pricing called `plan` has the tier Standard, and the sub-plan `sub_plan` where one is asked for.

    Declared: UNKNOWN where it is not declared, for it may be set elsewhere. Live: UNKNOWN where no plan of the
    subscription was read; Azure has every plan in every subscription.
    """
    plans = subscription.extensions(PRICING)
    chosen = Candidates(tuple(pair for pair in plans.pairs if pair[0].name.casefold() == plan.casefold()))
    if chosen.pairs:
        return chosen.some(lambda each: _is_standard(each, sub_plan))
    if subscription.is_live and plans.pairs:
        return subscription.fact(False).because(f"there is no plan {plan}")
    return deferred(f"the plan {plan} is not part of the estate")


def _is_standard(pricing: Document, sub_plan: str) -> Truth:
    standard = pricing["properties.pricingTier"].equals("Standard")
    return standard & pricing["properties.subPlan"].equals(sub_plan) if sub_plan else standard
