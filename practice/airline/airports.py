"""The airports Northwind Air flies to: codes, names, places, and how far apart they are.

Fixed data, the same for every seed. Leaves flights between them to `schedule`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Airport:
    """`utc_offset` is in hours, standard time all year: the site knows no daylight saving."""

    code: str
    city: str
    region: str
    name: str
    latitude: float
    longitude: float
    utc_offset: int

    @property
    def label(self) -> str:
        """As shown in the suggestion list, e.g. `Boston, MA (BOS)`."""
        return f"{self.city}, {self.region} ({self.code})"

    @property
    def short(self) -> str:
        """As shown in tables, e.g. `Boston (BOS)`."""
        return f"{self.city} ({self.code})"


AIRPORTS: tuple[Airport, ...] = (
    Airport("ATL", "Atlanta", "GA", "Hartsfield-Jackson", 33.64, -84.43, -5),
    Airport("AUS", "Austin", "TX", "Austin-Bergstrom", 30.19, -97.67, -6),
    Airport("BWI", "Baltimore", "MD", "Baltimore/Washington", 39.18, -76.67, -5),
    Airport("BNA", "Nashville", "TN", "Nashville International", 36.12, -86.68, -6),
    Airport("BOS", "Boston", "MA", "Logan International", 42.36, -71.01, -5),
    Airport("CLT", "Charlotte", "NC", "Charlotte Douglas", 35.21, -80.94, -5),
    Airport("MDW", "Chicago", "IL", "Midway", 41.79, -87.75, -6),
    Airport("ORD", "Chicago", "IL", "O'Hare International", 41.98, -87.90, -6),
    Airport("DFW", "Dallas", "TX", "Dallas/Fort Worth", 32.90, -97.04, -6),
    Airport("DEN", "Denver", "CO", "Denver International", 39.86, -104.67, -7),
    Airport("DTW", "Detroit", "MI", "Detroit Metropolitan", 42.21, -83.35, -5),
    Airport("HNL", "Honolulu", "HI", "Daniel K. Inouye", 21.32, -157.92, -10),
    Airport("IAH", "Houston", "TX", "George Bush Intercontinental", 29.98, -95.34, -6),
    Airport("LAS", "Las Vegas", "NV", "Harry Reid International", 36.08, -115.15, -8),
    Airport("LGW", "London", "UK", "Gatwick", 51.15, -0.19, 0),
    Airport("LHR", "London", "UK", "Heathrow", 51.47, -0.46, 0),
    Airport("LAX", "Los Angeles", "CA", "Los Angeles International", 33.94, -118.41, -8),
    Airport("MEX", "Mexico City", "MX", "Benito Juarez", 19.44, -99.07, -6),
    Airport("MIA", "Miami", "FL", "Miami International", 25.79, -80.29, -5),
    Airport("MSP", "Minneapolis", "MN", "Minneapolis-Saint Paul", 44.88, -93.22, -6),
    Airport("YUL", "Montreal", "QC", "Trudeau International", 45.47, -73.74, -5),
    Airport("MSY", "New Orleans", "LA", "Louis Armstrong", 29.99, -90.26, -6),
    Airport("JFK", "New York", "NY", "John F. Kennedy", 40.64, -73.78, -5),
    Airport("LGA", "New York", "NY", "LaGuardia", 40.78, -73.87, -5),
    Airport("MCO", "Orlando", "FL", "Orlando International", 28.43, -81.31, -5),
    Airport("CDG", "Paris", "FR", "Charles de Gaulle", 49.01, 2.55, 1),
    Airport("PHL", "Philadelphia", "PA", "Philadelphia International", 39.87, -75.24, -5),
    Airport("PHX", "Phoenix", "AZ", "Sky Harbor", 33.43, -112.01, -7),
    Airport("PDX", "Portland", "OR", "Portland International", 45.59, -122.60, -8),
    Airport("SLC", "Salt Lake City", "UT", "Salt Lake City International", 40.79, -111.98, -7),
    Airport("SAN", "San Diego", "CA", "San Diego International", 32.73, -117.19, -8),
    Airport("SFO", "San Francisco", "CA", "San Francisco International", 37.62, -122.38, -8),
    Airport("SEA", "Seattle", "WA", "Seattle-Tacoma", 47.45, -122.31, -8),
    Airport("YYZ", "Toronto", "ON", "Pearson International", 43.68, -79.63, -5),
    Airport("YVR", "Vancouver", "BC", "Vancouver International", 49.19, -123.18, -8),
    Airport("DCA", "Washington", "DC", "Reagan National", 38.85, -77.04, -5),
)

BY_CODE: dict[str, Airport] = {airport.code: airport for airport in AIRPORTS}
HUBS: tuple[str, ...] = ("ORD", "DEN", "ATL", "DFW", "JFK")
_SHARED_CITIES = {a.city for a in AIRPORTS if sum(b.city == a.city for b in AIRPORTS) > 1}


def spoken(code: str) -> str:
    """The name a customer would use: the city, with the code only where the city has several airports."""
    airport = BY_CODE[code]
    return airport.short if airport.city in _SHARED_CITIES else airport.city


def distance_km(origin: str, destination: str) -> float:
    """Great-circle distance in kilometres."""
    a, b = BY_CODE[origin], BY_CODE[destination]
    lat1, lat2 = radians(a.latitude), radians(b.latitude)
    dlat, dlon = lat2 - lat1, radians(b.longitude - a.longitude)
    h = sin(dlat / 2) ** 2 + cos(lat1) * cos(lat2) * sin(dlon / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(h))
