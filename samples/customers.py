"""Invents customers: companies and private persons who share nothing that identifies them."""

import random
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from samples import vocabulary as words
from samples.vocabulary import City

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CHINESE_PREFIXES = ("135", "136", "138", "139", "158", "177", "186")
CALIFORNIAN_AREAS = ("213", "310", "408", "415", "510", "619", "650", "818", "916", "949")


@dataclass(frozen=True)
class Customer:
    """The truth about one customer; a lead shows a part of it. Phones are in E.164, an empty text is unknown."""

    city: City
    chinese: bool
    person: str
    mobile: str
    email: str
    title: str = ""
    company: str = ""
    industry: str = ""
    website: str = ""
    uscc: str = ""
    landline: str = ""
    address: str = ""

    @property
    def region(self) -> str:
        """ISO 3166-2 code."""
        return self.city.region


def check_character(first17: str) -> str:
    """The last character of a USCC, after GB 32100-2015: weights 3^i modulo 31 over 31 digits and letters."""
    total = sum(USCC_ALPHABET.index(character) * 3**i for i, character in enumerate(first17))
    return USCC_ALPHABET[-total % 31]


def organisation_check(first8: str) -> str:
    """The last character of an organisation code, after GB 11714-1997."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(character, 36) * weight for character, weight in zip(first8, weights, strict=True))
    return "0123456789X"[-total % 11]


def written(phone: str) -> str:
    """An E.164 number as people write it: at home in China, with the country's code elsewhere."""
    if phone.startswith("+86"):
        return f"{phone[3:6]} {phone[6:10]} {phone[10:]}"
    if phone.startswith("+1"):
        return f"+1 ({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    if phone.startswith("+44"):
        return f"+44 {phone[3:5]} {phone[5:9]} {phone[9:]}"
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}"


def _ascii(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ".".join(folded.lower().replace("'", "").split())


@dataclass
class Inventor:
    """Makes customers from the vocabulary and remembers what it has used."""

    rng: random.Random
    used: set[str] = field(default_factory=set)

    def company(self, city: City, chinese: bool) -> Customer:
        """A company in `city` with everything that a lead can tell about it."""
        industry = self.rng.choice(sorted(words.INDUSTRIES))
        name, slug = self._chinese_company(city, industry) if chinese else self._english_company(city, industry)
        ending = self.rng.choice((".cn", ".com", ".com.cn")) if city.country == "CN" else ".com"
        domain = f"{slug}-example{ending}"
        person, mailbox = self.person(chinese)
        return Customer(
            city, chinese, person, self.mobile(city.country), f"{mailbox}@{domain}",
            title=self.rng.choice(words.CHINESE_TITLES if chinese else words.ENGLISH_TITLES),
            company=name, industry=industry, website=f"https://www.{domain}" if self.rng.random() < 0.7 else "",
            uscc=self.uscc(city) if city.country == "CN" and self.rng.random() < 0.7 else "",
            landline=self._landline(city) if city.country == "CN" and self.rng.random() < 0.4 else "",
            address=self._address(city, chinese),
        )  # fmt: skip

    def private_person(self, city: City, chinese: bool) -> Customer:
        """Somebody without a company; the mailbox counts where a number does not tell a mobile from a fixed line."""
        person, mailbox = self.person(chinese)
        mobile = self.mobile(city.country)
        told = city.country in ("US", "GB") or self.rng.random() < 0.5
        return Customer(city, chinese, person, mobile, f"{mailbox}{mobile[-4:]}@example.com" if told else "")

    def person(self, chinese: bool) -> tuple[str, str]:
        """A name, and the mailbox it gives."""
        if chinese:
            surname, given = self.rng.choice(sorted(words.SURNAMES)), self.rng.choice(sorted(words.GIVEN_NAMES))
            return surname + given, f"{words.SURNAMES[surname]}.{words.GIVEN_NAMES[given]}"
        first, last = self.rng.choice(words.FIRST_NAMES), self.rng.choice(words.LAST_NAMES)
        return f"{first} {last}", f"{_ascii(first)}.{_ascii(last)}"

    def mobile(self, country: str) -> str:
        """An unused number: 555 in China and Singapore, and the ranges kept for fiction in the US and the UK."""

        def draw() -> str:
            digits = f"{self.rng.randrange(100000):05}"
            return {
                "CN": f"+86{self.rng.choice(CHINESE_PREFIXES)}555{digits}",
                "US": f"+1{self.rng.choice(CALIFORNIAN_AREAS)}55501{digits[-2:]}",
                "GB": f"+442079460{digits[-3:]}",
                "SG": f"+659555{digits[-4:]}",
            }[country]

        return self._unused(draw)

    def uscc(self, city: City) -> str:
        """A valid code of nobody: divisions that end in 99 have never been given to a district."""
        organisation = "MA" + "".join(self.rng.choices(USCC_ALPHABET, k=6))
        first17 = f"91{city.division}99{organisation}{organisation_check(organisation)}"
        return first17 + check_character(first17)

    def _unused(self, draw: Callable[[], str]) -> str:
        while (drawn := draw()) in self.used:
            pass
        self.used.add(drawn)
        return drawn

    def _brand(self, first: Iterable[str], second: Iterable[str]) -> str:
        choices = sorted(first), sorted(second)
        return self._unused(lambda: "".join(map(self.rng.choice, choices)))

    def _chinese_company(self, city: City, industry: str) -> tuple[str, str]:
        brand = self._brand(words.BRAND_FIRST, words.BRAND_SECOND)
        core, form = brand + self.rng.choice(words.INDUSTRIES[industry][0]), self.rng.choice(words.CHINESE_FORMS)
        patterns = (
            f"{city.name}{core}{form}",
            f"{city.name}市{core}{form}",
            f"{core}（{city.name}）{form}",
            core + form,
        )
        name = self.rng.choice(patterns if city.division else patterns[2:])
        return name, words.BRAND_FIRST[brand[0]] + words.BRAND_SECOND[brand[1]]

    def _english_company(self, city: City, industry: str) -> tuple[str, str]:
        brand = self._brand(words.ENGLISH_FIRST, words.ENGLISH_SECOND)
        word, form = self.rng.choice(words.INDUSTRIES[industry][1]), self.rng.choice(words.ENGLISH_FORMS[city.country])
        place = f" ({city.english})" if city.country == "CN" else ""
        return f"{brand} {word}{place} {form}", brand.lower()

    def _landline(self, city: City) -> str:
        return self._unused(lambda: f"{city.area_code}-8555 {self.rng.randrange(10000):04}")

    def _address(self, city: City, chinese: bool) -> str:
        number = self.rng.randrange(1, 300)
        if chinese and city.districts:
            return f"{city.prefix}{self.rng.choice(city.districts)}{self.rng.choice(words.ROADS)}{number}号"
        return f"{number} {self.rng.choice(words.STREETS[city.country])}, {city.english}"
