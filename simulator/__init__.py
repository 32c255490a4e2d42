"""A made-up year of a sales organisation, played with OneOwner and without it: what ``oneowner simulate`` shows."""
