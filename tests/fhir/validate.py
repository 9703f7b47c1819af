"""Reads every resource in a folder (.json and .ndjson) with fhir.resources' types of R4B, and prints how many of each kind it read.

What does not fit stops it: an unknown field, a value of another type, a field that is missing.
"""

import importlib
import json
import sys
from collections import Counter
from pathlib import Path


def resources(folder):
    for path in sorted(Path(folder).rglob("*json")):
        text = path.read_text(encoding="utf-8")
        parts = text.splitlines() if path.suffix == ".ndjson" else [text]
        for part in parts:
            yield path, json.loads(part)


def main(folder):
    counted, wrong = Counter(), []
    for path, resource in resources(folder):
        kind = resource["resourceType"]
        module = importlib.import_module(f"fhir.resources.R4B.{kind.lower()}")
        try:
            getattr(module, kind).model_validate(resource)
        except Exception as error:  # every fault of every resource is told, whatever it is
            wrong.append(f"{path.name}: {kind}/{resource.get('id')}: {error}")
        counted[kind] += 1
    print(json.dumps({"read": counted, "wrong": wrong}))
    return 1 if wrong or not counted else 0


sys.exit(main(sys.argv[1]))
