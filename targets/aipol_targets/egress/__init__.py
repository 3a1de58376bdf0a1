"""Turns rulings into lists for egress devices of any make: EDL, plain domains and squid."""
