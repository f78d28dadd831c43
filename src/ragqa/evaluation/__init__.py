"""How good the answers are: questions, metrics, reports."""
