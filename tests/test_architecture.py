"""The layers of ARCHITECTURE.md, held by reading every import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "ragqa"
LAYERS = {
    **dict.fromkeys(("types", "protocols", "errors", "settings", "codec", "__init__"), 0),
    "text": 1,
    **dict.fromkeys(("ingest", "index", "retrieval", "compose", "answers", "records"), 2),
    **dict.fromkeys(("service", "build", "parsed", "bootstrap", "curation"), 3),
    **dict.fromkeys(("web", "evaluation"), 4),
    "cli": 5,
}
STAGES = {"ingest", "index", "retrieval", "compose", "answers", "records"}
CONCRETE = {"bootstrap", "build", "parsed", "curation"}
"""The only modules of layer 3 that may name what a stage implements."""


def imports_of(path: Path) -> set[str]:
    """Return the ragqa parts (first name below the package) that a module imports, type-checking imports aside."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "ragqa":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names if (SOURCE / alias.name).exists()}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("ragqa.")}
    return found


def part_of(path: Path) -> str:
    """Return the first name of a module below the package."""
    return path.relative_to(SOURCE).with_suffix("").parts[0]


MODULES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_down_and_stages_do_not_meet(path: Path) -> None:
    """A module imports lower layers or its own part; a stage never imports another stage."""
    part = part_of(path)
    for imported in imports_of(path) - {part}:
        assert LAYERS[imported] <= LAYERS[part], f"{part} imports {imported}, which stands above it"
        assert not (part in STAGES and imported in STAGES), f"stage {part} imports stage {imported}"
        assert not (part == "service" and imported in STAGES), f"service names the implementation {imported}; bootstrap chooses"


def test_importing_ragqa_loads_no_native_library() -> None:
    """`import ragqa` stays light: no model, no native library."""
    code = "import sys, ragqa; print([name for name in ('torch', 'onnxruntime', 'faiss', 'tantivy', 'numpy', 'pypdf') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_module_has_more_than_one_idea() -> None:
    """No module exceeds 320 lines, the value types aside: beyond that there is more than one idea in it."""
    long = {str(path.relative_to(SOURCE)): n for path in MODULES if (n := len(path.read_text(encoding="utf-8").splitlines())) > 320}
    assert set(long) <= {"types.py"}, long


def test_no_disease_or_drug_is_named_in_code() -> None:
    """The first field of medicine lives in lexicon data: no code line outside comments and docstrings names its diseases or drugs."""
    field_words = {"mctd", "scleroderma", "rituximab", "mycophenolate", "nintedanib", "tocilizumab", "myositis", "sjögren", "ctd-ild"}
    named: list[str] = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                named += [f"{path.name}:{node.lineno} {word}" for word in field_words if word in node.value.lower()]
    # The settings and schemas of the HTTP face show one example question.
    assert not [entry for entry in named if not entry.startswith(("schemas.py", "examples.py"))]
