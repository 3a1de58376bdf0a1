"""Carry a plan out at a vendor so that it can be stopped anywhere, gone on with and undone."""
