"""Turns rulings into the access rules and the selective TLS inspection of a squid proxy."""
