"""Rows as Parquet, written in groups so that a large export never stands in memory as a whole.

The library is imported when it is first needed: reading and labelling must start without it.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Literal, get_args

from pydantic import BaseModel

from labeling.exports.out import Out

GROUP = 2_000
"""Rows of a row group."""
_SIMPLE = {str: "string", int: "int64", float: "float64", bool: "bool_"}


class ParquetFiles:
    """Parquet files of an export by name; rows of one file are of one type. To be used in a `with` block."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self._files: dict[str, _File] = {}

    def row(self, name: str, row: BaseModel) -> None:
        """Append a row. Raises SecretFound."""
        if name not in self._files:
            self._files[name] = _File(self._out, name, type(row))
        self._files[name].row(row)

    def __enter__(self) -> ParquetFiles:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Write what is left of each file, unless something went wrong."""
        for file in self._files.values():
            file.close(whole=kind is None)


class _File:
    """One file being written."""

    def __init__(self, out: Out, name: str, kind: type[BaseModel]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._out, self._name, self._rows = out, name, list[dict[str, Any]]()
        self._schema = pa.schema(
            [pa.field(field, _arrow(info.annotation)) for field, info in kind.model_fields.items()]
        )
        self._sink = pa.PythonFile(_Appending(out, name), mode="w")
        self._writer = pq.ParquetWriter(self._sink, self._schema, compression="zstd")

    def row(self, row: BaseModel) -> None:
        body = row.model_dump(mode="json")
        self._out.counted(self._name, row.model_dump_json())
        self._rows.append(_encodable(body))
        if len(self._rows) == GROUP:
            self._flush()

    def close(self, *, whole: bool) -> None:
        if whole:
            self._flush()
            self._writer.close()
        self._sink.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []


class _Appending:
    """A file of an export as Arrow wants one: it only grows."""

    closed = False

    def __init__(self, out: Out, name: str) -> None:
        self._out, self._name, self._size = out, name, 0

    def write(self, data: bytes) -> int:
        self._out.data(self._name, bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """The export lets go of its files itself."""


def _arrow(annotation: Any) -> Any:
    """The Arrow type of a row's field: texts, numbers, optional ones, and lists of messages."""
    import pyarrow as pa

    kinds = [kind for kind in get_args(annotation) if kind not in (type(None), Ellipsis)]
    if annotation in _SIMPLE:
        return getattr(pa, _SIMPLE[annotation])()
    if getattr(annotation, "__origin__", None) is Literal:
        return pa.string()
    if getattr(annotation, "__origin__", None) is tuple:
        fields = kinds[0].model_fields
        return pa.list_(pa.struct([pa.field(name, _arrow(info.annotation)) for name, info in fields.items()]))
    return _arrow(kinds[0])


def _encodable(value: Any) -> Any:
    """The value with half surrogate pairs escaped, which Arrow's texts cannot hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [_encodable(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _encodable(entry) for key, entry in value.items()}
    return value
