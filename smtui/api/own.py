"""What a vault can be asked that no AWS service answers: it travels the same road, and is in the trail too."""

from __future__ import annotations

from smtui.api.shapes import Integer, Operation, Structure

OWN_OPERATIONS = {
    # Days of 0 keep the trail for ever.
    "SetTrailRetention": Operation(
        "SetTrailRetention", Structure({"Days": Integer(min=0, max=36500)}, ("Days",)), Structure(), (),
        service="smtui",
    ),
}
