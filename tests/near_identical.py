"""One customer as many people would type it in: slips, short and full names, other scripts and formats.

Of each set every lead may be the same customer as every other one, in whichever order they come.
"""

from typing import Any

CHINESE: tuple[dict[str, Any], ...] = (
    {"company": {"name": "深圳市远航达智能科技股份有限公司"}, "phones": ["0755-2658 1234"]},
    {"company": {"name": "深圳市远杭达智能科技股份有限公司"}, "phones": ["075526581234转801"]},
    {"company": {"name": "深圳市遠航達智能科技股份有限公司"}, "phones": ["（0755）26581234"]},
    {"company": {"name": "远航达智能科技(深圳)股份有限公司"}, "address": "深圳市南山区科苑路15号"},
    {"company": {"name": "深圳市远航达智能技股份有限公司"}, "phones": ["+86 755 26581234"]},
    {"company": {"name": "远航达智能科技"}, "address": "广东省深圳市南山区科苑路15号3楼"},
    {"company": {"name": "远航达智能"}},
    {"company": {"name": "深圳远航达智能科技"}, "phones": ["86-755-26581234"]},
    {"company": {"name": "深圳市远航达智能科技股份有限公司"}, "phones": ["+86 138 0013 8000"]},
    {
        "company": {"name": "深圳市远航达智能科技股份有限公司"},
        "phones": ["138-0013-8000"],
        "emails": ["wang@yhdzn.com"],
    },
)
ENGLISH: tuple[dict[str, Any], ...] = (
    {"company": {"name": "Bluestone Harbor Analytics, Inc."}, "phones": ["(650) 253-0000"]},
    {"company": {"name": "Bluestone Harbor Analytics Incorporated"}, "phones": ["+1 650-253-0000"]},
    {"company": {"name": "BLUESTONE HARBOR ANALYTICS"}, "phones": ["650.253.0000"]},
    {"company": {"name": "Bluestone Harbour Analytics Inc"}},
    {"company": {"name": "Blustone Harbor Analytics Inc."}, "phones": ["6502530000 ext. 12"]},
    {"company": {"name": "Bluestone Harbor Analitycs, Inc"}},
    {"company": {"name": "Bluestone Harbor"}},
    {
        "company": {"name": "The Bluestone Harbor Analytics Company"},
        "address": "1600 Amphitheatre Parkway, Mountain View",
    },
    {"company": {"name": "Bluestone Harbor Analytics"}, "emails": ["jane@bluestoneharbor.com"]},
    {"company": {"name": "Bluestone-Harbor Analytics, Inc."}, "emails": ["Jane@BluestoneHarbor.com"]},
)
SETS = {"CN-GD": CHINESE, "US-CA": ENGLISH}
"""The two sets by the region of their leads."""
