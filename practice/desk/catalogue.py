"""What the shop sells and what people write about: the fixed words from which `world` makes a seeded beginning."""

from __future__ import annotations

from dataclasses import dataclass

CATEGORIES = ("Kitchen", "Textiles", "Lighting", "Stationery", "Bags", "Outdoor")
IMAGES = ("Front", "Side", "Detail", "In use", "Packaging")


@dataclass(frozen=True, slots=True)
class Article:
    """A product before a seed gives it price, stock and the rest; `kind` chooses its drawing, dollars its price."""

    name: str
    category: str
    kind: str
    colour: str
    dollars: int
    about: str


ARTICLES: tuple[Article, ...] = (
    Article("Tideline Mug", "Kitchen", "mug", "#3f7f8c", 18, "Stoneware mug with a salt glaze, 350 ml."),
    Article("Pilot Teapot", "Kitchen", "mug", "#b5533c", 46, "Cast teapot with a steel strainer, 900 ml."),
    Article("Cutter Bread Board", "Kitchen", "board", "#a5713f", 34, "Oiled oak, with a rope to hang it by."),
    Article("Galley Apron", "Textiles", "cloth", "#34516f", 39, "Washed canvas with two pockets."),
    Article("Fjord Blanket", "Textiles", "cloth", "#6d7f9b", 89, "Lambswool throw, 130 by 180 cm."),
    Article("Quay Tea Towel", "Textiles", "cloth", "#c98a3d", 14, "Linen tea towel, woven in stripes."),
    Article("Beacon Table Lamp", "Lighting", "lamp", "#c9573a", 74, "Powder-coated steel with a linen shade."),
    Article("Lantern No. 4", "Lighting", "lamp", "#2f6a5f", 58, "Storm lantern for candles and tea lights."),
    Article("Mast Floor Lamp", "Lighting", "lamp", "#4a4f63", 149, "Ash tripod with a cotton shade."),
    Article("Logbook A5", "Stationery", "book", "#27496b", 16, "Thread-bound, 192 dotted pages."),
    Article("Chart Pencil Set", "Stationery", "book", "#8a6a3c", 12, "Six graphite pencils from 2H to 4B."),
    Article("Harbor Wall Calendar", "Stationery", "book", "#3d7a63", 22, "Twelve linocuts of small harbors."),
    Article("Dockside Tote", "Bags", "bag", "#b1643b", 28, "Heavy cotton with an inside pocket."),
    Article("Ferry Backpack", "Bags", "bag", "#37556e", 96, "Waxed canvas, 18 litres, laptop sleeve."),
    Article("Skipper Wash Bag", "Bags", "bag", "#5e7d4e", 32, "Water-repellent lining and a loop."),
    Article("Pier Picnic Rug", "Outdoor", "cloth", "#9a4d4d", 64, "Wool top and a waterproof back."),
    Article("Breakwater Flask", "Outdoor", "flask", "#2f7487", 36, "Steel, keeps warm for twelve hours."),
    Article("Gull Camp Stool", "Outdoor", "board", "#7c6a52", 52, "Folding beech and sailcloth."),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a ticket is about; `{product}` is filled in."""

    subject: str
    body: str
    tags: tuple[str, ...]


TOPICS: tuple[Topic, ...] = (
    Topic(
        "Parcel has not arrived", "I ordered the {product} ten days ago and the tracking has not moved.", ("delivery",)
    ),
    Topic("{product} arrived damaged", "The box was crushed and the {product} has a crack.", ("delivery", "refund")),
    Topic(
        "Refund for {product}", "I sent the {product} back two weeks ago. When will I be paid?", ("refund", "billing")
    ),
    Topic("Exchange {product}", "The colour does not suit us. Can I exchange the {product}?", ("exchange",)),
    Topic("Invoice with VAT number", "Our bookkeeping needs the invoice with our VAT number on it.", ("billing",)),
    Topic("Charged twice", "My card shows the {product} two times.", ("billing",)),
    Topic("Care of {product}", "How do I clean the {product} without spoiling it?", ("product",)),
    Topic("Is {product} back soon", "The {product} is sold out. Do you know when it returns?", ("product",)),
    Topic("Wholesale price list", "We run a small shop and would like to carry the {product}.", ("wholesale",)),
    Topic("Stop the newsletter", "I have unsubscribed twice and still get it every Friday.", ("newsletter",)),
    Topic(
        "Photos for an article", "We write about makers by the sea. May we print a photo of the {product}?", ("press",)
    ),
    Topic("Your listing is about to expire", "Act now to keep your listing. Limited offer.", ("spam",)),
    Topic("Change of delivery address", "I have moved. Please send the {product} to my new address.", ("delivery",)),
    Topic("Gift card is not accepted", "The checkout says that the code of my gift card is unknown.", ("billing",)),
)
FIRST_ANSWERS = (
    "Thank you for writing. I am looking into it and will come back to you tomorrow.",
    "I am sorry about the trouble. Could you send me your order number?",
    "Thanks for your patience. I have asked the warehouse and will tell you what they find.",
)
FOLLOW_UPS = (
    "The order number is {order}.",
    "Thank you, I will wait for your message.",
    "Any news? It is a present for Sunday.",
)
