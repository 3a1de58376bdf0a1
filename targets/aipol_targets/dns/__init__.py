"""Turns rulings into what DNS resolvers answer: policy zones, local zones, dnsmasq and hosts."""
