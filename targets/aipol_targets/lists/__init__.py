"""Turns rulings into lists for firewalls and proxies of any make: EDL and plain domains."""
