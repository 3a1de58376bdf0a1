"""Turns rulings into the filter groups, stories and site lists of an e2guardian proxy."""
