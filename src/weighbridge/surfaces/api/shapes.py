"""Shapes of the documents that the server sends, for its description in OpenAPI and the types made of that."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A document whose further fields are allowed: programs must not rely on there being none."""

    model_config = ConfigDict(extra="allow")


class Problem(Shape):
    """What went wrong, as RFC 9457 has it."""

    type: str = Field(description="Address that says what the kind means, relative to what was asked.")
    title: str = Field(description="The same for all problems of the kind.")
    status: int = Field(description="Status of HTTP.")
    detail: str = Field(description="What was wrong.")
    hint: str = Field(description="What is valid, or what to do.")
    kind: str = Field(description="Name of the kind; of a closed list.")


class Definition(Shape):
    """The choices behind a figure."""

    name: str
    version: int
    attribution: str
    max_age_days: int | None
    scope: str
    clean: list[str]
    register_: str = Field(alias="register")
    contested: str
    evidence: str
    bounds: str
    changed: list[str] = Field(description="Choices that differ from the named definition.")


class Window(Shape):
    """A half-open window of days."""

    from_: str = Field(alias="from")
    to: str
    kind: str


class Coverage(Shape):
    """What part of the weight has a known answer."""

    registered_share: float
    located_share: float
    declared_base_share: float
    by_grade: dict[str, float]


class Removal(Shape):
    """What a cleaning rule left out."""

    rule: str
    models: int
    downloads: int
    examples: list[str]
    moved: dict[str, float]


class Source(Shape):
    """A reading that a figure rests on."""

    vintage: str
    title: str
    sha256: str


class Answer(Shape):
    """The answer of a measure: rows with all that must stand beside them. Names come from public hubs: untrusted."""

    measure: str
    title: str
    by: str
    hub: str
    unit: str
    engine: str
    definition: Definition
    window: Window
    as_of: str
    vintages: list[str]
    population: str
    simulated: bool
    total: int | None = Field(description="All weight in scope; null where only shares are known.")
    unknown_age: int
    coverage: Coverage
    removed: list[Removal]
    periods: Any = Field(description="Null, or a row a period; some measures tell their number.")
    rows: list[dict[str, Any]]
    notes: list[str]
    sources: list[Source]


class Rows(Shape):
    """A list."""

    rows: list[dict[str, Any]]


class Choice(Shape):
    """What a measure can be asked with."""

    name: str
    help: str
    choices: list[str] | None
    default: str | int | list[str] | None
    number: bool
    least: int | None
    most: int | None
    many: bool
    flag: bool
    form: str | None


class Measure(Shape):
    """What a measure says of itself."""

    id: str
    title: str
    words: str
    formula: str
    source: str
    example: str
    options: list[Choice]


class Measures(Shape):
    """All measures, and what is drawn and is none."""

    rows: list[Measure]


class Options(Shape):
    """What every question can be asked with, and the names that are there to choose from."""

    rows: list[Choice]
    named: dict[str, list[str]] = Field(description="Valid values by name of the option, as far as they can be listed.")


class NamedDefinition(Definition):
    """A named definition with its words."""

    id: str
    title: str
    words: str


class Definitions(Shape):
    """Named definitions, and the scopes and rules that they are made of."""

    rows: list[NamedDefinition]
    parts: list[dict[str, Any]]


class Index(Shape):
    """Where things are."""

    name: str
    version: str
    as_of: str
    vintages: list[str]
    simulated: bool
    notes: list[str] = Field(description="What must be known of all answers, such as that the sample gives them.")
    links: dict[str, str]


class Health(Shape):
    """How the server is."""

    status: Literal["ok"]
    version: str
    vintages: int
    warmed: bool = Field(description="Whether the pages and their own figures are made.")
    all_warmed: bool = Field(description="Whether all is made that the menus offer.")
    made_ahead: int = Field(description="Files and pages made before they were asked for.")
    notes: list[str] = Field(description="What must be known of all answers, such as that the sample gives them.")
    stale: bool = Field(description="Whether the store cannot be read any more, and what was read before answers.")
    store: str = Field(description="`readable`, or `unreadable since` and when.")


class Hit(Shape):
    """Something that was found."""

    kind: Literal["organisation", "family", "model"]
    name: str = Field(description="Untrusted text of a hub.")
    weight: int
    unit: str
    models: int | None
    organisation: str | None
    country: str | None
    matched: str
    what: str
    page: str = Field(description="Place of its page below the root.")


class Hits(Shape):
    """What was found, the best first."""

    rows: list[Hit]
    q: str


class ProblemKind(Shape):
    """A kind of problem."""

    kind: str
    status: int
    title: str


class ProblemKinds(Shape):
    """The closed list of problems."""

    rows: list[ProblemKind]
