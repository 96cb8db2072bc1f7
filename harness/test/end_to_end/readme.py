#!/usr/bin/python3
"""Does what README.md says, and looks whether it comes out as it says:
readme.py MQTTSPEC REFBROKER FOLDER.

The first case is written, checked, mended, run and broken; the broker's
profile for CI is used; the jobs are read as YAML, and the options in them are
options of mqttspec. What is wrong is printed, and the exit status is 1.
"""
import os
import re
import socket
import subprocess
import sys

import yaml

VIOLATION = "MQTT-3.1.4-3:take-over-keeps-old"


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Reader:
    def __init__(self, mqttspec, refbroker, folder):
        self.mqttspec = os.path.abspath(mqttspec)
        self.refbroker = os.path.abspath(refbroker)
        self.folder = folder
        self.wrong = []

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def do(self, *words, status):
        end = subprocess.run(
            [self.mqttspec, *words], cwd=self.folder, text=True, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        if end.returncode != status:
            self.wrong.append(f"{words}: status {end.returncode}, not {status}"
                              f"\n{end.stdout[-1500:]}")
        return end.stdout

    def expect(self, block, printed):
        """Each line of the block is printed; … stands for the rest of it."""
        lines = printed.splitlines()
        for line in block.splitlines():
            begin, more, _ = line.partition("…")
            if not any(one.startswith(begin) if more else one == line
                       for one in lines):
                self.wrong.append(f"not printed: {line}\n{printed[-1500:]}")

    def start(self, more):
        """A broker, and its URL: somebody else may have taken the port."""
        for _ in range(10):
            target = f"mqtt://127.0.0.1:{free_port()}"
            broker = subprocess.Popen(
                [self.refbroker, "--listen", target, *more],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            if broker.stdout.readline():  # it says when it listens
                return broker, target
            broker.wait()
        raise RuntimeError("the reference broker does not start")

    def against(self, more, words, status):
        broker, target = self.start(more)
        with broker:
            printed = self.do("run", target, *words, status=status)
            broker.terminate()
        return printed


def first_case(reader, text):
    case = blocks(text, "yaml")[0]
    slip, passed, failed = blocks(text, "text")[:3]
    reader.write("first.yaml", case)
    reader.expect(slip, reader.do("lint", "first.yaml", status=2))
    reader.write("first.yaml", case.replace("client_di", "client_id"))
    counted = reader.do("lint", "first.yaml", status=0).strip()
    if counted not in text:
        reader.wrong.append(f"README.md does not say: {counted}")
    words = ["--cases", "first.yaml", "--patience", "0.1"]
    reader.expect(passed, reader.against([], words, 0))
    reader.expect(failed, reader.against(["--violate", VIOLATION], words, 1))


def jobs(reader, text):
    profile, github, gitlab = blocks(text, "yaml")[1:4]
    reader.write("broker.yaml", profile)
    reader.do("run", "broker.yaml", "--cases", "first.yaml", status=0)
    job = yaml.safe_load(github)["jobs"]["conformance"]
    commands = [step["run"] for step in job["steps"] if "run" in step]
    uploads = job["steps"][-1]
    job = yaml.safe_load(gitlab)["mqtt-conformance"]
    commands += job["script"]
    kept = [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]
    if sorted(uploads["with"]["path"].split()) != sorted(kept):
        reader.wrong.append(f"{uploads} and {kept} differ")
    runs = [one for one in commands if "mqttspec run" in one]
    if len(runs) != 2:
        reader.wrong.append(f"not two runs: {runs}")
    known = reader.do("help", "run", status=0)
    for command in runs:
        words = command.split()
        for name in kept:
            if name not in words:
                reader.wrong.append(f"{command}: does not write {name}")
        for word in words:
            if word.startswith("--") and f"{word} " not in known:
                reader.wrong.append(f"{command}: no option {word}")


def files(reader, text):
    """What is linked to or shown is there."""
    for path in re.findall(r"\]\(([^)#:]+)\)", text):
        if not os.path.exists(path):
            reader.wrong.append(f"README.md leads to {path}")
    headings = {re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-")
                for line in re.findall(r"^## (.*)$", text, re.M)}
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        if anchor not in headings:
            reader.wrong.append(f"README.md leads to #{anchor}")


def main():
    reader = Reader(*sys.argv[1:])
    with open("README.md", encoding="utf-8") as file:
        text = file.read()
    first_case(reader, text)
    jobs(reader, text)
    files(reader, text)
    print("\n".join(reader.wrong))
    return 1 if reader.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
