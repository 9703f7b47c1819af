"""A client that knows nothing of Kith pages through one patient's responses, fetches a score and sends answers of its own."""

import json
import sys

from fhirpy import SyncFHIRClient


def main(url, token, patient):
    client = SyncFHIRClient(url, authorization=f"Bearer {token}")
    search = client.resources("QuestionnaireResponse").search(patient=patient).limit(3)
    found = search.fetch_all()
    total = search.count()
    first = client.reference("QuestionnaireResponse", found[0].id).to_resource()
    scores = client.resources("Observation").search(
        patient=patient, code="http://loinc.org|44261-6", date__ge="2020-01-01"
    )
    sent = client.resource(
        "QuestionnaireResponse",
        status="completed",
        questionnaire="urn:kith:check-in:connection",
        subject={"reference": f"Patient/{patient}"},
        authored="2026-11-01T09:00:00+01:00",
        identifier={"system": "urn:test:client", "value": "1"},
        item=[{"linkId": "1", "answer": [{"valueInteger": 7}]}],
    )
    sent.save()
    print(
        json.dumps(
            {
                "found": [one.id for one in found],
                "total": total,
                "first": first.serialize(),
                "scores": [one["valueQuantity"]["value"] for one in scores.fetch_all()],
                "sent": sent.id,
            }
        )
    )


main(*sys.argv[1:])
