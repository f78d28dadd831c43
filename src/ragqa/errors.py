"""Every error a caller may want to handle.

RagqaError
├── SettingsInvalid           a setting or option cannot be used
├── QuestionInvalid           the question is empty, too long or not text
├── QuestionSetInvalid        a file of evaluation questions cannot be used
├── DatasetInvalid            a folder of a ranking data set cannot be used
├── CorpusMissing             the corpus folder does not exist or holds no document
├── FileRejected              one file of the corpus cannot be read; carries its status
├── DocumentNotFound          no document has that id
├── DocumentNotRemovable      a document cannot be taken out of the corpus, or not be put back
├── OriginalUnavailable       the file of a document is gone, has changed, or has no picture of that page
├── NothingToRollBack         there is no generation before the current one
├── UploadInvalid             what was sent is no form with files
├── JobNotFound               no job has that id
├── AnswerInvalid             a saved answer is not in the shape of an answer
├── IndexMissing              no generation has been built yet
├── GenerationCorrupt         files of a generation are missing, cut or changed
├── GenerationIncompatible    the index was built with another encoder or format
├── LexiconInvalid            an edited lexicon file cannot be read
├── RecordsUnavailable        the database of answers, keys and jobs cannot be opened or written
├── RecordsIncompatible       that database was made by another version
├── KeyNotFound               no valid key has that id
├── IndexLocked               another build holds the lock
├── IndexNotWritable          the index folder cannot be written, or the disk is full
└── ModelUnavailable          the embedding model cannot be loaded or exported

A message says what happened, to what, and what to do next. `exit_code` is what the command line ends with: 2 for misuse, 1 for failure.
"""

from __future__ import annotations

from ragqa.types import DocumentStatus


class RagqaError(Exception):
    """The base of all errors that ragqa raises on purpose."""

    exit_code = 1


class SettingsInvalid(RagqaError):
    """A setting or option cannot be used."""

    exit_code = 2


class QuestionInvalid(RagqaError):
    """The question is empty, too long or not text."""

    exit_code = 2


class QuestionSetInvalid(RagqaError):
    """A file of evaluation questions cannot be read, or its lines are wrong alone or against each other."""

    exit_code = 2


class DatasetInvalid(RagqaError):
    """A folder of a ranking data set lacks a file, or its files are wrong alone or against each other."""

    exit_code = 2


class CorpusMissing(RagqaError):
    """The corpus folder does not exist or holds no document."""

    exit_code = 2


class FileRejected(RagqaError):
    """One file of the corpus cannot be read; `status` says how its reading ended."""

    def __init__(self, message: str, status: DocumentStatus = DocumentStatus.REJECTED) -> None:
        super().__init__(message)
        self.status = status


class DocumentNotFound(RagqaError):
    """No document of the generation has that id."""

    exit_code = 2


class DocumentNotRemovable(RagqaError):
    """A document cannot be taken out of the corpus, or a removed one cannot be put back."""

    exit_code = 2


class OriginalUnavailable(RagqaError):
    """The file that a document was made from is gone, has changed since, or has no picture of that page."""

    exit_code = 2


class NothingToRollBack(RagqaError):
    """There is no generation before the current one."""


class UploadInvalid(RagqaError):
    """What was sent to be uploaded is no form, or a form without files."""

    exit_code = 2


class JobNotFound(RagqaError):
    """No job has that id."""

    exit_code = 2


class AnswerInvalid(RagqaError):
    """A saved answer is not in the shape of an answer."""

    exit_code = 2


class IndexMissing(RagqaError):
    """No generation has been built yet."""


class GenerationCorrupt(RagqaError):
    """Files of a generation are missing, cut or changed."""


class GenerationIncompatible(RagqaError):
    """The generation was built with another encoder or file format than the one in use."""


class LexiconInvalid(RagqaError):
    """A file of the lexicon cannot be read or lacks a part."""

    exit_code = 2


class RecordsUnavailable(RagqaError):
    """The database of answers, keys and jobs cannot be opened, read or written."""


class RecordsIncompatible(RagqaError):
    """The database of answers, keys and jobs was made by another version."""


class KeyNotFound(RagqaError):
    """No valid key has that id."""

    exit_code = 2


class IndexLocked(RagqaError):
    """Another build holds the lock."""


class IndexNotWritable(RagqaError):
    """The index folder cannot be written, or the disk is full."""


class ModelUnavailable(RagqaError):
    """The embedding model cannot be loaded or exported."""
