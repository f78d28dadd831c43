"""Answers as people and programs read them, and their verification against the index."""
