"""Turns rulings into frontends of HAProxy with lists of hosts for every network segment."""
