"""Prove that artefacts, read back by independent readers, do what the policy says."""

from aipol.verify.verify import verify

__all__ = ["verify"]
