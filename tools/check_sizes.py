"""Prints how large files and functions are and how much is annotated; fails when a limit of ours is passed.

Limits: 500 lines a file, at most 2 % of function bodies over 60 lines, 95 % of public functions annotated, eight lines
for the docstring a module opens with (errors.py draws its tree there and may go on). Bodies are counted without theirs.
"""

import ast
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.source_files import ROOT, package_files, source_files

FILE_LINES = 500
BODY_LINES = 60
LONG_BODIES = 0.02
ANNOTATED = 0.95
OPENING_LINES = 8

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Sizes:
    """What was measured below one root; names are `path` or `path:line function`."""

    files: dict[str, int]  # lines
    bodies: dict[str, int]  # lines
    public: dict[str, bool]  # fully annotated?
    openings: dict[str, int]  # lines of a module's docstring

    def long_bodies(self) -> list[str]:
        """Functions whose body is longer than it should be; a few are allowed."""
        return [f"{name}: {lines} lines" for name, lines in self.bodies.items() if lines > BODY_LINES]

    def failures(self) -> list[str]:
        """One sentence for each limit that is passed."""
        found = [f"{name}: {n} lines, the limit is {FILE_LINES}" for name, n in self.files.items() if n > FILE_LINES]
        found += [f"{name}: opens with {n} lines" for name, n in self.openings.items() if n > OPENING_LINES]
        if len(self.long_bodies()) > LONG_BODIES * len(self.bodies):
            found += [f"{entry}, too many are over {BODY_LINES}" for entry in self.long_bodies()]
        if sum(self.public.values()) < ANNOTATED * len(self.public):
            found += [f"{name}: not fully annotated" for name, complete in self.public.items() if not complete]
        return found

    def report(self) -> str:
        """The measured values, one line each."""
        lines, bodies = sorted(self.files.values()), sorted(self.bodies.values())
        share = sum(self.public.values()) / max(1, len(self.public))
        return "\n".join(
            [
                f"files: {len(lines)}, median {_median(lines)} lines, longest {max(lines, default=0)}",
                f"function bodies: {len(bodies)}, median {_median(bodies)} lines, longest {max(bodies, default=0)}, "
                f"{len(self.long_bodies())} over {BODY_LINES}",
                f"public functions: {len(self.public)}, {share:.1%} fully annotated",
            ]
        )


def measure(root: Path = ROOT) -> Sizes:
    """Measure every .py, .js and .css file below `root`; annotations and openings in the product itself only."""
    files = {_name(p, root): _lines(p) for p in source_files(root, (".py", ".js", ".css"))}
    trees = {_name(p, root): ast.parse(p.read_text(encoding="utf-8")) for p in source_files(root)}
    product = {_name(p, root) for p in package_files(root)}
    return Sizes(
        files=files,
        bodies={
            f"{name}:{f.lineno} {f.name}": _body_lines(f) for name, tree in trees.items() for f in _functions(tree)
        },
        public={f"{n}:{f.lineno} {f.name}": _annotated(f) for n in sorted(product) for f in _public(trees[n])},
        openings={
            name: len((ast.get_docstring(trees[name]) or "").splitlines())
            for name in sorted(product)
            if not name.endswith("errors.py")
        },
    )


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _public(tree: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """Functions of the module and methods of its classes whose names, and whose classes' names, are public."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            if isinstance(node, ast.ClassDef):
                yield from _public(node)
            else:
                yield node


def _body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _annotated(function: Function) -> bool:
    given = function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    return function.returns is not None and all(a.annotation or a.arg in ("self", "cls") for a in arguments)


def _median(values: list[int]) -> int:
    return round(statistics.median(values)) if values else 0


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def main() -> int:
    """Print the values, then what passes a limit; the exit code says whether anything does."""
    sizes = measure()
    print(sizes.report())
    for entry in sizes.long_bodies():
        print(f"  long: {entry}")
    for failure in sizes.failures():
        print(f"TOO LARGE {failure}", file=sys.stderr)
    return bool(sizes.failures())


if __name__ == "__main__":
    sys.exit(main())
