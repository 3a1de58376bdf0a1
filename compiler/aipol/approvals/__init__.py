"""Turns what a change of a policy does into who has to agree to it, by the policy's own rules."""

from aipol.approvals.model import Compared, Policy, Required, Trigger
from aipol.approvals.requiring import required

__all__ = ["Compared", "Policy", "Required", "Trigger", "required"]
