"""One model's jump is a spike, many models' a restatement; growth is neither."""

from __future__ import annotations

from readings import day_of, days, series

CALM = [200_000 + 100 * (i % 3) for i in range(40)]
JUMP = 20


def jumping(up: int) -> list[int]:
    """A calm counter that rises (or falls) by so much on one day and stays there."""
    return [value + (up if i >= JUMP else 0) for i, value in enumerate(CALM)]


def test_a_jump_of_one_model_is_a_spike_of_what_it_added(read_hub, events):
    read_hub(series({"a/a": jumping(500_000), "a/b": CALM}), at=None)
    [spike] = events("spike")
    assert (spike.model, days(spike)) == ("a/a", (day_of(JUMP), day_of(JUMP + 1)))
    assert 499_000 < (spike.weight or 0) <= 500_200
    assert spike.numbers["before"] == CALM[JUMP - 1]


def test_growth_day_after_day_is_no_spike(read_hub, events):
    read_hub(series({"a/a": [200_000 + 150_000 * i for i in range(40)]}), at=None)
    assert events("spike") == []


def test_a_jump_that_many_models_share_is_one_restatement_and_no_spike(read_hub, events):
    shared = {f"a/{i}": jumping(150_000 if i % 2 else -150_000) for i in range(6)}
    read_hub(series(shared | {"b/b": CALM}), at=None)
    [event] = events("restatement")
    assert (event.model, days(event)) == (None, (day_of(JUMP), day_of(JUMP + 1)))
    assert (event.numbers["models"], event.numbers["up"], event.numbers["down"]) == (6, 3, 3)
    assert 6 * 149_000 < (event.weight or 0) < 6 * 151_000
    assert events("spike") == []


def test_falls_of_a_shared_jump_are_not_counted_a_second_time(read_hub, events):
    grown = [1_000_000 + 100 * i - (600_000 if i >= JUMP else 0) for i in range(40)]
    read_hub(series({f"a/{i}": grown for i in range(6)}, "downloads_all_time"), at=None)
    assert [event.model for event in events("restatement")] == [None]


def test_a_single_reading_has_no_jumps(read_hub, events):
    read_hub([{"id": "a/a", "downloads": 10_000_000}])
    assert events("spike") == []
    assert events("restatement") == []


def monthly(read_hub, values: dict[str, tuple[int, ...]]) -> None:
    """Readings of cumulative counters, one a month."""
    for number in range(len(next(iter(values.values())))):
        rows = [{"id": name, "downloads_all_time": counter[number]} for name, counter in values.items()]
        read_hub(rows, at=f"2024-{number + 5:02}-01")


def test_falls_that_models_of_a_monthly_reading_share_are_one_restatement(read_hub, events):
    monthly(read_hub, {f"a/{i}": (900, 1_000, 400 + i) for i in range(6)} | {"b/b": (10, 20, 30)})
    [event] = events("restatement")
    assert (event.model, days(event)) == (None, ("2024-07-01", "2024-07-02"))
    assert (event.numbers["models"], event.numbers["up"], event.numbers["down"]) == (6, 0, 6)
    assert event.weight == 6 * 600 - 15
    assert "6 models fell on one day" in event.detail


def test_four_falls_on_a_day_are_an_event_each(read_hub, events):
    monthly(read_hub, {f"a/{i}": (900, 1_000, 400) for i in range(4)} | {"b/b": (10, 20, 30)})
    assert sorted(event.model for event in events("restatement")) == ["a/0", "a/1", "a/2", "a/3"]


def test_five_falls_of_very_many_models_are_an_event_each(read_hub, events):
    still = {f"b/{i}": (10, 20) for i in range(496)}
    monthly(read_hub, {f"a/{i}": (1_000, 400) for i in range(5)} | still)
    assert len(events("restatement")) == 5
    assert None not in {event.model for event in events("restatement")}


def test_falls_on_a_day_on_which_others_jump_are_part_of_one_event(read_hub, events):
    jump = {f"a/{i}": [100 * n + (900_000 if n >= JUMP else 0) for n in range(40)] for i in range(5)}
    fall = {f"b/{i}": [*range(1_000, 1_000 + JUMP), *range(500, 540 - JUMP)] for i in range(5)}
    read_hub(series(jump | fall, "downloads_all_time"), at=None)
    [event] = events("restatement")
    assert (event.model, days(event)[0]) == (None, day_of(JUMP))
    assert (event.numbers["models"], event.numbers["up"], event.numbers["down"]) == (10, 5, 5)
    assert "10 models jumped or fell on one day" in event.detail
