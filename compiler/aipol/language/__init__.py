"""The policy language: what an author writes, and how it is read."""
