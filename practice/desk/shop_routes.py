"""The shop: products and one product's form, the order of categories, and the drawn pictures of products."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from practice.desk import forms
from practice.desk.catalogue import CATEGORIES, IMAGES
from practice.desk.pictures import drawing
from practice.desk.records import Product
from practice.desk.site import page, state_of
from practice.desk.state import RefusedError
from practice.web import go, pairs_of


async def products(request: Request) -> Response:
    """GET /products: the articles, by the order of the shop; `q` and `category` leave some out."""
    state = state_of(request)
    query, category = (request.query_params.get(name, "").strip() for name in ("q", "category"))
    shown = [
        product
        for product in sorted(state.products.values(), key=lambda p: (state.categories.index(p.category), p.name))
        if category in ("", product.category) and query.casefold() in f"{product.name} {product.sku}".casefold()
    ]
    return page(request, "products.html", shown=shown, query=query, category=category, categories=state.categories)


async def product(request: Request) -> Response:
    """/products/{sku}: one article's form."""
    state, before = state_of(request), _product(request)
    shown: dict[str, Any] = {"product": before, "categories": CATEGORIES}
    if request.method == "GET":
        return page(request, "product.html", text=forms.product_text(before), errors={}, **shown)
    pairs = await pairs_of(request)
    changed, errors = forms.read_product(pairs, before)
    if changed is None:
        text = forms.product_text(before, pairs)
        return page(request, "product.html", text=text, errors=errors, status=422, **shown)
    state.save_product(changed)
    state.notify(f"{changed.name} saved.")
    return go(f"/products/{changed.sku}")


async def categories(request: Request) -> Response:
    """/categories: the order in which the shop lists them."""
    state = state_of(request)
    counts = {name: sum(p.category == name for p in state.products.values()) for name in state.categories}
    if request.method == "GET":
        return page(request, "categories.html", counts=counts)
    try:
        state.order_categories([value for name, value in await pairs_of(request) if name == "category"])
        state.notify("The order of the categories is saved.")
    except RefusedError as refused:
        state.notify(str(refused))
    return go("/categories")


async def picture(request: Request) -> Response:
    """GET /pictures/{sku}/{name}.svg."""
    shown, name = _product(request), request.path_params["name"]
    if name not in IMAGES:
        raise HTTPException(404)
    return Response(drawing(shown.kind, shown.colour, name), media_type="image/svg+xml")


def _product(request: Request) -> Product:
    found = state_of(request).products.get(request.path_params["sku"])
    if found is None:
        raise HTTPException(404, "There is no product with this number.")
    return found
