"""The injected scripts share one scope: a name said twice would silently be the last one everywhere."""

import re
from collections import Counter
from pathlib import Path

import browser

INJECTED = Path(browser.__file__).parent / "injected"
DECLARED = re.compile(r"^(?:async )?(?:function\*?|const|let|class) +([A-Za-z_$][\w$]*)", re.M)


def test_no_name_is_declared_twice_in_the_scripts_of_a_world():
    """Functions of the same name in two files replace each other without a word."""
    names = [name for path in sorted(INJECTED.glob("*.js")) for name in DECLARED.findall(path.read_text("utf-8"))]
    assert len(names) > 150
    assert [name for name, times in Counter(names).items() if times > 1] == []
