"""Turns the shipped YAML about AI apps into one object the other stages ask."""

from aipol.catalogue.load import Catalogue, CatalogueError, load_catalogue

__all__ = ["Catalogue", "CatalogueError", "load_catalogue"]
