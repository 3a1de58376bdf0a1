"""Turns compiled files into what devices fetch from a directory, and back to what was there."""
