"""Print the description of `/api/v1` in OpenAPI: `python -m weighbridge.surfaces.api`."""

from __future__ import annotations

import json

from weighbridge.cubes.cubefile import sample_path
from weighbridge.surfaces.api.application import application, openapi


def text() -> str:
    """The description as JSON, the same for the same version, whatever is held."""
    document = openapi(application(sample_path(), ahead="nothing"))
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(text(), end="")
