"""Dirty organisations to judge with, never to train on: ``python -m matching_lab.dirty zh|en FILE.csv``.

Names, addresses, cities and phones as several clerks would key them: slips, abbreviations, words in another order, gaps
and columns filled into one another. Among them others that look alike: one brand in another city or trade, neighbours
in one house, shops of one chain. The words are not those of the training (``vocabulary.yaml``), nor are the mistakes.
"""

import csv
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import yaml

Row = dict[str, str]
COLUMNS = ("name", "address", "city", "zip", "phone")
_WORDS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
_SEED = 77


def words(name: str, separator: str | None = None) -> list[str]:
    """Returns a list of words of ``dirty.yaml``."""
    return [word.strip() for word in _WORDS[name].split(separator)]


_EN_CITIES = [tuple(city.split(":")) for city in words("EN_CITIES", "|")]
_ZH_CITIES = [tuple(city.split(":")) for city in words("ZH_CITIES", "|")]


def _en_organisation(rng: Random) -> Row:
    names = words("EN_NAMES")
    brand = " ".join(rng.sample(names, rng.choice((1, 1, 2))))
    trade = rng.choice(words("EN_TRADES", "|"))
    style = rng.random()
    name = f"{brand} {trade}" if style < 0.8 else f"{rng.choice(names)} & {rng.choice(names)} {trade}"
    form = rng.choice(words("EN_FORMS", "|"))
    return {"name": f"{name} {form}".strip(), **_en_place(rng.choice(_EN_CITIES), rng)}


def _en_place(city: Sequence[str], rng: Random) -> Row:
    town, state, zone, area = city
    street = f"{rng.randint(1, 9800)} {rng.choice(('', '', 'North ', 'West '))}{rng.choice(words('EN_STREETS'))}"
    street += f" {rng.choice(list(_WORDS['EN_KINDS']))}"
    if rng.random() < 0.15:
        street += f", Suite {rng.randint(100, 900)}"
    return {
        "address": street,
        "city": town,
        "zip": f"{zone}{rng.randint(1, 60):02}",
        "phone": f"{area}-{rng.randint(220, 989)}-{rng.randint(0, 9999):04}",
        "state": state,
    }


def _zh_organisation(rng: Random) -> Row:
    city = rng.choice(_ZH_CITIES)
    brand, trade, form = (
        rng.choice(words("ZH_NAMES")),
        rng.choice(words("ZH_TRADES")),
        rng.choice(words("ZH_FORMS", "|")),
    )
    short = city[0].removesuffix("市")
    head = rng.choice((short, city[0], short, city[1], ""))
    return {
        "name": rng.choice((f"{head}{brand}{trade}{form}",) * 3 + (f"{brand}({short}){trade}{form}",)),
        **_zh_place(city, rng),
    }


def _zh_place(city: Sequence[str], rng: Random) -> Row:
    town, province, area, districts = city
    address = f"{rng.choice(districts.split(','))}{rng.choice(words('ZH_ROADS'))}{rng.randint(1, 888)}号"
    if rng.random() < 0.4:
        address += f"{rng.randint(1, 9)}号楼{rng.randint(1, 20)}0{rng.randint(1, 9)}室"
    fixed, mobile = (
        f"{area}-{rng.randint(2, 8)}{rng.randint(1_000_000, 9_999_999)}",
        f"13{rng.randint(1, 9)}{rng.randint(10_000_000, 99_999_999)}",
    )
    return {
        "address": address,
        "city": town,
        "zip": f"{rng.randint(100, 850)}0{rng.randint(10, 99)}",
        "phone": rng.choice((fixed, fixed, mobile)),
        "state": province,
    }


def _other(row: Row, language: str, rng: Random) -> Row:
    """Another organisation that looks like this one."""
    make = {"en": _en_organisation, "zh": _zh_organisation}[language]
    cities = {"en": _EN_CITIES, "zh": _ZH_CITIES}[language]
    place = {"en": _en_place, "zh": _zh_place}[language]
    stranger = make(rng)
    town = next(city for city in cities if city[0] == row["city"])
    brand = (
        row["name"].split()[0] if language == "en" else next(name for name in words("ZH_NAMES") if name in row["name"])
    )
    trades = words("EN_TRADES", "|") if language == "en" else words("ZH_TRADES")
    trade = rng.choice([trade for trade in trades if trade not in row["name"]])
    match rng.randrange(5):
        case 0:  # one brand, another trade, the same city
            name = f"{brand} {trade}" if language == "en" else f"{town[0].removesuffix('市')}{brand}{trade}有限公司"
            return {**place(town, rng), "name": name}
        case 1:  # one name, another city
            elsewhere = rng.choice([city for city in cities if city != town])
            name = row["name"].replace(town[0].removesuffix("市"), elsewhere[0].removesuffix("市"))
            if language == "zh" and town[1]:
                name = name.replace(town[1], elsewhere[1] or elsewhere[0])
            return {**place(elsewhere, rng), "name": name}
        case 2:  # a neighbour in one house
            return {**stranger, **{field: row[field] for field in ("address", "city", "zip", "state")}}
        case 3:  # another shop of one chain
            number = rng.randint(2, 60)
            return {
                **place(town, rng),
                "name": f"{row['name']} #{number}" if language == "en" else f"{row['name']}第{number}分店",
            }
        case _:  # a similar brand in one trade and city
            near = [
                name for name in words("ZH_NAMES") if name != brand and (name[0], name[-1]) != (brand[0], brand[-1])
            ]
            alike = [name for name in near if name[0] == brand[0] or name[-1] == brand[-1]] or near
            other = stranger["name"].split()[0] if language == "en" else rng.choice(alike)
            return {**place(town, rng), "name": row["name"].replace(brand, other)}


def _slip(text: str, rng: Random) -> str:
    if len(text) < 4:
        return text
    at = rng.randrange(len(text) - 1)
    letter = chr(rng.randrange(ord("a"), ord("z") + 1))
    return rng.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + letter + text[at + 1 :],
        )
    )


def _zh_slip(text: str, rng: Random) -> str:
    near = [(at, group) for at, character in enumerate(text) for group in words("ZH_NEAR") if character in group]
    if near and rng.random() < 0.7:
        at, group = rng.choice(near)
        return text[:at] + rng.choice([character for character in group if character != text[at]]) + text[at + 1 :]
    at = rng.randrange(len(text) - 1)
    return rng.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + text[at] + text[at:],
        )
    )


def _typing(row: Row, language: str, rng: Random) -> Row:
    field = rng.choice([name for name in ("name", "name", "address", "city") if row.get(name)] or ["name"])
    slip = _slip if language == "en" else _zh_slip
    return {**row, field: slip(row[field], rng)} if len(row[field]) > 2 else row


def _shortened(row: Row, language: str, rng: Random) -> Row:
    if language == "zh":
        name = row["name"]
        for form in ("集团有限公司", "股份有限公司", "有限责任公司", "有限公司"):
            if name.endswith(form):
                name = name.removesuffix(form) + rng.choice(("", "", "公司", "有限公司", "有限责任公司"))
                break
        town = row.get("city", "").removesuffix("市")
        if town and rng.random() < 0.4:
            name = name.replace(f"{town}市", "").replace(f"({town})", "").replace(town, "") or name
        return {**row, "name": name if len(name) > 3 else row["name"]}
    short, kinds = _WORDS["EN_SHORT"], _WORDS["EN_KINDS"]
    words = [short.get(word, word) if rng.random() < 0.8 else word for word in row["name"].split()]
    if words[-1].rstrip(".") in ("Inc", "LLC", "Ltd", "Corp", "Co", "Limited", "L.L.C") and rng.random() < 0.5:
        words = words[:-1]
    address = " ".join(
        {**kinds, "North": "N", "West": "W", "Suite": "Ste"}.get(word.rstrip(","), word)
        for word in row.get("address", "").split()
    )
    return {**row, "name": " ".join(words), "address": address}


def _reordered(row: Row, language: str, rng: Random) -> Row:
    if language == "zh":
        town = row.get("city", "").removesuffix("市")
        name = row["name"]
        if town and name.startswith(town):
            bare = name.removeprefix(f"{town}市").removeprefix(town)
            at = bare.find("有限") if "有限" in bare else len(bare)
            return {**row, "name": f"{bare[:at]}({town}){bare[at:]}"}
        return {**row, "name": f"{town}{name}" if town not in name else name}
    words = row["name"].split()
    if len(words) < 3:
        return row
    at = rng.randrange(1, len(words))
    return {
        **row,
        "name": " ".join([*words[at:], *words[:at]]) if rng.random() < 0.5 else f"{' '.join(words[1:])}, {words[0]}",
    }


def _gaps(row: Row, _language: str, rng: Random) -> Row:
    gone = rng.sample([name for name in row if name != "name"], rng.choice((1, 1, 2)))
    return {name: "" if name in gone else value for name, value in row.items()}


def _mixed(row: Row, language: str, rng: Random) -> Row:
    """Columns filled into one another."""
    between = "" if language == "zh" else ", "
    address, city, state = row.get("address", ""), row.get("city", ""), row.get("state", "")
    whole = (
        f"{state}{city}{address}"
        if language == "zh"
        else ", ".join(filter(None, (address, city, f"{state} {row.get('zip', '')}".strip())))
    )
    match rng.randrange(5):
        case 0:
            return {**row, "address": whole, "city": ""}
        case 1:
            return {**row, "address": whole}
        case 2:
            return (
                {**row, "name": f"{row['name']}{between or '('}{city}{')' if language == 'zh' else ''}"}
                if city
                else row
            )
        case 3:
            return {**row, "address": f"{address} {row.get('phone', '')}".strip(), "phone": ""}
        case _:
            return {**row, "city": address, "address": city}


def _written(row: Row, language: str, rng: Random) -> Row:
    """Case, width and punctuation; other ways to write a phone."""
    digits = "".join(filter(str.isdigit, row.get("phone", "")))
    if language == "zh":
        wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
        return (
            {
                **row,
                "name": row["name"].translate(wide),
                "address": row.get("address", "").replace("号", rng.choice(("号", "號", "#"))),
                "phone": rng.choice((digits, f"86-{digits.lstrip('0')}")),
            }
            if digits
            else row
        )
    case = rng.choice((str.upper, str.lower, str.title))
    phone = (
        rng.choice((digits, f"({digits[:3]}){digits[3:6]}-{digits[6:]}", f"1.{digits[:3]}.{digits[3:6]}.{digits[6:]}"))
        if digits
        else ""
    )
    return {
        **row,
        "name": case(row["name"]).replace(".", "").replace(",", ""),
        "address": case(row.get("address", "")),
        "phone": phone,
    }


def _changed(row: Row, language: str, rng: Random) -> Row:
    """A new number, or a new address in the same city."""
    cities = {"en": _EN_CITIES, "zh": _ZH_CITIES}[language]
    town = next((city for city in cities if city[0] == row.get("city")), None)
    if town is None:
        return row
    new = {"en": _en_place, "zh": _zh_place}[language](town, rng)
    fields = ("phone",) if rng.random() < 0.6 else ("address", "zip")
    return {**row, **{field: new[field] for field in fields if row.get(field)}}


_NOISES: tuple[Callable[[Row, str, Random], Row], ...] = (
    _typing,
    _typing,
    _shortened,
    _shortened,
    _reordered,
    _gaps,
    _mixed,
    _written,
    _changed,
)


def rows(language: str, organisations: int, seed: int = _SEED) -> list[tuple[str, Row]]:
    """Returns (entity, fields) rows of so many organisations and their lookalikes, shuffled.

    Args:
        language: ``en`` or ``zh``.
        organisations: how many; half as many lookalikes come on top.
        seed: another seed, another file.
    """
    rng = Random(f"{seed} {language}")
    make = {"en": _en_organisation, "zh": _zh_organisation}[language]
    found: list[tuple[str, Row]] = []
    for number in range(organisations):
        row = make(rng)
        entities = [row, *([_other(row, language, rng)] if rng.random() < 0.5 else [])]
        for which, entity in enumerate(entities):
            for copy in range(rng.choice((1, 1, 2, 2, 3))):
                dirty = entity
                for noise in rng.sample(_NOISES, rng.choice((1, 1, 2, 3)) if copy else rng.choice((0, 0, 1))):
                    dirty = noise(dirty, language, rng)
                found.append((f"{number}-{which}", {column: dirty.get(column, "") for column in COLUMNS}))
    rng.shuffle(found)
    return found


def main(language: str, path: str, organisations: int = 1200) -> None:
    """Writes the rows of one language as a labelled file."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "entity", *COLUMNS))
        writer.writerows((at, entity, *row.values()) for at, (entity, row) in enumerate(rows(language, organisations)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
