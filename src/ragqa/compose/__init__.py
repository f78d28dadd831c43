"""Ranked chunks to a cited answer."""
