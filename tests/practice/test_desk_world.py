"""The seeded beginning of the helpdesk: the same for the same seed, and unambiguous where sentences need it."""

import subprocess
import sys

from practice.desk.records import CLOSED, SOLVED
from practice.desk.reports import figures
from practice.desk.world import build_world
from tests.counts import soak


def test_another_process_builds_the_same_helpdesk() -> None:
    """Nothing depends on the order of a set or on hash randomisation, neither the world nor what is asked."""
    code = (
        "from practice.desk.scenarios import SCENARIOS, assign\n"
        "print([assign(seed, name) for seed in range(3) for name in SCENARIOS])"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert str(build_world(2)) in runs[0].stdout


def test_a_ticket_can_be_named_by_number_or_by_customer_and_subject() -> None:
    """No two share either; nothing happens after today, and what is done has its day."""
    for seed in range(soak(200)):
        world = build_world(seed)
        assert len({ticket.number for ticket in world.tickets}) == len(world.tickets)
        assert len({(ticket.customer.name, ticket.subject) for ticket in world.tickets}) == len(world.tickets)
        for ticket in world.tickets:
            assert ticket.created <= ticket.updated[0] <= world.today
            assert (ticket.solved is not None) == (ticket.status in (SOLVED, CLOSED))


def test_the_figures_of_a_report_add_up() -> None:
    """Channels and days sum to what was created; agents to what was solved."""
    world = build_world(1)
    first = world.tickets[5].created
    shown = figures(world.tickets, first, world.today)
    assert shown.created == sum(row.created for row in shown.channels) == sum(count for _, count in shown.days)
    assert shown.solved == sum(row.solved for row in shown.agents) > 0
    assert shown.days[0][0] == first
    assert shown.days[-1][0] == world.today
