"""Palo Alto Networks firewalls: security and decryption rules by source address and host."""
