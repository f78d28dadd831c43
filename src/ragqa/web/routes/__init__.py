"""The interface for programs, under `/v1`: one module for each thing that is served."""
