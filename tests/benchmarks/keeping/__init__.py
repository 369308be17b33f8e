"""Nights that are stopped and archives that are copied while they live."""
