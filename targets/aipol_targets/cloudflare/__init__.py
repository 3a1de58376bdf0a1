"""Cloudflare Gateway (Zero Trust): lists of domains and the policies that use them, as data."""
