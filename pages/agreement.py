"""Agreement: how far labellers, people and gold agree, what a confidence is worth, and accepting without a look."""

from ui import agreement_view
from ui.resources import resources
from ui.shell import open_page

open_page(
    "Agreement", "How far labellers and people agree on which steps are one call, and what a confidence is worth."
)
agreement_view.show(resources())
