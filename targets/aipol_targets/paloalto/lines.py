"""Turns URL lists into their lines, and lists into where they are fetched from."""

from __future__ import annotations

from aipol_targets.common.network.hostlists import url_lines
from aipol_targets.paloalto.model import Category


def category_lines(category: Category) -> tuple[str, ...]:
    """One entry a line; an address is the address itself and what is below it."""
    hosts = (line for host, intent in category.patterns for line in url_lines(host, intent))
    return (*hosts, *category.urls)


def list_url(base: str, list_name: str) -> str:
    """Where a firewall fetches an external list."""
    return f"{base}/{list_name}.txt"
