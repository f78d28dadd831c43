"""Generations on disk: texts, lexical index, vectors, publishing."""
