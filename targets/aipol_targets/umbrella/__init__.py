"""Cisco Umbrella and Secure Access: destination lists for each network segment."""
