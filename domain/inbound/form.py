"""Forms as Typeform sends them when somebody has filled one in, as leads.

Sources: Typeform's "Webhooks: example payload" (the fields) and "Secure your webhooks" (the signature).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from domain.importing.columns import SEVERAL, guess_columns
from domain.importing.columns import Field as Column
from domain.importing.values import emails_from, phones_from, region_from, text_of
from domain.inbound.delivery import Delivery, Webhook, object_in
from domain.inbound.reported import MAX_ANSWERS, FormFilled, Reported, ReportedLead
from domain.inbound.signatures import Encoding, digest, same
from domain.normalise.errors import Malformed
from domain.normalise.uscc import parse_uscc
from domain.profile import country_of
from domain.text import LongText, ShortText

_BY_TYPE: Mapping[str, Column] = {"email": Column.EMAIL, "phone_number": Column.PHONE, "url": Column.WEBSITE}
"""What an answer of these types is, whatever the question calls it."""
_TAKEN = frozenset(Column) - {Column.EXTERNAL_ID, Column.OWNER, Column.CUSTOMER_TYPE}
_SHORT: TypeAdapter[str] = TypeAdapter(ShortText)
_LONG: TypeAdapter[str] = TypeAdapter(LongText)


class _Question(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: ShortText
    ref: str = ""
    title: str = ""


class _Definition(BaseModel):
    model_config = ConfigDict(extra="ignore")
    fields: Annotated[tuple[_Question, ...], Field(max_length=MAX_ANSWERS)] = ()


class _Answer(BaseModel):
    model_config = ConfigDict(extra="allow")
    type: str
    field: _Question

    @property
    def text(self) -> str:
        """The answer in words: a choice by its label, several with commas between them."""
        given = (self.model_extra or {}).get(self.type)
        if isinstance(given, dict):
            given = given.get("labels") or given.get("label") or given.get("other") or ""
        return ", ".join(map(str, given)) if isinstance(given, list) else str(given if given is not None else "")


class _Response(BaseModel):
    model_config = ConfigDict(extra="ignore")
    token: ShortText
    submitted_at: Any = None
    definition: _Definition = _Definition()
    answers: Annotated[tuple[_Answer, ...], Field(max_length=MAX_ANSWERS)] = ()
    hidden: dict[str, Any] = Field(default_factory=dict)


class TypeformConnector(Webhook):
    """Responses to forms. Which answer is what is guessed by its type and its question, where it is not said here."""

    kind: Literal["typeform"] = "typeform"
    mapping: dict[ShortText, Column | None] = Field(
        default_factory=dict,
        max_length=MAX_ANSWERS,
        description="What the answer to a question is, by the question's ref or id; null for none of these.",
    )

    def genuine(self, delivery: Delivery, secret: str) -> bool:
        """By ``Typeform-Signature``: HMAC-SHA256 of the body in base 64."""
        expected = "sha256=" + digest(secret, delivery.body, Encoding.BASE64)
        return same(expected, delivery.headers.get("typeform-signature", ""))

    def read(self, delivery: Delivery) -> Sequence[Reported]:
        """The response as a lead; what is no part of one goes along as attributes."""
        body = object_in(delivery.body)
        if body.get("event_type") != "form_response":
            return ()
        response = _Response.model_validate(body.get("form_response"))
        return (_filled(response, self._columns(response)),)

    def _columns(self, response: _Response) -> Mapping[str, Column]:
        """What the answer to each question is, by the question's id."""
        titles = {it.id: it.title for it in response.definition.fields}
        texts = {it.field.id: it.text for it in response.answers}
        guessed = guess_columns([titles.get(it, "") for it in texts], [list(texts.values())])
        found: dict[str, Column] = {}
        for answer in response.answers:
            said = next((self.mapping[it] for it in (answer.field.ref, answer.field.id) if it in self.mapping), ...)
            column = _BY_TYPE.get(answer.type) or guessed.get(titles.get(answer.field.id, ""))
            column = column if said is ... else said
            if column in _TAKEN and (column in SEVERAL or column not in found.values()):
                found[answer.field.id] = column
        return found


def _filled(response: _Response, columns: Mapping[str, Column]) -> FormFilled:
    """An answer that does not read as what it should be is kept as it is, beside the lead."""
    texts: dict[Column, list[str]] = {}
    titles = {it.id: it.title for it in response.definition.fields}
    others = {name: str(value) for name, value in response.hidden.items()}
    for answer in response.answers:
        column = columns.get(answer.field.id)
        if column is not None and _read(column, answer.text):
            texts.setdefault(column, []).append(answer.text)
        else:
            others[titles.get(answer.field.id) or answer.field.ref or answer.field.id] = answer.text
    answers = dict(list(_short(others))[:MAX_ANSWERS])
    report = {"source_id": response.token, "occurred_at": response.submitted_at, "answers": answers}
    return FormFilled.model_validate({**report, "lead": _lead(texts, answers)})


def _short(others: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in others.items():
        with suppress(ValidationError):
            yield _SHORT.validate_python(name[:200]), _SHORT.validate_python(value[:200])


def _lead(texts: Mapping[Column, list[str]], answers: Mapping[str, str]) -> ReportedLead | None:
    """The lead that the answers make; None when they name nobody."""

    def one(column: Column) -> str | None:
        return text_of(texts[column][0]) or None if column in texts else None

    region = next((region_from(text) for text in texts.get(Column.REGION, ())), None)
    family, given = one(Column.FAMILY), one(Column.GIVEN)
    person = one(Column.PERSON) or (f"{given} {family}" if family and given else family or given)
    company = {"name": Column.COMPANY, "uscc": Column.USCC, "tax_id": Column.TAX_ID, "website": Column.WEBSITE}
    lead = {
        "company": {name: one(column) for name, column in company.items()} if texts.keys() & company.values() else None,
        "person": {"name": person, "title": one(Column.TITLE)} if person else None,
        "region": region,
        "phones": [it for text in texts.get(Column.PHONE, ()) for it in phones_from(text, country_of(region))],
        "emails": [it for text in texts.get(Column.EMAIL, ()) for it in emails_from(text)],
        "address": one(Column.ADDRESS) or one(Column.CITY),
        "industry": one(Column.INDUSTRY),
        "need": one(Column.NEED),
        "attributes": dict(list(answers.items())[:50]),
    }
    with suppress(ValidationError, Malformed):
        return ReportedLead.model_validate(lead)
    return None


_READERS: Mapping[Column, Callable[[str], object]] = {
    Column.EMAIL: emails_from,
    Column.PHONE: lambda text: phones_from(text, "CN"),
    Column.REGION: region_from,
    Column.USCC: parse_uscc,
    Column.NEED: _LONG.validate_python,
}


def _read(column: Column, text: str) -> bool:
    """Whether a text can be what its question asks for."""
    reads: Callable[[str], object] = _READERS.get(column, _SHORT.validate_python)
    try:
        return bool(text_of(text)) and bool(reads(text))
    except (Malformed, ValidationError):
        return False
