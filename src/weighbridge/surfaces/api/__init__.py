"""The server: FastAPI, read-only. Pages, files of answers, and `/api/v1`, all made from what is registered."""

from weighbridge.surfaces.api.application import application

__all__ = ["application"]
