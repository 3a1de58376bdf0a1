"""Zscaler Internet Access: URL filtering by source address."""
