# SPDX-License-Identifier: GPL-2.0-only
"""
html - look at the boundary.html of TREE as a user would, and compare it with
boundary.yaml.

    html.py TREE SCREENSHOTS
"""
import collections
import json
import os
import re
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "lib"))
from chromium import Page  # noqa: E402

TREE, SHOTS = sys.argv[1:]
HTML = os.path.join(TREE, "boundary.html")
# All that the browser may request.
OWN = {"file://" + os.path.realpath(path) for path in (HTML, "hostile.html")}
failures = []


def check(what, seen, expected=True):
    if seen == expected:
        print("ok  ", what)
    else:
        failures.append(what)
        print("FAIL", what, "\n     seen    ", str(seen)[:500], "\n     expected",
              str(expected)[:500])


def names(items):
    return sorted(item["name"] for item in items)


# --- the report as text

with open(os.path.join(TREE, "boundary.yaml"), "rb") as f:
    REPORT = yaml.load(f, Loader=yaml.CSafeLoader)
FUNCTIONS, VARIABLES, RECORDS = REPORT["functions"], REPORT["variables"], REPORT["records"]


def check_report():
    for kind in ("functions", "variables"):
        items = REPORT[kind]
        check("each of %s has strings for what it must have" % kind,
              [i for i in items if not all(isinstance(i.get(key), str) and i[key] for key in
                                           ("name", "at", "class", "reason"))], [])
        seen = collections.Counter(i["class"] for i in items)
        check("counts of " + kind, {c: n for c, n in REPORT["counts"][kind].items() if n},
              dict(seen))
    own = [r for r in RECORDS if r["boundary"]]
    check("count of records", REPORT["counts"]["records"]["boundary"]["records"], len(own))
    check("and of free ones", REPORT["counts"]["records"]["boundary"]["free"],
          sum(r["free"] for r in own))
    check("an interface or callback is entered by something",
          [f["name"] for f in FUNCTIONS if f["class"] == "interface" and
           not f.get("referrers") and not f["reason"].startswith("rule")], [])
    refs = [r for f in FUNCTIONS for r in f.get("referrers", [])]
    check("referrers are known by name and kind", [r for r in refs if not r["from"] or not r["by"]], [])
    known = [r for r in refs if r.get("in")]
    check("and nearly all by source file: %d of %d" % (len(known), len(refs)),
          len(known) > 0.9 * len(refs))
    check("which is in a directory", [r for r in known if r["by"] == "code" and "/" not in r["in"]], [])


# --- the page

# What the table has: every row is asked for.
ALL_ROWS = """(() => {
	const more = document.getElementById("more");
	while (!more.hidden)
		more.click();
	return [...document.querySelectorAll("tr.item .open")].map(b => b.textContent).sort();
})()"""


def text(page, selector):
    return page.run("[...document.querySelectorAll(%s)].map(e => e.textContent)" %
                    json.dumps(selector))


def click(page, selector):
    page.run("document.querySelector(%s).dispatchEvent(new MouseEvent('click', {bubbles: true}))" %
             json.dumps(selector))


def search(page, words):
    page.run("(s => { s.value = %s; s.dispatchEvent(new Event('input')); })"
             "(document.getElementById('search'))" % json.dumps(words))


def found(words, items):
    return [i for i in items if all(w in "\n".join(
        [i["name"], i["at"], i["class"], i["reason"], i.get("not_redirectable", "")]).lower()
        for w in words.lower().split())]


def check_lists(page):
    page.open(HTML)
    check("all functions are listed", page.run(ALL_ROWS), names(FUNCTIONS))
    check("and there are no more to ask for",
          page.run("document.getElementById('more').getBoundingClientRect().height"), 0)
    for cls, count in REPORT["counts"]["functions"].items():
        if not count:
            continue
        chip = "#chips [data-class=%s]" % cls
        check("chip " + cls, text(page, chip), ["%s %d" % (cls, count)])
        click(page, chip)
        check("only " + cls, page.run(ALL_ROWS),
              names(f for f in FUNCTIONS if f["class"] == cls))
        click(page, chip)
    for words in (FUNCTIONS[0]["name"], "address", "wait.c called", "no such words"):
        search(page, words)
        check("search for '%s'" % words, page.run(ALL_ROWS), names(found(words, FUNCTIONS)))
    referrer = next(r["from"] for f in FUNCTIONS for r in f.get("referrers", [])
                    if r["by"] == "code")
    search(page, "by:" + referrer)
    check("search for what %s refers to" % referrer, page.run(ALL_ROWS),
          names(f for f in FUNCTIONS if any(referrer.lower() in r["from"].lower()
                                            for r in f.get("referrers", []))))
    click(page, "#tabs [data-tab=variables]")
    search(page, "")
    check("all variables are listed", page.run(ALL_ROWS), names(VARIABLES))
    click(page, "#tabs [data-tab=records]")
    check("all records are listed", page.run(ALL_ROWS), names(RECORDS))
    click(page, "#chips [data-class=free]")
    check("free records", page.run(ALL_ROWS), names(r for r in RECORDS if r["free"]))
    page.open(HTML)
    search(page, "wake")
    click(page, "#chips [data-class=interface]")
    page.run("document.getElementById('list').scrollIntoView()")
    page.screenshot(os.path.join(SHOTS, "filtered.png"))
    link = page.run("location.hash")
    before = page.run(ALL_ROWS)
    page.open(HTML, link)
    check("the address leads back to the list", page.run(ALL_ROWS), before)
    click(page, "#columns th:nth-child(5) button")
    counts = [int(n or 0) for n in text(page, "tr.item td:nth-child(5)")]
    check("sorted by a number, largest first", counts, sorted(counts, reverse=True))
    check("and said so", page.run("document.querySelector('#columns th:nth-child(5)').ariaSort"),
          "descending")
    for tab, items in (("functions", FUNCTIONS), ("variables", VARIABLES), ("records", RECORDS)):
        page.open(HTML, "#tab=" + tab)
        n = page.run("document.querySelectorAll('#columns th').length")
        for column in range(1, n + 1):
            click(page, "#columns th:nth-child(%d) button" % column)
            check("sorted by column %d of %s" % (column, tab), page.run(ALL_ROWS), names(items))


def check_details(page):
    item = max((f for f in FUNCTIONS if f.get("old_code_in") and f.get("referrers")),
               key=lambda f: len(f["referrers"]))
    page.open(HTML, "#f=" + item["name"])
    check("deep link to " + item["name"], set(text(page, "tr.item .open")), {item["name"]})
    shown = " ".join(text(page, "tr.detail"))
    wanted = [item["reason"], *item["old_code_in"]]
    wanted += [r["from"] for r in item["referrers"] if r["by"] != "export"]
    check("its details name reason, old code and referrers",
          [w for w in wanted if w not in shown], [])
    page.screenshot(os.path.join(SHOTS, "details.png"))
    record = max((r for r in RECORDS if r["boundary"] and not r["free"]),
                 key=lambda r: len(r["members"]))
    page.open(HTML, "#r=" + record["name"])
    check("internal members of " + record["name"], len(text(page, ".members tr.internal")),
          sum(m["internal"] for m in record["members"]))
    check("padding of " + record["name"], len(text(page, ".members tr.padding")),
          len(record.get("padding", [])))
    shown = "".join(text(page, ".members"))
    check("who accesses the others", [o for m in record["members"] for by in m.get("by", [])
                                      for o in by.values() if o not in shown], [])
    page.screenshot(os.path.join(SHOTS, "record.png"))


OVERLAPS = """(() => {
	const boxes = [...document.querySelectorAll("#picture text")].map(t => [t.textContent,
		t.getBoundingClientRect()]);
	const found = [];
	for (let i = 0; i < boxes.length; i++)
		for (let j = 0; j < i; j++) {
			const [a, b] = [boxes[i][1], boxes[j][1]];
			if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
			    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
				found.push([boxes[i][0], boxes[j][0]]);
		}
	return found;
})()"""


def check_picture(page):
    files = {f["at"].rsplit(":", 1)[0] for f in FUNCTIONS}
    page.open(HTML)
    check("a block for every file", len(text(page, "#picture .file")), len(files))
    check("directories on both sides", len(text(page, "#picture .node")) > 10)
    check("ribbons", len(text(page, "#picture .ribbon")) > 50)
    check("no label on another", page.run(OVERLAPS), [])
    check("the picture fits into the window", page.run(
        "document.documentElement.scrollWidth <= innerWidth"))
    page.screenshot(os.path.join(SHOTS, "light.png"))

    # with the keyboard: the first block, its tip, its functions
    name = page.run("(e => { e.focus(); return e.getAttribute('aria-label').split('\\n')[0]; })"
                    "(document.querySelector('#picture .file'))")
    page.key("Enter", 13, "\r")
    check("Enter on the block of %s lists its functions" % name, page.run(ALL_ROWS),
          names(f for f in FUNCTIONS if f["at"].startswith(name + ":")))

    label = page.run("document.querySelector('#picture .node').getAttribute('aria-label')")
    group = label.split("\n")[0]
    click(page, "#picture .node")
    check("a click on %s lists what it enters" % group, page.run(ALL_ROWS), names(
        f for f in FUNCTIONS if f["class"] in ("interface", "callback") and any(
            r.get("in", "").startswith(group + "/") and r["by"] not in ("export", "class") and
            not r.get("init") and not r.get("stays_in_vmlinux") for r in f.get("referrers", []))))
    page.open(HTML)
    box = page.run("(r => [r.x + r.width / 2, r.y + r.height / 2])"
                   "(document.querySelector('#picture .file').getBoundingClientRect())")
    page.move(*box)
    check("the pointer brings up a tip", page.run("document.getElementById('tip').hidden"), False)
    page.screenshot(os.path.join(SHOTS, "hover.png"))


CONTRAST = """(() => {
	const probe = document.body.appendChild(document.createElement("i"));
	const light = name => {
		probe.style.color = "var(--" + name + ")";
		const [r, g, b] = getComputedStyle(probe).color.match(/\\d+/g).map(n => n / 255)
			.map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b;
	};
	const ratio = (a, b) => (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
	const low = [];
	for (const text of ["text", "dim", "link"])
		for (const ground of ["page", "card", "hover"])
			if (ratio(light(text), light(ground)) < 4.5)
				low.push([text, ground, ratio(light(text), light(ground))]);
	return low;
})()"""


def check_schemes(page):
    grounds = set()
    for scheme in ("light", "dark"):
        page.scheme(scheme)
        page.open(HTML)
        check("contrast of text, " + scheme, page.run(CONTRAST), [])
        grounds.add(page.run("getComputedStyle(document.body).backgroundColor"))
    page.screenshot(os.path.join(SHOTS, "dark.png"))
    check("two schemes", len(grounds), 2)
    page.scheme("light")


def check_hostile(page):
    """Names that are markup stay names."""
    evil = "</script><img src=http://invalid./x onerror=alert(1)>\"'&amp;"
    with open(HTML) as f:
        before, data, after = re.split(r'(?<=id="report">\n)(.*?)(?=</script>)', f.read(),
                                       maxsplit=1, flags=re.S)
    report = json.loads(data)
    report["functions"][0]["name"] = report["release"] = evil
    for function in report["functions"]:
        function["reason"] = evil
        for referrer in function.get("referrers", []):
            referrer["from"] = referrer["in"] = evil
    report["functions"][0]["at"] = evil + ":1"
    with open("hostile.html", "w") as f:
        f.write(before + json.dumps(report).replace("<", "\\u003c") + after)
    page.open("hostile.html")
    check("a hostile name is shown as it is", evil in page.run(ALL_ROWS))


def main():
    check_report()
    with Page(width=1400, height=1300) as page:
        for part in (check_lists, check_details, check_picture, check_schemes, check_hostile):
            part(page)
            check(part.__name__ + ": no complaint", page.complaints, [])
            check(part.__name__ + ": nothing asked for but the page itself",
                  {r.split("#")[0] for r in page.requests} - {"about:blank"} - OWN, set())
    print(len(failures), "failures")
    return bool(failures)


sys.exit(main())
