"""Whatever is asked, the server answers, leads elsewhere or refuses, and never fails."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.measures import measures
from weighbridge.surfaces.views.asked import PICTURED, options_of
from weighbridge.surfaces.web import pages

NAMES = [*measures(), *PICTURED]
OPTIONS = sorted({name for measure in NAMES for name in options_of(measure)} | {"theme", "width", "chart", "head"})
ODD = ("", "..", "../../etc/passwd", "\0", "%00", "<script>", "‮", "a" * 400, "-1", "0", "1e9", "none", "yes", "'; --",
       "CN,US", "2024-07-11", "2024-13-01", "52w", "99999999999999999999", "nan", "~", "NULL", ",", ",,,")  # fmt: skip
CHOICES = sorted({c for m in NAMES for option in options_of(m).values() for c in option.choices or ()})
VALUES = st.one_of(st.sampled_from(CHOICES), st.sampled_from(ODD), st.text(max_size=20))
QUERIES = st.lists(st.tuples(st.one_of(st.sampled_from(OPTIONS), st.text(max_size=8)), VALUES), max_size=4)
FOLDERS = ("", "charts/", "assets/", "api/v1/", "model/", "api/v1/models/", "family/")
HURRIED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def written(query: list[tuple[str, str]]) -> str:
    return urlencode(query, errors="replace")


@HURRIED
@given(st.sampled_from(NAMES), st.sampled_from(("json", "csv", "metadata.json", "vl.json")), QUERIES)
def test_any_question_gets_an_answer_or_a_problem(client, measure, ending, query):
    answer = client.get(f"/charts/{measure}.{ending}?{written(query)}")
    assert answer.status_code in (200, 400, 404), answer.text
    if answer.status_code != 200:
        assert answer.json()["kind"] in ("usage", "data-missing", "not-found")


@HURRIED
@given(st.sampled_from(NAMES), st.sampled_from(OPTIONS), st.data())
def test_any_valid_choice_gets_an_answer_or_a_reason(client, measure, name, data):
    option = options_of(measure).get(name)
    if option is None or not option.choices:
        return
    value = data.draw(st.sampled_from(option.choices))
    answer = client.get(f"/charts/{measure}.json?{written([(name, value)])}")
    assert answer.status_code in (200, 400, 404), answer.text


@HURRIED
@given(st.sampled_from([name for name in pages() if name != "overview"]), QUERIES)
def test_any_address_of_a_page_gets_a_page(client, page, query):
    answer = client.get(f"/{page}/?{written(query)}")
    assert answer.status_code in (200, 303, 400, 404), answer.text
    if answer.status_code == 303:
        again = client.get(str(answer.url.join(answer.headers["location"])))
        assert again.status_code != 303, "a canonical address leads nowhere else"


@HURRIED
@given(
    st.text(max_size=60), st.sampled_from(("", "charts/", "assets/", "api/v1/", "model/", "api/v1/models/", "family/"))
)
def test_any_path_gets_an_answer_or_a_problem(client, path, folder):
    answer = client.get(f"/{folder}{quote(path, safe='/~', errors='replace')}")
    assert answer.status_code in (200, 303, 404, 414), answer.text


@HURRIED
@given(st.text(max_size=60))
def test_any_text_can_be_searched_for(client, text):
    answer = client.get(f"/api/v1/search?{written([('q', text)])}")
    assert answer.status_code == 200
    assert len(answer.json()["rows"]) <= 20


@HURRIED
@given(st.text(alphabet="%=&;+,abfF019byto\\<\"'", max_size=100))
def test_any_query_string_at_all_is_borne(client, query):
    url = client.base_url.copy_with(path="/charts/share.json", query=query.encode())
    assert client.get(url).status_code in (200, 400)
