"""Says whether documents fit a JSON Schema, as another project reads it: {"schema", "documents"} in, and for each document
the list of what does not fit out. Called by schema.rs."""

import json
import sys

from jsonschema import Draft202012Validator

asked = json.load(sys.stdin)
Draft202012Validator.check_schema(asked["schema"])
validator = Draft202012Validator(asked["schema"])
errors = [[f"{e.message} at {e.json_path}" for e in validator.iter_errors(document)] for document in asked["documents"]]
json.dump(errors, sys.stdout)
