"""The page: one file that stands alone, says all that an audit found, and lets no text become markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

import estate_examples as estate
import pytest
import render_examples as examples
from hypothesis import given
from hypothesis import strategies as st

from azkeep import __version__
from azkeep.errors import AzkeepError
from azkeep.model.drift import Audit, Drift, DriftKind, Severity, Who
from azkeep.model.finding import Finding, Place, Verdict, Waiver
from azkeep.model.plan import Change
from azkeep.model.report import Header, Report, Run
from azkeep.model.value import Secret
from azkeep.render import html, terminal
from azkeep.render.page.markup import VOID, Markup, joined, tag
from azkeep.render.page.timeline import writes
from azkeep.render.view import View

LIMIT = 2_000_000
"""Bytes of a page about 500 resources."""


class Page(HTMLParser):
    """What a browser would make of a page: elements, their attributes, and the words of each section."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: dict[str, str] = {}
        self.section = ""
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name == "href"}
        self.ids |= {value or "" for name, value in attrs if name == "id"}
        if tag not in VOID and tag != "wbr":
            self.open.append(tag)
        if tag in ("section", "header"):
            self.section = dict(attrs).get("id") or tag

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words[self.section] = self.words.get(self.section, "") + data


def page(result: Any, header: Header = examples.HEADER) -> str:
    return html.report(Report(header, result), View())


AUDITED = Page(page(estate.AUDITED))


def test_the_page_is_as_reviewed(golden: Callable[[str, str], None]) -> None:
    """The page of the example estate is the one that was looked at in a browser, light, dark and as on paper."""
    golden("html/audit.html", page(estate.AUDITED).replace(f"azkeep {__version__}", "azkeep 0"))


@pytest.mark.parametrize("name", list(examples.REPORTS))
def test_every_result_gives_a_page_that_stands_alone(name: str) -> None:
    """Elements are closed; there is no script, no form, and nothing that a browser would fetch."""
    text = html.report(examples.REPORTS[name], View())
    found = Page(text)
    assert found.tags.isdisjoint({"script", "link", "img", "iframe", "object", "form", "base", "image", "use"})
    assert found.links <= {f"#{id}" for id in found.ids}
    assert found.attributes.isdisjoint({"src", "srcset", "xlink:href", "action", "onclick", "onload"})
    assert not re.search(r"url\(|@import|https?://", text.split("<body>")[0])
    assert "default-src 'none'" in unescape(text)
    assert examples.CANARY not in text


def test_both_schemes_and_paper_have_their_colours() -> None:
    """The page follows the reader's scheme and is light on paper."""
    style = page(estate.AUDITED).split("<style>")[1].split("</style>")[0]
    assert "prefers-color-scheme:dark" in style
    assert "@media print" in style


def test_sections_stand_in_the_order_of_a_readers_questions() -> None:
    """Verdict, picture, findings, hands, cards, waivers, what was not seen, coverage."""
    assert list(AUDITED.words)[1:] == [
        "header",
        "topology",
        "findings",
        "resolved",
        "apart",
        "timeline",
        "endpoints",
        "gpus",
        "waivers",
        "unseen",
        "coverage",
    ]


def test_the_contents_lead_to_every_section() -> None:
    """In their order; a page of one section needs none."""
    text = page(estate.AUDITED)
    named = re.search(r"<nav.*?</nav>", text)
    assert named
    assert re.findall(r'href="#(\w+)"', named[0]) == [each for each in AUDITED.words if each not in ("", "header")]
    assert "<nav" not in html.report(examples.REPORTS["history"], View())


def test_the_verdict_is_one_sentence_with_its_facts() -> None:
    """Drift by severity, coverage, what moved since the last report; commit, subscription and caller."""
    words = AUDITED.words["header"]
    assert words.startswith(
        "secure-workspace/dev has drifted: 4 findings (2 critical, 1 high, 1 low); 19 of 20 resources read (95 %);"
        " 1 new and 1 resolved since 2026-11-21 06:00:00 UTC."
    )
    for fact in ("4f2c1aa9d0e1, with uncommitted changes", examples.SUBSCRIPTION, "azkeep-deployer", "the local cloud"):
        assert fact in words


@pytest.mark.parametrize(
    ("audit", "expected"),
    [
        (examples.IN_SYNC, "is as it was applied; 22 of 22 resources read (100 %); no earlier report to compare with."),
        (examples.NOT_RECORDED, "shows no drift in what could be seen; 0 of 1 resource read (0 %);"),
        (replace(examples.IN_SYNC, drifts=(estate.DRIFTS[5],)), "shows no drift in what could be seen;"),
        (replace(examples.IN_SYNC, drifts=(estate.DRIFTS[4],)), "is as it was applied;"),
        (replace(examples.IN_SYNC, hidden=2), "shows no drift in what could be seen;"),
    ],
)
def test_only_what_was_seen_whole_is_in_order(audit: Audit, expected: str) -> None:
    """Something unread or an estate without a recording is never said to be as it was applied."""
    assert expected in Page(page(audit)).words["header"]


def test_the_verdict_names_the_run_that_the_estate_is_compared_with() -> None:
    """The newest of our own, with its commit; and says where the stack itself is in no commit."""
    runs = (
        replace(estate.AUDITED.applies[0], commit="4f2c1aa9d0e15f", dirty=True),
        replace(estate.AUDITED.applies[0], at=datetime(2026, 11, 19, tzinfo=UTC), user="old"),
    )
    nowhere = replace(examples.HEADER, commit=None, dirty=None)
    words = Page(page(replace(estate.AUDITED, applies=runs), nowhere)).words["header"]
    run = "2026-11-20 09:00:00 UTC, apply succeeded, by ann, commit 4f2c1aa9d0e1, with uncommitted changes"
    assert f"last run{run}" in words
    assert "commitnone: the stack is in no commit of git" in words


def test_paths_from_the_internet_are_told_worst_first() -> None:
    """As bad as the worst that is said of them: here a finding, which counts a change for more than its rule does."""
    rated = replace(estate.BROKEN[0], severity=Severity.MEDIUM)
    words = Page(page(replace(estate.AUDITED, broken=(rated, estate.BROKEN[1])))).words["topology"]
    assert words.index("criticalinternet → kv") < words.index("highinternet → training")


def test_a_waiver_whose_time_is_over_is_told_first() -> None:
    """On the page and in the text, apart from those that are still in force."""
    over = replace(estate.AUDITED.ending[0], rule="KV-NET-001", expires=date(2026, 11, 1))
    audit = replace(estate.AUDITED, ended=(over,))
    words = Page(page(audit)).words["waivers"]
    assert words.startswith("Waivers over or about to end (2)")
    assert words.index("2026-11-01 (over)KV-NET-001") < words.index("2026-12-01KV-REC-001")
    text = terminal.report(Report(examples.HEADER, audit), View())
    assert "Waivers that have ended (1)\n  2026-11-01  KV-NET-001  kv  ml-platform\n" in text
    assert "Waivers that end soon (1)\n  2026-12-01  KV-REC-001  kv  ml-platform\n" in text


def test_paths_to_what_is_called_alike_name_the_group() -> None:
    """Two open vaults of one name stand in two groups; a name that one alone has needs none."""
    other = estate.VAULT.replace("/rg-ml/", "/rg-other/")
    assert other != estate.VAULT
    documents = {**estate.DOCUMENTS, other: estate.DOCUMENTS[estate.VAULT]}
    words = Page(page(replace(estate.AUDITED, documents=documents))).words["topology"]
    for said in ("internet → kv in rg-ml", "internet → kv in rg-other", "internet → trainingssh"):
        assert said in words


def test_what_went_with_what_was_deleted_is_one_write() -> None:
    """A vault's deletion is told of the vault, once, though three findings follow from it."""
    gone = Who("mallory@example.com", operation="Microsoft.KeyVault/vaults/delete", at="2026-11-21T18:04:00Z")
    missing = replace(estate.DRIFTS[1], who=(gone,))
    ids = (estate.VAULT, estate.ROLE, f"{estate.VAULT}/providers/Microsoft.Insights/diagnosticSettings/to-log")
    written = writes(Audit(tuple(replace(missing, id=id) for id in ids), 3, 3))
    assert [(each.hand, each.on) for each in written] == [("mallory@example.com", "kv")]


def test_a_finding_tells_values_hands_rules_and_the_command() -> None:
    """Declared, recorded and live value; who, with what and when; the rule; the exact command; and that it is new."""
    words = AUDITED.words["findings"]
    for said in (
        'declared "Disabled"recorded "Disabled"live "Enabled"',
        "eve@example.com",
        "2026-11-21 18:04:00 UTC, with Azure Portal, Microsoft.KeyVault/vaults/write",
        "KV-NET-001",
        estate.OPENED.fix,
        "criticalnew" if "criticalnew" in words else "critical new",
        "no record of the last 14 days",
    ):
        assert said in words
    assert "azkeep apply secure-workspace --env dev" in words
    assert "by policy tag-everything" in AUDITED.words["apart"]
    assert "tag-everything" not in words


def test_what_could_not_be_seen_has_its_own_section() -> None:
    """Unread resources with the reason, what is no resource of Azure, and what Azure never returns."""
    words = AUDITED.words["unseen"]
    for said in ("AuthorizationFailed", "neither in order nor gone", "RandomId", "properties.createMode"):
        assert said in words
    assert "AuthorizationFailed" not in AUDITED.words["findings"]
    nothing = Page(page(examples.IN_SYNC)).words["unseen"]
    assert nothing.endswith("Nothing: everything that was looked for could be read.")


def test_the_timeline_has_each_write_once_and_our_own_runs() -> None:
    """A write behind two findings of one resource is one write; oldest first; what has no time is left out."""
    again = replace(estate.OPENED, change=Change("/properties/networkAcls/defaultAction", "Deny", "Allow"))
    odd = replace(estate.OPENED, who=(Who("bob", at="yesterday"), Who("ann")))
    found = writes(replace(estate.AUDITED, drifts=(*estate.DRIFTS, again, odd)))
    assert [(each.hand, each.on, each.is_ours) for each in found] == [
        ("azkeep (ann)", "", True),
        ("eve@example.com", "kv", False),
    ]
    assert "apply succeeded" in AUDITED.words["timeline"]


def test_every_path_from_the_internet_is_in_words_with_its_rating() -> None:
    """Each way in is a row with the severity that the policies give it, also where they judge the security group."""
    words = AUDITED.words["topology"]
    assert "3 paths from the internet" in words
    assert "criticalinternet → kvpublic network accessKV-NET-001" in words
    assert "highinternet → trainingssh: Tcp port 22NET-NSG-001" in words
    assert "–internet → cpuremote loginCMP-NET-003" in words


def test_endpoint_cards_show_traffic_models_and_environments() -> None:
    """The shares, the model and environment version behind each, and how many nodes of what size."""
    words = AUDITED.words["endpoints"]
    for said in ("blue 90 %", "green 10 %", "churn:1", "churn:2", "serving:7", "AADToken"):
        assert said in words


def test_gpu_cards_show_what_they_cost_when_idle() -> None:
    """A GPU cluster with its size and nodes; one that never scales to nothing says so; CPU clusters have no card."""
    words = AUDITED.words["gpus"]
    assert "GPU compute (1)" in words
    assert "Standard_NC4as_T4_v3" in words
    assert "1 to 4" in words
    assert "never scales to nothing" in words


def test_waivers_that_end_are_listed() -> None:
    """Rule, resource, reason, owner and day."""
    for said in ("2026-12-01", "KV-REC-001", "a rehearsal", "ml-platform"):
        assert said in AUDITED.words["waivers"]


def test_a_rehearsal_says_so() -> None:
    """Nobody takes a rehearsal for the real thing."""
    assert "Azure was not touched" in Page(page(examples.IN_SYNC, examples.REHEARSAL)).words["header"]


def test_a_check_lists_what_fails_and_what_ends() -> None:
    """The verdict with the threshold, each failure with its value, line and fix, and waivers about to end."""
    words = Page(page(examples.CHECKED)).words
    assert "1 finding at or above high (secure-enterprise)" in words["header"]
    for said in ("STO-NET-001", 'properties.publicNetworkAccess: "Enabled"', "__main__.py:14", "a rehearsal"):
        assert said in words["policies"] + words["waivers"]


def test_what_a_check_could_not_decide_is_not_fine() -> None:
    """An open verdict stands under what was not seen, with its rule and reason, and among no others."""
    open_ = replace(examples.CHECKED.findings[0], verdict=Verdict.UNKNOWN, message="the vault's id is not known yet")
    words = Page(page(replace(examples.CHECKED, findings=(open_,), show_all=True, not_seen=("apply over x",)))).words
    for said in ("STO-NET-001", "the vault's id is not known yet", "apply over x"):
        assert said in words["unseen"]
    assert "STO-NET-001" not in words["policies"]
    assert "Nothing: everything was judged." in Page(page(examples.CHECKED)).words["unseen"]


def test_a_lineage_leads_from_each_share_back_to_its_sources() -> None:
    """Model, job, commit, image and data behind each share; what is missing, and what could not be read, by itself."""
    words = Page(html.report(examples.REPORTS["lineage"], View())).words
    assert "2 endpoints, 2 missing links; 1 could not be read." in words["header"]
    for said in (
        "blue: 90 % of the trafficmodeliris 3jobsad_tree_17 Completed",
        "4d2b93784676 main, with uncommitted changes",
        "flowers 5, azureml://datastores/training/paths/labels/",
        "azureml://datastores/own/paths/m.pkl (not registered)",
    ):
        assert said in words["lineage"]
    assert "iris/green" in words["gaps"]
    assert "AuthorizationFailed" in words["unseen"]


def test_a_plan_lists_its_steps_and_what_moved_outside() -> None:
    """Each step with its changes, secrets masked, and what somebody else changed before."""
    words = Page(page(examples.PLAN)).words
    assert "1 to create, 1 to update, 1 to replace, 1 to delete." in words["header"]
    assert "location cannot be changed in place" in words["steps"]
    assert "[secret] → [secret]" in words["steps"]
    assert "publicNetworkAccess" in words["outside"]


def test_a_failure_is_a_page_too() -> None:
    """Each problem with its place, its detail line by line and what to do."""
    text = html.failure(examples.ERROR, examples.HEADER, View())
    assert "line one\nline two" in text
    assert "Did you mean `config`?" in "".join(Page(text).words.values())


def test_a_page_about_500_resources_is_small() -> None:
    """Under 2 MB with a finding, a hand and a long name each, all of them open to the internet; none is left out."""
    text = page(estate.many(500))
    assert len(text.encode()) < LIMIT
    words = Page(text).words
    assert words["findings"].count("eve@example.com") == 500
    assert "500 paths from the internet" in words["topology"]


def test_a_page_stays_small_whatever_was_found() -> None:
    """Of 4,000 resources with two findings and three hands each, whole ones are shown and the rest is counted."""
    text = page(estate.many(4_000, paths=2, hands=3))
    assert len(text.encode()) < LIMIT
    words = Page(text).words["findings"]
    shown = words.count("live ")
    assert shown > 500
    assert f"… and {8_000 - shown} findings more" in words


def test_secrets_are_masked_whatever_says_them() -> None:
    """Neither a secret property nor what Azure recorded of it is on the page."""
    secret = Change("/properties/key", examples.CANARY, examples.CANARY + "2", secret=True)
    who = replace(estate.EVE, before=examples.CANARY, after=examples.CANARY, has_values=True)
    drift = replace(estate.OPENED, change=secret, who=(who,), declared=Secret(examples.CANARY))
    plainly = replace(drift, declared=examples.CANARY)
    assert examples.CANARY not in page(Audit((drift, plainly), 1, 1))


ODD = st.text() | st.sampled_from(["<script>alert(1)</script>", "]]>", "--><b>", '"><img src=x>', "&lt;", "</style>"])


@given(ODD, ODD, ODD)
def test_no_text_becomes_markup(one: str, two: str, three: str) -> None:
    """Whatever names, values, hands and reasons hold, the elements of the page are those that the page has."""
    drift = Drift(
        DriftKind.DECLARED,
        Severity.HIGH,
        f"{estate.VAULT}/{one}/{two}",
        one,
        Change(f"/{two}", one, {two: three}),
        detail=three,
        fix=f"azkeep {two}",
        declared=two,
        who=(Who(one, two, three, "2026-11-21T18:04:00Z", before=two, after=three, has_values=True),),
        rules=(one, two),
        who_note=three,
    )
    apart = replace(drift, ignored=one or "x")
    unread = replace(drift, kind=DriftKind.UNREAD, change=None)
    documents = {
        f"{estate.ML}/onlineEndpoints/a": {"properties": {"traffic": {one: 1, two: three}, "authMode": two}},
        f"{estate.ML}/onlineEndpoints/a/deployments/b": {"properties": {"model": one, "environmentId": two}},
        f"{estate.ML}/computes/c": {"properties": {"computeType": one, "properties": {"vmSize": f"Standard_NC{two}"}}},
    }
    audit = replace(
        estate.AUDITED,
        drifts=(drift, apart, unread),
        skipped=(one,),
        unobservable={two: (three,)},
        documents=documents,
        ending=(Waiver(one, two, three, one, estate.AUDITED.ending[0].expires, two),),
        applies=(Run(estate.MOMENT, one, two, three),),
        broken=(Finding(one, two, Severity.LOW, Verdict.FAIL, three, one, two, places=(Place(one, two, three),)),),
    )
    found = Page(page(audit, replace(examples.HEADER, stack=one, caller=two, subscription=three)))
    assert found.tags <= AUDITED.tags | {"ul", "li"}
    assert found.attributes <= AUDITED.attributes


@given(st.text(), st.text())
def test_tags_escape_children_and_attributes(one: str, two: str) -> None:
    """Text and values that go into a tag come out of a parser as what they are, control characters apart."""
    found = HTMLParserOf(tag("b", {"title": one}, two, [one, Markup("<br>")]))
    assert found.tags == ["b", "br"]
    assert joined(Markup("<i></i>")) == "<i></i>"


class HTMLParserOf(HTMLParser):
    """The names of the elements in a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_an_error_without_a_stack_has_a_page() -> None:
    """A failure before any stack is known names no stack."""
    assert "The estate: it failed" in Page(html.failure(AzkeepError("no"), Header(), View())).words["header"]
