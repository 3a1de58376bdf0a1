"""Turns rulings into what DNS resolvers answer: zones, rules and lists of names."""
