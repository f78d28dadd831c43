"""Files to documents: intake, parsing, sections, sentences, tags, chunks."""
