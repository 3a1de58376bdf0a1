"""Servers on loopback that behave as the vendors do: a tenant to plan and apply against."""
