"""Turns the shipped YAML about AI apps into one object the other stages ask."""

from aipol.catalogue.load import Catalogue, CatalogueError, load_catalogue
from aipol.catalogue.model import App
from aipol.catalogue.search import Hit

__all__ = ["App", "Catalogue", "CatalogueError", "Hit", "load_catalogue"]
