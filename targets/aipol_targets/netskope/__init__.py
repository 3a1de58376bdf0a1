"""Netskope Secure Web Gateway: URL lists, and policies by source network."""
