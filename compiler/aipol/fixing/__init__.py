"""Turns findings that can be mended in one way into a policy's mended text."""
