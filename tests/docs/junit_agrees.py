#!/usr/bin/env python3
"""Whether a JUnit report, as junitparser reads it, says what the summaries say.

    junit_agrees.py REPORT SUMMARY...    one summary for each suite, in order; prints the counts
"""
import json
import sys

from junitparser import Error, Failure, JUnitXml, Skipped

OUT_ON_PURPOSE = {"killed", "frozen", "unplugged"}


def outcome(case):
    """"passed", or what the case's one finding is; and its message."""
    found = [r for r in case.result if isinstance(r, (Error, Failure, Skipped))]
    assert len(found) <= 1, case.name
    return (type(found[0]).__name__.lower(), found[0].message) if found else ("passed", "")


def check_phone(case, phone):
    what, message = outcome(case)
    assert case.name == "%s %s" % (phone["name"], phone["model"]), case.name
    assert abs(case.time - phone["changed_s"]) < 1e-3, case.name
    if phone["state"] in OUT_ON_PURPOSE:
        assert what == "skipped" and phone["state"] in message, (case.name, what, message)
    elif phone["state"] == "failed":
        assert what == "failure" and phone["status_text"] in message, (case.name, what, message)
    elif phone["state"] == "idle":
        assert what == ("passed" if phone["upgraded"] else "failure"), (case.name, what, message)
    else:
        assert what == "error", (case.name, what, message)


def check_suite(suite, summary):
    cases = list(suite)
    phones, expectations = summary["per_phone"], summary["expectations"]
    assert suite.name == summary["mode"]
    assert len(cases) == len(phones) + len(expectations)
    for case, phone in zip(cases, phones):
        check_phone(case, phone)
    for case, expectation in zip(cases[len(phones):], expectations):
        what, message = outcome(case)
        assert case.name == expectation["name"], case.name
        unmet = "error" if case.name == "faithful" else "failure"
        assert what == ("passed" if expectation["passed"] else unmet), case.name
        assert expectation["passed"] or expectation["detail"] in message, (case.name, message)
    found = [outcome(case)[0] for case in cases]
    said = (suite.tests, suite.failures, suite.errors, suite.skipped)
    assert said == (len(cases), found.count("failure"), found.count("error"),
                    found.count("skipped")), said
    assert suite.skipped == sum(summary["phones"].get(word, 0) for word in OUT_ON_PURPOSE)
    return said


def main():
    report = JUnitXml.fromfile(sys.argv[1])
    summaries = []
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            summaries.append(json.load(file))
    suites = list(report)
    assert len(suites) == len(summaries)
    assert report.name == summaries[0]["name"]
    said = [check_suite(suite, summary) for suite, summary in zip(suites, summaries)]
    assert (report.tests, report.failures, report.errors) == tuple(map(sum, zip(*said)))[:3]
    for counts in said:
        print("tests %d, failures %d, errors %d, skipped %d" % counts)


main()
