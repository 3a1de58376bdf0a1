"""Turns rulings into one proxy auto-config file for every network segment."""
