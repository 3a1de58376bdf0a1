"""Cisco Umbrella: destination lists for each network segment."""
