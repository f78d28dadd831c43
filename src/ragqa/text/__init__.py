"""Text without meaning of its own stage: normalisation, sentences, analysis, abbreviations, lexicons."""
