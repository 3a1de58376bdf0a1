"""Checks of one policy that need the catalogue, and no resolution of who is who."""
