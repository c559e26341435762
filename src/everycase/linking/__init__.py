"""Linking: whether extracts of several sources can be linked, and whether what they say of one case agrees."""

from everycase.linking.journey import Linked, link

__all__ = ["Linked", "link"]
