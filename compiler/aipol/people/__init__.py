"""Turns a file of who is in which groups into how many people and devices something is about."""

from aipol.people.model import Headcount, People
from aipol.people.reading import PeopleRead, identities, people_in, people_text, read_people

__all__ = [
    "Headcount",
    "People",
    "PeopleRead",
    "identities",
    "people_in",
    "people_text",
    "read_people",
]
