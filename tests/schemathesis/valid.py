"""Says whether an OpenAPI document is one: by the schema that is published for its version, and
by the rules that no schema can hold, such as names of operations that are not unique.

    valid.py FILE
"""

import json
import sys

from openapi_schema_validator import oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator

# Patterns are ECMAScript's, with classes such as \p{L}; this rule would compile them as Python's.
oas31_format_checker.checkers.pop("regex")

path = sys.argv[1]
with open(path, encoding="utf-8") as file:
    faults = list(OpenAPIV31SpecValidator(json.load(file)).iter_errors())
for fault in faults:
    where = "/".join(str(part) for part in getattr(fault, "absolute_path", []))
    print(f"{path}: {where}: {fault.message.splitlines()[0]}", file=sys.stderr)
print(f"{path}: {len(faults)} faults")
sys.exit(bool(faults))
