"""What the launcher says is said in every language at once: before the first start nobody's language is known."""

from messages import LOCALES, message


def text(name: str, **facts: str) -> str:
    """One message of the catalogues in all languages.

    Args:
        name: The message's id.
        facts: What its placeholders stand for.

    Returns:
        The languages on one line, or one below the other when a text has several lines.

    Raises:
        messages.MissingMessage: when a catalogue lacks it, or a fact is missing.
    """
    texts = [message(locale, name, **facts) for locale in LOCALES]
    return ("\n" if any("\n" in each for each in texts) else " / ").join(texts)
