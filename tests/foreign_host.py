"""Calls a component of the world trailsieve:plugin/plugin from Python. Reads a JSON object {component, settings, batch}
from standard input; writes {manifest, failed, counts, verdicts} to standard output."""

import json
import sys

from wasmtime import Engine, Store
from wasmtime.component import Component, Linker

INTERFACE = "trailsieve:plugin/detector@0.1.0"


def main():
    asked = json.load(sys.stdin)
    engine = Engine()
    store = Store(engine)
    component = Component.from_file(engine, asked["component"])
    instance = Linker(engine).instantiate(store, component)
    interface = instance.get_export_index(store, INTERFACE)

    def call(name, *arguments):
        function = instance.get_func(store, instance.get_export_index(store, name, interface))
        answer = function(store, *arguments)
        function.post_return(store)
        return answer

    manifest = call("load", [], asked["settings"])
    failed = call("self-test")
    answer = call("detect", asked["batch"].encode())
    outcomes = ["clean", "flagged", "unjudged", "malformed", "not-cloudtrail"]
    json.dump(
        {
            "manifest": manifest,
            "failed": len(failed),
            "counts": [getattr(answer.counts, name) for name in outcomes],
            "verdicts": [[v.record, v.outcome, v.annotation, v.event] for v in answer.verdicts],
        },
        sys.stdout,
    )


main()
