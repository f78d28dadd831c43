"""The one place that chooses implementations: which encoder, which retriever, which composer.

Everything else sees protocols. Moving retrieval into a cluster changes one expression of `open_reader`.
"""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from ragqa.service import QAService, Reader
from ragqa.settings import Settings


def open_reader(settings: Settings) -> Reader:
    """Open the current generation and everything that answers from it.

    Raises:
        IndexMissing: No generation has been built.
        GenerationCorrupt: Files of the generation are missing or cut.
        GenerationIncompatible: It was built with another encoder than the one it names.
    """
    from ragqa.answers.grounding import keep_grounded
    from ragqa.answers.verification import verify_answer
    from ragqa.compose.extractive import ExtractiveComposer
    from ragqa.index.generation import open_current, open_generation_encoder
    from ragqa.retrieval.hybrid import HybridRetriever
    from ragqa.text.conversation import interpret
    from ragqa.text.lexicon import load_lexicon
    from ragqa.text.question import analyse_question
    from ragqa.text.vocabulary import read_vocabulary

    generation = open_current(settings.index)
    library, lexicon = generation.library, load_lexicon()
    with ThreadPoolExecutor(1) as pool:
        # The encoder's weights are read beside the words of the library: the one leaves Python to itself, the other does not.
        encoder = pool.submit(open_generation_encoder, settings.index, generation, settings.embedding)
        analyse = partial(analyse_question, lexicon=lexicon, vocabulary=read_vocabulary(library, lexicon))
        embedder = encoder.result()
    if not gc.get_freeze_count():
        # What was loaded so far (libraries, lexicon, this reader) stays as long as the process. Without it the collector has a tenth to look
        # through: a seventh of the time of an answer, and a third of that of a slow one.
        gc.freeze()
    return Reader(
        generation=generation.name,
        library=library,
        embedder=embedder,
        retriever=HybridRetriever(generation.lexical, generation.dense, library, embedder, settings.retrieval),
        composer=ExtractiveComposer(library, embedder, lexicon, settings.compose, settings.answer_hash),
        analyse=analyse,
        check=partial(keep_grounded, library=library, lexicon=lexicon),
        interpret=lambda question, earlier, said, labels: interpret(question, earlier, analyse, lexicon, said, labels),
        verify=partial(verify_answer, library=library, lexicon=lexicon),
    )


def open_service(settings: Settings) -> QAService:
    """Return a service over an index folder; the generation is opened at the first request."""
    from ragqa.index.generation import current_name

    return QAService(settings, partial(open_reader, settings), partial(current_name, settings.index))
