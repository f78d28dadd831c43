"""Turn filters into the chunk rows they allow, exactly.

A mask is made once for each filter and generation and kept, since the same few filters (guidelines, research) come with every question.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import numpy as np

from ragqa.protocols import Library
from ragqa.retrieval.parts import RowMask
from ragqa.types import DocumentRecord, Filters

_MASKS_KEPT = 32
"""A mask costs one byte a chunk: 32 of them are 3.2 MB at 100,000 chunks."""


class RowMasks:
    """The chunk rows that each filter allows in one generation. Safe for use by several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: OrderedDict[Filters, RowMask] = OrderedDict()
        self._lock = Lock()

    def rows_allowed(self, filters: Filters) -> RowMask | None:
        """Return the mask of a filter, None where it allows everything. Raise `DocumentNotFound` for an unknown document."""
        if filters == Filters():
            return None
        with self._lock:
            if filters in self._kept:
                self._kept.move_to_end(filters)
                return self._kept[filters]
        mask = self._mask(filters)
        # Equal filters share one array: nobody may change it.
        mask.flags.writeable = False
        with self._lock:
            mask = self._kept.setdefault(filters, mask)
            if len(self._kept) > _MASKS_KEPT:
                self._kept.popitem(last=False)
        return mask

    def _mask(self, filters: Filters) -> RowMask:
        mask = np.zeros(self._library.n_chunks, dtype=np.bool_)
        document_ids = {self._library.document(document_id).document_id for document_id in filters.document_ids}
        for document in self._library.documents():
            if _allows(filters, document_ids, document):
                rows = self._library.chunk_rows(document.document_id)
                mask[rows.start : rows.stop] = True
        return mask


def _allows(filters: Filters, document_ids: set[str], document: DocumentRecord) -> bool:
    """Return whether a document passes every given filter. A document of unknown year passes no filter by year."""
    if filters.kinds and document.metadata.kind not in filters.kinds:
        return False
    if document_ids and document.document_id not in document_ids:
        return False
    if filters.year_from is None and filters.year_to is None:
        return True
    year = document.metadata.year
    return year is not None and (filters.year_from is None or year >= filters.year_from) and (filters.year_to is None or year <= filters.year_to)
