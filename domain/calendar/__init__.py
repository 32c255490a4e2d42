"""Working calendars: when somebody is at work, and deadlines that count only then. Policy data in, instants out."""
