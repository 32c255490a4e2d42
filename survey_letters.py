"""Letters to customers: one question, by a signed link, in the language that their names are in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from api.survey_links import path_of, token_of
from channels.letters import Letter
from domain.ids import IdMaker
from domain.normalise.text import has_han
from domain.profile import Profile, country_of
from letters import letter
from messages import message
from store.database import Database
from store.policies import Policies
from store.surveys import Surveys
from store.tables import DeliveryRow

_CHINESE = ("CN", "HK", "MO", "TW")


class SurveyLetters:
    """Writes to a customer when the letter is sent; a ``channels.letters.Writer``. Safe to share between threads."""

    def __init__(self, database: Database, policies: Policies, ids: IdMaker, public_url: str) -> None:
        """``public_url`` is where customers reach the service."""
        self._surveys = Surveys(database, policies, ids)
        self._policies = policies
        self._database = database
        self._ids = ids
        self._public_url = public_url.rstrip("/")

    def write(self, delivery: DeliveryRow) -> Letter | None:
        """The letter with a survey's link; None when it has been answered, or its time is up."""
        now = datetime.now(UTC)
        asked = self._surveys.waiting(delivery.target, now)
        if asked is None:
            return None
        with self._database.read() as session:
            zone = self._policies.in_force(session, now).time_zone
        locale = language_of(asked.profile)
        facts = {
            "link": self._public_url + path_of(token_of(self._ids, asked.survey)),
            "until": asked.survey.expires_at.astimezone(ZoneInfo(zone)).date().isoformat(),
        }
        text = (
            message(locale, "survey-mail.after", rep=asked.rep) if asked.rep else message(locale, "survey-mail.hello")
        )
        body = f"{text}\n\n{message(locale, 'survey-mail.body', **facts)}"
        return letter(locale, message(locale, "survey-mail"), body, next(iter(asked.profile.emails), None), ())


def language_of(profile: Profile) -> str:
    """In which language a customer is written to: Chinese, when a name of theirs or their region is."""
    company = profile.company.name if profile.company else None
    names = (company or "", *(person.name for person in profile.people))
    chinese = any(map(has_han, names)) or (profile.region and country_of(profile.region) in _CHINESE)
    return "zh-CN" if chinese else "en"
