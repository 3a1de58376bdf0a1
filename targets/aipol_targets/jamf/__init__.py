"""Jamf Pro: configuration profiles and Restricted Software for managed Macs."""
