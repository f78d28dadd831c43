"""ragqa answers clinical questions from your own library, with a verbatim quote behind every statement.

Importing this package loads no model and no native library.
"""

__version__ = "0.1.0"
