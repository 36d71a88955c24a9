"""`weighbridge export-cube`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weighbridge.surfaces.cli import options, output


@click.command("export-cube", short_help="Write the store's cubes as one small file.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--origin", default="", help="Where the data came from and under which licence; kept in the file.")
@options.listing
def command(path: Path, origin: str, store: Path | None, form: str, as_json: bool) -> None:
    """Write what the store can answer of its newest windows to one small file, to publish behind an article.

    The file holds sums over models with equal labels, and names the largest models only. Ask it with --store FILE.
    """
    from weighbridge.cubes.exporting import export_cube
    from weighbridge.errors import UsageError
    from weighbridge.store.home import Store, default_path
    from weighbridge.store.package import file_sha256

    where = store or default_path()
    if where.is_file():
        raise UsageError(f"{where} is a cube file already", "give a store's folder with --store")
    with output.waiting("summing"):
        document = export_cube(Store(where), path, f"weighbridge export-cube {path.name}", origin)
    result: dict[str, Any] = {
        "path": str(path),
        "bytes": path.stat().st_size,
        "sha256": file_sha256(path),
        "parts": [f"{p['hub']} {p['grain'] or 'newest'} {p['attribution']}" for p in document["parts"]],
        "vintages": [v["id"] for v in document["vintages"]],
    }
    if as_json:
        output.document(result)
    else:
        print(f"{path}: {result['bytes']:,} bytes, sha256 {result['sha256']}")
        print(f"parts: {', '.join(result['parts'])}")
