"""``oneowner demo``: a throw-away OneOwner that takes the sample leads in and tells what came of them."""
