"""Policies as YAML: what is exported can be imported, and a hostile file is refused whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import PolicyError, PolicyFileError, PolicyRefused
from policies.exchange import exported, imported
from policies.keeping import PolicyLibrary
from policies.library import set_names
from policies.operations import Rename
from policies.planning import planned
from policies.state import shipped
from tests.policies.rows import NumberedRows

ZOOM = """format: stepscope-policy/1
name: zoom
kind: atomic
description: Makes the page larger.
when_to_use: Something is too small to be read.
stop_rule: Stop when it can be read.
"""
SHOP = """format: stepscope-policy-set/1
name: shop
extends: core
description: A shop.
---
format: stepscope-policy/1
name: planner
kind: planner
description: Carries out the objective.
when_to_use: It is the root of every episode.
stop_rule: Stop when it is done.
sub_policies: [fill_text, buy]
---
format: stepscope-policy/1
name: buy
kind: atomic
description: Buys one thing.
parameters:
  - {name: thing, type: text}
when_to_use: A thing is to be bought.
stop_rule: Stop when the page thanks.
"""


@pytest.fixture(name="library")
def library_fixture() -> PolicyLibrary:
    return PolicyLibrary(NumberedRows())


def take(library: PolicyLibrary, text: str, into: str | None = None) -> None:
    library.append(planned(imported(text.encode(), library.now, into), library.now), "ana", library.now.number)


@pytest.mark.parametrize("name", ["core", "crm", "miniwob", "web"])
def test_what_is_exported_says_nothing_new(library, name):
    """A set read back where it came from changes nothing."""
    with pytest.raises(PolicyRefused, match="what is there already"):
        take(library, exported(library.now, name))


def test_an_export_brings_a_changed_set_elsewhere(library):
    """The other library then answers to the same names, aliases included, and calls follow the parameters."""
    library.append(planned(Rename(about="web/find_answer", name="look_up"), library.now), "ana", 1)
    other = PolicyLibrary(NumberedRows())
    text = exported(library.now, "web")
    take(other, text)
    assert other.set("web").resolve("look_up").signature == "look_up [question]"
    assert other.set("web").resolve("find_answer").name == "look_up"
    assert exported(other.now, "web").replace("version: 2", "") == text.replace("version: 2", "")


def test_a_set_of_ones_own_can_be_imported_and_taken_back(library):
    """It sees what it extends, and undoing leaves nothing of it."""
    before = library.now.hash
    take(library, SHOP)
    assert library.names() == tuple(sorted((*set_names(), "shop")))
    assert library.set("shop").resolve("buy").signature == "buy [thing]"
    assert library.set("shop").knows("choose_date")
    library.append(library.undoing(2), "ana", 2, undoes=2)
    assert library.now.hash == before


def test_one_policy_goes_into_the_set_that_is_named(library):
    """Without a set document somebody has to say where it belongs."""
    with pytest.raises(PolicyFileError, match="Choose the set"):
        take(library, ZOOM)
    take(library, ZOOM, "crm")
    assert library.set("crm").knows("zoom")
    assert "zoom" in library.set("crm").planner.sub_policies
    assert not library.set("web").knows("zoom")


def test_a_policy_of_an_inherited_name_replaces_it_in_this_set_alone(library):
    """As with the seeds; its names still lead somewhere."""
    take(library, ZOOM.replace("zoom", "search"), "web")
    assert library.set("web").resolve("search_for").description == "Makes the page larger."
    assert library.set("crm").resolve("search").signature == "search [query]"


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
HOSTILE = {
    "repeats": (BOMB, r"repeats parts by `\*a`"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "many": ("---\n" * 1000, "too many documents"),
    "code": ("!!python/object/apply:os.system ['ls']", "cannot be read|can be read"),
    "broken": ("name: [", r"no YAML that can be read \(line 1\)"),
    "date": ("a: 2026-99-99", "no YAML that can be read"),
    "list": ("- 1", "Document 1 of the file does not say"),
    "empty": ("", "holds no policy"),
    "newer": ("format: stepscope-policy/9\nname: x", "does not say"),
    "keys": (ZOOM + "colour: red\n", "colour: Extra inputs"),
    "missing": ("format: stepscope-policy/1\nname: x", "description: Field required"),
    "name": (ZOOM.replace("zoom", "Zoom it"), "name: String should match"),
    "long name": (ZOOM.replace("zoom", "z" * 61), "A name of the policy"),
    "long text": (ZOOM.replace("larger", "l" * 5000), "A text of the policy"),
    "twice": (f"{ZOOM}---\n{ZOOM}", "zoom twice"),
    "two sets": (
        SHOP.replace("---\n", "---\nformat: stepscope-policy-set/1\nname: x\ndescription: d\n---\n", 1),
        "Document 2",
    ),
    "taken": (ZOOM.replace("zoom", "zoom\naliases: [pick_date]"), "both .* answer to 'pick_date'"),
    "no such": (ZOOM + "sub_policies: [nope]\n", "may call 'nope'"),
    "no planner": (SHOP.replace("extends: core\n", "").replace("planner\nkind", "boss\nkind"), "without its planner"),
    "circle": (SHOP.replace("extends: core", "extends: shop"), "extend each other"),
    "nowhere": (SHOP.replace("extends: core", "extends: void"), "no policy set 'void'"),
}


@pytest.mark.parametrize(("text", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_cannot_be_trusted_is_refused_whole(library, text, message):
    """One message in words, and the library is as it was."""
    before = library.now
    with pytest.raises(PolicyError, match=message):
        take(library, text, "web")
    assert library.now == before


def test_bytes_that_are_no_text_or_too_many_are_refused():
    """Before anything is read."""
    with pytest.raises(PolicyFileError, match="not UTF-8"):
        imported(b"\xff\xfe", shipped(), "web")
    with pytest.raises(PolicyFileError, match="larger than 512 KB"):
        imported(b"a" * 600_000, shipped(), "web")


@given(st.text(max_size=200) | st.builds(lambda *parts: "\n".join(parts), *[st.sampled_from(ZOOM.splitlines())] * 6))
def test_any_text_is_read_or_refused(text):
    """Never a traceback."""
    refused = refusal(text.encode("utf-8", "surrogatepass"))
    assert refused is None or len(str(refused)) > 20


def refusal(data: bytes) -> PolicyError | None:
    library = shipped()
    try:
        planned(imported(data, library, "web"), library).applied(library)
    except PolicyError as error:
        return error
    return None
