"""Draws the shop's product pictures: one simple shape for each kind, seen in five ways. Pure text, no files."""

from __future__ import annotations

_SHAPES = {
    "mug": '<path d="M52 62h62v44a16 16 0 0 1-16 16H68a16 16 0 0 1-16-16z" fill="{c}"/>'
    '<path d="M114 74h10a12 12 0 0 1 0 28h-10" fill="none" stroke="{c}" stroke-width="8"/>'
    '<path d="M52 62h62v8H52z" fill="#fff" opacity=".35"/>',
    "board": '<rect x="46" y="56" width="84" height="58" rx="12" fill="{c}"/>'
    '<circle cx="60" cy="85" r="5" fill="#fff"/>'
    '<path d="M76 70h42M76 85h42M76 100h42" stroke="#fff" stroke-width="2" opacity=".35"/>',
    "cloth": '<rect x="50" y="46" width="80" height="82" rx="6" fill="{c}"/>'
    '<path d="M50 64h80M50 76h80M50 112h80" stroke="#fff" stroke-width="5" opacity=".4"/>',
    "lamp": '<path d="M66 44h48l16 40H50z" fill="{c}"/><path d="M90 84v40" stroke="#4a4f57" stroke-width="6"/>'
    '<rect x="66" y="122" width="48" height="7" rx="3.5" fill="#4a4f57"/>',
    "book": '<rect x="58" y="44" width="64" height="86" rx="5" fill="{c}"/>'
    '<path d="M68 44v86" stroke="#fff" stroke-width="3" opacity=".5"/>'
    '<rect x="80" y="60" width="30" height="14" rx="3" fill="#fff" opacity=".7"/>',
    "bag": '<path d="M54 74h72l6 56H48z" fill="{c}"/>'
    '<path d="M72 74V62a18 18 0 0 1 36 0v12" fill="none" stroke="{c}" stroke-width="7"/>'
    '<path d="M54 92h72" stroke="#fff" stroke-width="3" opacity=".35"/>',
    "flask": '<rect x="70" y="54" width="40" height="78" rx="12" fill="{c}"/>'
    '<rect x="78" y="40" width="24" height="16" rx="4" fill="#4a4f57"/>'
    '<path d="M70 84h40" stroke="#fff" stroke-width="4" opacity=".5"/>',
}
_VIEWS = {
    "Front": "<g>{shape}</g>",
    "Side": '<g transform="translate(40 0) scale(.56 1)">{shape}</g>',
    "Detail": '<g transform="translate(-82 -78) scale(1.9)">{shape}</g>',
    "In use": '<path d="M0 126h180v54H0z" fill="#d9cdbb"/><circle cx="146" cy="34" r="16" fill="#f4d58a"/>{shape}',
    "Packaging": '<path d="M40 66l50-20 50 20v60l-50 20-50-20z" fill="#c9a877"/><path d="M40 66l50 20 50-20M90 86v60" '
    'fill="none" stroke="#a98654" stroke-width="3"/><path d="M100 110l28-11v18l-28 11z" fill="{c}"/>',
}
_GROUNDS = {"Front": "#eef1ee", "Side": "#f3eee6", "Detail": "#e9eef2", "In use": "#e4edf0", "Packaging": "#f1efec"}


def drawing(kind: str, colour: str, view: str) -> str:
    """An SVG of 180 × 180; raises KeyError for a kind or view there is not."""
    inside = _VIEWS[view].replace("{shape}", _SHAPES[kind]).replace("{c}", colour)
    ground = f'<rect width="180" height="180" fill="{_GROUNDS[view]}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 180">{ground}{inside}</svg>'
