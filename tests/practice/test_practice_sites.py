"""The names of the practice sites and their scenarios, without starting any."""

import importlib

import pytest

from practice.sites import SITES, scenario_names, site_and_scenario


@pytest.mark.parametrize("site", SITES)
def test_a_site_is_served_by_the_package_of_its_name(site: str) -> None:
    """`practice.<site>` serves the scenarios that are listed, and names itself rightly in its messages."""
    served = importlib.import_module(f"practice.{site}.__main__").SERVED
    assert (served.module, served.scenarios) == (f"practice.{site}", SITES[site])
    assert served.create("t", 0, served.scenarios[0]).state.site.scenarios == SITES[site]


def test_a_scenario_is_named_by_its_site() -> None:
    """A whole name is taken apart; an address or a MiniWoB++ page is no scenario."""
    assert site_and_scenario("desk:bulk_close") == ("desk", "bulk_close")
    assert all(site_and_scenario(name) for name in scenario_names())
    for name in ("desk", "http://desk:80/", "miniwob:login-user", "url:http://x", ""):
        assert site_and_scenario(name) is None
