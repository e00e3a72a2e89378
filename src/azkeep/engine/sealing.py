"""Sealing a text with the stack's own secrets provider: who may open the stack's secrets may open it, and nobody else.

The engine does it, as for a secret setting, in a settings file of its own: whatever provider the stack has will do.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from azkeep.engine import config
from azkeep.engine.process import temporary_folder
from azkeep.engine.session import Session
from azkeep.errors import EngineError, PlanStale, WrongPassphrase

KEY = "azkeep:sealed"


@dataclass(frozen=True)
class Sealed:
    """`ciphertext`, and the settings that name what encrypted it, beside the passphrase or the right to the key: salt
    or wrapped key, and provider."""

    ciphertext: str
    encryption: Mapping[str, str]


class Sealer(Protocol):
    """What seals and opens for one stack."""

    def seal(self, text: str) -> Sealed:
        """`text`, one line, sealed."""

    def unseal(self, sealed: Sealed) -> str:
        """The text. Raises WrongPassphrase, PlanStale where it was not sealed so."""


@dataclass(frozen=True)
class StackSealer:
    """The secrets provider of a session's stack."""

    session: Session

    def seal(self, text: str) -> Sealed:
        session = self.session
        with temporary_folder(session.run_folder, f"seal-{uuid.uuid4().hex[:8]}") as folder:
            file = folder / f"Pulumi.{session.stack}.yaml"
            config.adopt_encryption(file, config.encryption_of(session.config_file))
            config.set_secret(session, file, KEY, text)
            ciphertext = config.read_values(file, session.project)[KEY].value
            return Sealed(ciphertext, config.encryption_of(file))

    def unseal(self, sealed: Sealed) -> str:
        session = self.session
        with temporary_folder(session.run_folder, f"unseal-{uuid.uuid4().hex[:8]}") as folder:
            file = folder / f"Pulumi.{session.stack}.yaml"
            config.adopt_encryption(file, sealed.encryption)
            config.set_sealed(file, KEY, sealed.ciphertext)
            asked = ["config", "get", KEY, "--stack", session.stack, "--config-file", str(file)]
            try:
                return session.ask(asked, wants_output=True).output.strip()
            except EngineError as error:
                if isinstance(error, WrongPassphrase) and self._is_own(sealed):
                    raise
                raise _foreign(error) from error

    def _is_own(self, sealed: Sealed) -> bool:
        """True where the stack has the very key that `sealed` names, so that only the passphrase can be wrong."""
        return config.encryption_of(self.session.config_file) == dict(sealed.encryption)


def _foreign(error: EngineError) -> PlanStale:
    return PlanStale(
        "the plan cannot be opened by the stack's secrets provider",
        detail=str(error),
        fix="It was sealed for another stack or with another passphrase. Preview again, review, and apply that:"
        " azkeep preview STACK --out reviewed.plan",
    )
