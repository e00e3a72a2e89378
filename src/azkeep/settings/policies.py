"""What azkeep.yaml says about policies.

policies:
  profile: secure-enterprise     # baseline (fails on critical), secure-enterprise (high), regulated (medium)
  fail_on: high                  # another threshold than the profile's
  enforcement: mandatory         # mandatory stops an apply, advisory tells, off judges only in `check`
  include: [AML, "tag:network", "framework:mcsb", "framework:cis=2.0.0:8.7"]
  exclude: [GOV-TAG-001]         # tags: network, identity, encryption, data, logging, detection, recovery, cost,
                                 # operations, governance, hardening, registry, images
  parameters:
    required_tags: [environment, owner]        # every rule that has this parameter; or a pattern for each
    AML-NET-004: {accepted_modes: [AllowInternetOutbound, AllowOnlyApprovedOutbound]}
  folder: policies               # rules of the project's own, beside azkeep's
  baseline: azkeep.baseline.json
  environments:
    dev: {profile: baseline, enforcement: advisory}

A project without this section is told of broken policies; with it, `mandatory` is the default.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from azkeep.model.drift import Severity


class Profile(StrEnum):
    """How strict a judgement is; the threshold of each is `fails_on`."""

    BASELINE = "baseline"
    SECURE_ENTERPRISE = "secure-enterprise"
    REGULATED = "regulated"

    @property
    def fails_on(self) -> Severity:
        thresholds = {Profile.BASELINE: Severity.CRITICAL, Profile.SECURE_ENTERPRISE: Severity.HIGH}
        return thresholds.get(self, Severity.MEDIUM)


class Enforcement(StrEnum):
    """What a broken rule at or above the threshold does to `preview` and `apply`."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    OFF = "off"


class PolicyChoice(BaseModel):
    """What may differ from one environment to another; None: as the project says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: Profile | None = Field(default=None, description="baseline, secure-enterprise or regulated.")
    fail_on: Severity | None = Field(default=None, description="The lowest severity that fails.")
    enforcement: Enforcement | None = Field(default=None, description="mandatory, advisory or off.")
    include: tuple[str, ...] | None = Field(default=None, description="Rule ids, prefixes, tag:… and framework:…")
    exclude: tuple[str, ...] | None = Field(default=None, description="The same, for rules to leave out.")
    parameters: dict[str, Any] | None = Field(default=None, description="Values by parameter, or by rule id.")


class PolicySettings(PolicyChoice):
    """The `policies` section of azkeep.yaml."""

    folder: str | None = Field(default=None, description="A folder with rules of the project's own.")
    baseline: str | None = Field(default=None, description="The file of known failures.")
    environments: dict[str, PolicyChoice] = Field(default_factory=dict, description="What differs, by environment.")

    def of(self, env: str | None) -> PolicyChoice:
        """The choice in force in `env`, every member set but `include` where nothing is said."""
        own = self.environments.get(env or "", PolicyChoice())
        profile = own.profile or self.profile or Profile.SECURE_ENTERPRISE
        said = own.fail_on or (None if own.profile else self.fail_on)
        return PolicyChoice(
            profile=profile,
            fail_on=said or profile.fails_on,
            enforcement=own.enforcement or self.enforcement or Enforcement.MANDATORY,
            include=own.include if own.include is not None else self.include,
            exclude=own.exclude if own.exclude is not None else (self.exclude or ()),
            parameters={**(self.parameters or {}), **(own.parameters or {})},
        )


UNSAID = PolicySettings(enforcement=Enforcement.ADVISORY)
"""What holds in a project without a `policies` section: it is told what breaks, and nothing is stopped."""
