"""Turns rulings into Suricata rules for every network segment."""
