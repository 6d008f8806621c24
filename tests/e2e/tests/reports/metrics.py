"""Reads metrics on standard input with Prometheus's own Python client and prints each sample as JSON."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as classic

text = sys.stdin.read()
samples = [
    {"name": sample.name, "labels": sample.labels, "value": sample.value, "type": family.type, "help": family.documentation}
    for family in openmetrics(text)
    for sample in family.samples
]
# The older form of the text is close enough for those who read only that.
older = {(s.name, tuple(s.labels.items())): s.value for family in classic(text) for s in family.samples}
assert older == {(s["name"], tuple(s["labels"].items())): s["value"] for s in samples}, "the two readers differ"
json.dump(samples, sys.stdout)
