#!/usr/bin/python3
"""Validates YAML files by the schemas that mqttspec prints.

usage: schema.py MQTTSPEC BROKEN FOLDER

All cases and profiles of the repository have to be valid, and so have the
examples in BROKEN. Each way to break one of them has to be refused by the
schema and by mqttspec, which reads it from FOLDER. Of the broken files that
the loader's diagnostics are tested with (golden), the schema refuses each
case with a mistake and each profile, except those that BROKEN lists with the
reason why no schema can. Keys are read as editors read them: as they are
written.
"""
import glob
import json
import os
import re
import subprocess
import sys

import jsonschema
import yaml

PATTERNS = {
    "case": ["cases/*/*.yaml", "harness/test/cases/*.yaml"],
    "profile": ["fixtures/brokers/*.yaml"],
}


class Loader(yaml.SafeLoader):
    """YAML 1.2: on and off are words, and keys are texts."""

    def construct_mapping(self, node, deep=False):
        self.flatten_mapping(node)
        return {
            key.value: self.construct_object(value, deep=True)
            for key, value in node.value
        }


Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag.endswith(("float", "int", "null"))]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for word in ("true", "false"):
    Loader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", yaml.resolver.re.compile("^(true|false)$"), "tf"
    )
Loader.add_constructor(
    "tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node)
)


def validator(mqttspec, kind):
    text = subprocess.run(
        [mqttspec, "schema", kind], check=True, stdout=subprocess.PIPE
    ).stdout
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def place(error):
    return "/".join(map(str, error.absolute_path))


def is_loaded(mqttspec, kind, text, folder):
    path = f"{folder}/{kind}.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    # Nothing listens where the example's broker is said to be: status 3.
    words = {"case": ["lint", path], "profile": ["run", path, "--quiet"]}[kind]
    end = subprocess.run([mqttspec, *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    if end.returncode < 0 or end.returncode not in (0, 2, 3):
        raise RuntimeError(f"{words}: {end.returncode}: {end.stderr}")
    return end.returncode != 2


def check_file(schema, path):
    with open(path, encoding="utf-8") as file:
        content = yaml.load(file, Loader)
    return [
        f"{path}: {place(error)}: {error.message[:300]}"
        for error in schema.iter_errors(content)
    ]


def check_example(mqttspec, schema, kind, text, good, folder):
    word = "refuses" if good else "takes"
    mistakes = []
    if schema.is_valid(yaml.load(text, Loader)) != good:
        mistakes.append(f"the schema {word} it")
    if is_loaded(mqttspec, kind, text, folder) != good:
        mistakes.append(f"mqttspec {word} it")
    return mistakes


def check_kind(mqttspec, kind, examples, folder):
    schema = validator(mqttspec, kind)
    text = examples["file"]
    mistakes = [
        f"the {kind}: {mistake}"
        for mistake in check_example(mqttspec, schema, kind, text, True, folder)
    ]
    for row in examples["broken"]:
        broken = text.replace(row["old"], row["new"], 1)
        if broken == text:
            mistakes.append(f"{kind}: {row['what']}: changes nothing")
        for mistake in check_example(mqttspec, schema, kind, broken, False, folder):
            mistakes.append(f"{kind}: {row['what']}: {mistake}")
    for pattern in PATTERNS[kind]:
        paths = sorted(glob.glob(pattern))
        if not paths:
            mistakes.append(f"{pattern}: no such files")
        for path in paths:
            mistakes += check_file(schema, path)
    return mistakes


def mistakes_of(path):
    """The lines with an error, as the loader's golden text has them."""
    text = path.removesuffix("yaml") + "txt"
    if not os.path.exists(text):
        return []
    with open(text, encoding="utf-8") as file:
        return [int(line) for line in re.findall(
            rf"^{re.escape(path)}:(\d+):\d+: error: ", file.read(), re.M)]


def items_of(text):
    """The list of cases with the first and last line of each."""
    node = yaml.compose(text, Loader)
    for key, value in node.value if isinstance(node, yaml.MappingNode) else []:
        if key.value == "cases" and isinstance(value, yaml.SequenceNode):
            return [(one.start_mark.line + 1, one.end_mark.line + 1)
                    for one in value.value]
    return []


def taken_of_cases(schema, path, text, content):
    """How many cases with a mistake of their own the schema takes."""
    lines, items = mistakes_of(path), items_of(text)
    taken = 0
    for index, (first, last) in enumerate(items):
        if not any(first <= line <= last for line in lines):
            continue
        alone = dict(content, cases=[content["cases"][index]])
        taken += schema.is_valid(alone)
    return taken


def taken(schema, kind, path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        content = yaml.load(text, Loader)
    except (yaml.YAMLError, TypeError):
        return None  # no validator comes to see it
    if not mistakes_of(path):
        return None if schema.is_valid(content) else "a sound file is refused"
    if kind == "case" and items_of(text):
        return taken_of_cases(schema, path, text, content)
    return int(schema.is_valid(content))


def check_golden(mqttspec, kind, golden):
    schema = validator(mqttspec, kind)
    beyond = {row["file"]: row["taken"] for row in golden["beyond"] if row["why"]}
    mistakes, seen = [], 0
    for path in sorted(glob.glob(golden["files"])):
        name = os.path.basename(path)
        found = taken(schema, kind, path)
        seen += found is not None
        wanted = beyond.pop(name, 0)
        if (found or 0) != wanted:
            mistakes.append(f"{path}: {found} taken, not {wanted}")
    mistakes += [f"{golden['files']}: no {name}" for name in beyond]
    if seen < 15:
        mistakes.append(f"{golden['files']}: only {seen} files")
    return mistakes


def main():
    mqttspec, broken, folder = sys.argv[1:]
    with open(broken, encoding="utf-8") as file:
        examples = yaml.load(file, Loader)
    mistakes = []
    for kind in PATTERNS:
        mistakes += check_kind(mqttspec, kind, examples[kind], folder)
        mistakes += check_golden(mqttspec, kind, examples[kind]["golden"])
    print("\n".join(mistakes))
    return 1 if mistakes else 0


sys.exit(main())
