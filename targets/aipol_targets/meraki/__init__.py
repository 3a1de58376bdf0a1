"""Cisco Meraki MX: content filtering by group policy for each network segment."""
