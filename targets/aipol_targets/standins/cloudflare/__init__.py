"""Answers as Cloudflare's API does, as far as lists and policies of Gateway go."""
