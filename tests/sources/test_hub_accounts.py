"""Accounts of the Hub: organisations with what they say of themselves, and of persons only that they are persons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from live_hub import Landed
from live_hub import _no_waits as _no_waits
from live_hub import landed as landed
from live_hub import token as token

import standin
from weighbridge.errors import DataMissing, SchemaChanged, SourceFailed, UsageError
from weighbridge.records.parts import PARTS
from weighbridge.records.source import LiveSource
from weighbridge.sources import hub_accounts
from weighbridge.sources.hub_accounts import HubAccounts
from weighbridge.sources.net.pages import write_whole

ORGANISATIONS = {
    "acme": {"fullname": "Acme  AI\n", "isVerified": True, "numModels": 3, "details": "We love gradients"},
    "placed": {"fullname": "Placed", "websiteUrl": "https://placed.example", "location": "Oslo", "numModels": None},
    "odd": {"fullname": "", "website": "javascript:alert(1)", "location": 7, "isVerified": "yes", "numModels": "many"},
}
PEOPLE = {"jane": {"fullname": "Jane Doe", "details": "my bio", "numModels": 4, "website": "https://jane.example"}}
NAMES = ["acme", "jane", "placed", "nobody", "odd"]

pytestmark = pytest.mark.usefixtures("_no_waits")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[standin.Running]:
    """A Hub with a few accounts, asked two at a checkpoint."""
    monkeypatch.setattr(hub_accounts, "A_PAGE", 2)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with standin.hub([], day="2024-07-11", organisations=ORGANISATIONS, people=PEOPLE) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


def accounts(landed: Landed, names: list[str] = NAMES, **asked: Any) -> dict[str, dict[str, Any]]:
    (one,) = landed.fetch(HubAccounts(), names=lambda: names, **asked)
    (batch,) = HubAccounts().read(one.path, one.at)
    assert batch.rows.num_rows == 0
    assert batch.parts["accounts"].schema == PARTS["accounts"].schema
    return {row["namespace"]: row for row in batch.parts["accounts"].to_pylist()}


def test_it_is_a_live_source_of_a_chosen_set() -> None:
    assert isinstance(hub_accounts.SOURCE, LiveSource)
    assert hub_accounts.SOURCE.descriptor.population == "selection"


def test_organisations_persons_and_unknown_names_are_told_apart(hub: standin.Running, landed: Landed) -> None:
    found = accounts(landed)
    assert {name: row["kind"] for name, row in found.items()} == {
        "acme": "organisation", "placed": "organisation", "odd": "organisation", "jane": "user", "nobody": "absent",
    }  # fmt: skip
    assert found["acme"] | {"observed": None} == {
        "namespace": "acme", "kind": "organisation", "title": "Acme AI", "website": None, "location": None,
        "verified": True, "models": 3, "observed": None,
    }  # fmt: skip
    assert found["acme"]["observed"].date().isoformat() == "2024-07-11"


def test_website_and_location_are_kept_where_the_hub_gives_them(hub: standin.Running, landed: Landed) -> None:
    placed = accounts(landed)["placed"]
    assert (placed["website"], placed["location"], placed["models"]) == ("https://placed.example", "Oslo", None)


def test_what_is_no_web_address_text_or_count_is_left_out(hub: standin.Running, landed: Landed) -> None:
    odd = accounts(landed)["odd"]
    assert [odd[name] for name in ("title", "website", "location", "verified", "models")] == [None] * 5


@pytest.mark.parametrize("count", [2**63, 10**30, -1, True])
def test_a_number_of_models_that_no_table_can_hold_is_none(hub: standin.Running, landed: Landed, count: int) -> None:
    hub.site.organisations["acme"] = {"numModels": count}
    assert accounts(landed)["acme"]["models"] is None


def test_an_answer_that_tells_of_another_account_is_told_and_not_believed(hub: standin.Running, landed: Landed) -> None:
    hub.site.organisations |= {"acme": {"name": "other", "fullname": "Other"}, "placed": {"name": "PLACED"}}
    found = accounts(landed)
    assert (found["acme"]["kind"], found["acme"]["title"]) == ("absent", None)
    assert found["placed"]["kind"] == "organisation", "names of accounts do not know capitals"
    assert "asked for the account acme, the Hub tells of other" in landed.words


def test_of_a_person_nothing_lands_but_that_there_is_one(hub: standin.Running, landed: Landed) -> None:
    jane = accounts(landed)["jane"]
    assert {name for name, value in jane.items() if value is not None} == {"namespace", "kind", "observed"}
    import pyarrow as pa

    for file in landed.folder.rglob("*.zst"):
        text = pa.input_stream(str(file), compression="zstd").read().decode()
        assert not any(word in text for word in ("Jane", "bio", "jane.example", "gradients"))


def test_only_the_heaviest_are_asked_for(hub: standin.Running, landed: Landed) -> None:
    assert set(accounts(landed, top=2)) == {"acme", "jane"}
    assert [seen.target for seen in hub.seen] == [
        "/api/organizations/acme/overview", "/api/organizations/jane/overview", "/api/users/jane/overview",
    ]  # fmt: skip


def test_a_stopped_fetch_goes_on_where_it_was(hub: standin.Running, landed: Landed) -> None:
    hub.harm(standin.fault("dead", on="organizations/nobody"))
    with pytest.raises(SourceFailed):
        accounts(landed)
    hub.heal()
    hub.forget()
    assert set(accounts(landed)) == set(NAMES)
    assert "acme" not in "".join(seen.target for seen in hub.seen)


@pytest.mark.parametrize("fault", ["too-many-requests", "server-errors", "cut", "malformed-json", "nothing"])
def test_what_heals_costs_no_account(hub: standin.Running, landed: Landed, fault: str) -> None:
    hub.harm(standin.fault(fault, on="/overview", after=1))
    assert set(accounts(landed)) == set(NAMES)


def test_an_answer_of_another_shape_is_a_changed_schema(hub: standin.Running, landed: Landed) -> None:
    hub.harm(standin.fault("other-shape", on="/overview"))
    with pytest.raises(SchemaChanged, match="answers no account with a name"):
        accounts(landed)


def test_a_hub_that_knows_nobody_has_changed(hub: standin.Running, landed: Landed) -> None:
    hub.harm(standin.fault("not-found", on="/overview"))
    with pytest.raises(SchemaChanged, match="knows none of 5 accounts"):
        accounts(landed)


def test_the_same_names_are_not_asked_for_again_within_a_month(hub: standin.Running, landed: Landed) -> None:
    (one,) = landed.fetch(HubAccounts(), names=lambda: NAMES)
    hub.forget()
    again = Landed(landed.folder)
    assert again.fetch(HubAccounts(), names=lambda: NAMES, held=one.origin) == []
    assert not hub.seen
    old = dict(one.origin) | {"began": (datetime.now(UTC) - timedelta(days=31)).isoformat()}
    assert again.fetch(HubAccounts(), names=lambda: NAMES, held=old)
    assert again.fetch(HubAccounts(), names=lambda: NAMES[:2], held=one.origin)


def test_without_a_census_there_is_nobody_to_ask_for(landed: Landed) -> None:
    with pytest.raises(DataMissing, match="no census in the store"):
        landed.fetch(HubAccounts())


def test_it_cannot_be_asked_for_days(landed: Landed) -> None:
    with pytest.raises(UsageError, match="what the Hub says now"):
        landed.fetch(HubAccounts(), days=(1, 2))


def test_a_name_is_never_more_than_one_step_of_an_address(hub: standin.Running, landed: Landed) -> None:
    accounts(landed, ["acme", "../../api/whoami-v2?x="])
    assert "/api/organizations/..%2F..%2Fapi%2Fwhoami-v2%3Fx%3D/overview" in {seen.target for seen in hub.seen}


def test_the_token_goes_to_the_hub_alone_and_stays_out_of_what_lands(
    hub: standin.Running, landed: Landed, token: str
) -> None:
    (one,) = landed.fetch(HubAccounts(), names=lambda: NAMES)
    assert {seen.token for seen in hub.seen} == {token}
    assert token not in json.dumps(dict(one.origin)) + landed.words


def test_lines_that_are_no_accounts_are_rejects(tmp_path: Path) -> None:
    import pyarrow as pa

    good = {"namespace": "a", "kind": "user", "observed": "2024-07-11T12:00:00Z"}
    rows = [good, 7, {"namespace": "b"}, good | {"kind": "robot"}, good | {"models": "x"}, good | {"observed": "then"}]
    content = b"\n".join(json.dumps(row).encode() for row in rows)
    write_whole(tmp_path / "page-00001.jsonl.zst", pa.Codec("zstd").compress(content, asbytes=True))
    (batch,) = HubAccounts().read(tmp_path, None)
    assert batch.parts["accounts"].num_rows == 1
    assert [reject.row for reject in batch.rejects] == [2, 3, 4, 5, 6]
