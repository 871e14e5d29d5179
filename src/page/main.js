/*
 * What is shown, kept in the address behind '#', so that a link leads back to it:
 *	#f=schedule		one function; v= variable, r= record
 *	#tab=functions&class=interface&q=wake&file=...&in=fs&sort=3
 */
const PAGE = 100;		/* rows that are added at a time */
const state = { tab: "functions", q: "", exact: "", classes: new Set(), file: "", side: "",
		groups: [], group_name: "", sort: 0, down: false };
const meaning = {
	functions: {
		interface: "in the module, entered from outside",
		callback: "in the module, entered also through a stored address",
		insider: "in the module only", outsider: "stays in vmlinux",
		init: "gone after boot", unused: "not used any more",
	},
	variables: {
		shared: "vmlinux's object is used", private: "the module has its own",
		class: "the switch replaces its contents", init: "gone after boot",
		glue: "made by a macro, not needed in the module",
	},
	records: {
		free: "only the module accesses its members",
		fixed: "the scheduler's own, but other code accesses members, too",
		public: "in another header, and other code accesses members, too",
	},
};
const $ = id => document.getElementById(id);
let shown = [], next = 0;

for (const list of Object.values(lists))
	for (const item of list.items)
		item.text = list.text(item).join("\n").toLowerCase();

/* --- state and address */

function write_address()
{
	const list = lists[state.tab], params = new URLSearchParams();
	if (state.exact) {
		params.set(list.letter, state.exact);
	} else {
		if (state.tab !== "functions")
			params.set("tab", state.tab);
		for (const cls of state.classes)
			params.append("class", cls);
		for (const key of ["q", "file"])
			if (state[key])
				params.set(key, state[key]);
		for (const group of state.groups)
			params.append(state.side, group);
		if (state.sort)
			params.set("sort", (state.down ? "-" : "") + state.sort);
	}
	const hash = "#" + params;
	if (hash !== (location.hash || "#"))
		history.replaceState(null, "", hash);
}

function read_address()
{
	const params = new URLSearchParams(location.hash.slice(1));
	const exact = Object.keys(lists).find(tab => params.has(lists[tab].letter));
	state.tab = exact || (lists[params.get("tab")] ? params.get("tab") : "functions");
	const list = lists[state.tab];
	state.exact = exact ? params.get(list.letter) : "";
	state.q = params.get("q") || "";
	state.file = params.get("file") || "";
	state.classes = new Set(params.getAll("class").filter(c => list.classes.includes(c)));
	state.side = ["in", "out"].find(side => params.has(side)) || "";
	state.groups = state.side ? params.getAll(state.side) : [];
	state.group_name = state.groups.length > 1 ? OTHER : state.groups[0] || "";
	const sort = parseInt(params.get("sort") || "0", 10);
	state.sort = Math.abs(sort) <= list.columns.length ? Math.abs(sort) || 0 : 0;
	state.down = sort < 0;
}

/* --- which items, in which order */

/* "by:NAME" asks for what the symbols called so outside refer to. */
function matches_word(item, word)
{
	if (!word.startsWith("by:"))
		return item.text.includes(word);
	return (item.ins || []).some(e => e.symbol.name.toLowerCase().includes(word.slice(3)));
}

function matches_group(f)
{
	if (!state.side || state.tab !== "functions")
		return true;
	const edges = state.side === "in" ? f.ins.filter(e => enters(f, e)) : f.outs;
	return edges.some(e => state.groups.includes(e.group));
}

/* Everything but the classes: their chips count what they would show. */
function candidates()
{
	const list = lists[state.tab];
	if (state.exact)
		return list.items.filter(item => item.name === state.exact);
	const wanted = state.q.toLowerCase().split(/\s+/).filter(Boolean);
	return list.items.filter(item => (!state.file || item.file === state.file) &&
		matches_group(item) && wanted.every(word => matches_word(item, word)));
}

/* Without a column to sort by: as in the source, what is called as asked first. */
function rank(item)
{
	const name = item.name.toLowerCase(), q = state.q.trim().toLowerCase();
	return !q || name === q ? 0 : name.startsWith(q) ? 1 : name.includes(q) ? 2 : 3;
}

function sorted(items)
{
	const column = lists[state.tab].columns[state.sort - 1];
	const order = column ? (a, b) => column.order(a, b) * (state.down ? -1 : 1)
			     : (a, b) => rank(a) - rank(b);
	return items.sort((a, b) => order(a, b) || lists[state.tab].order(a, b));
}

/* --- the controls */

function chip(cls, count)
{
	const button = element("button", { type: "button" }, element("span", { className: "swatch" }),
			       cls + " ", element("span", { className: "dim", textContent: count }));
	button.style.setProperty("--swatch", "var(--" + cls + ")");
	button.title = meaning[state.tab][cls] || "";
	button.dataset.class = cls;
	button.setAttribute("aria-pressed", state.classes.has(cls));
	button.addEventListener("click", () => {
		if (!state.classes.delete(cls))
			state.classes.add(cls);
		state.exact = "";
		show();
		$("chips").querySelector("[data-class=" + CSS.escape(cls) + "]").focus();
	});
	return button;
}

function filter_tag(label, clear)
{
	const button = element("button", { type: "button", textContent: label + " ×" });
	button.setAttribute("aria-label", "Remove the filter " + label);
	button.addEventListener("click", () => {
		clear();
		show();
		$("search").focus();
	});
	return button;
}

function show_filters()
{
	const tags = [];
	if (state.exact)
		tags.push(filter_tag("name is " + state.exact, () => { state.exact = ""; }));
	if (state.file)
		tags.push(filter_tag("in " + short_name(state.file), () => { state.file = ""; }));
	if (state.side)
		tags.push(filter_tag((state.side === "in" ? "from " : "calls ") + state.group_name,
			() => { state.side = ""; state.groups = []; }));
	$("filters").replaceChildren(...tags);
}

function show_tabs()
{
	$("tabs").replaceChildren(...Object.keys(lists).map(tab => {
		const button = element("button", { type: "button", role: "tab",
			textContent: tab[0].toUpperCase() + tab.slice(1) + " " + lists[tab].items.length });
		button.setAttribute("aria-selected", tab === state.tab);
		button.setAttribute("role", "tab");
		button.dataset.tab = tab;
		button.addEventListener("click", () => {
			Object.assign(state, { tab, exact: "", sort: 0, classes: new Set() });
			show();
			$("tabs").querySelector("[aria-selected=true]").focus();
		});
		return button;
	}));
}

function show_columns()
{
	$("columns").replaceChildren(...lists[state.tab].columns.map((column, i) => {
		const here = state.sort === i + 1;
		const button = element("button", { type: "button",
			textContent: column.title + (here ? state.down ? " ▾" : " ▴" : "") });
		const th = element("th", { scope: "col", className: column.number ? "number" : "" }, button);
		th.style.width = column.width + "%";
		th.setAttribute("aria-sort", here ? state.down ? "descending" : "ascending" : "none");
		button.addEventListener("click", () => {
			/* numbers begin with the largest; a third click is the source's order */
			const first = !!column.number;
			if (!here)
				Object.assign(state, { sort: i + 1, down: first });
			else if (state.down === first)
				state.down = !first;
			else
				state.sort = 0;
			show();
			$("columns").children[i].firstChild.focus();
		});
		return th;
	}));
}

/* --- the rows */

function toggle(row, button, item)
{
	const open = button.getAttribute("aria-expanded") === "true";
	button.setAttribute("aria-expanded", !open);
	if (open) {
		row.nextSibling.remove();
		return;
	}
	const cell = element("td", { colSpan: lists[state.tab].columns.length },
			     lists[state.tab].details(item));
	row.after(element("tr", { className: "detail" }, cell));
}

function make_row(item)
{
	const columns = lists[state.tab].columns, row = element("tr", { className: "item" });
	const button = element("button", { type: "button", className: "open mono" }, item.name);
	button.setAttribute("aria-expanded", false);
	button.addEventListener("click", () => toggle(row, button, item));
	row.append(element("td", {}, button));
	for (const column of columns.slice(1)) {
		const value = column.show(item);
		row.append(element("td", { className: column.number ? "number" : "" }, value));
	}
	return row;
}

function add_rows()
{
	const items = shown.slice(next, next + PAGE);
	$("rows").append(...items.map(make_row));
	next += items.length;
	$("more").hidden = next >= shown.length;
	$("more").textContent = "Show more of " + (shown.length - next);
}

function show()
{
	const list = lists[state.tab], items = candidates(), counts = count_by(items, i => i.cls);
	shown = sorted(items.filter(i => !state.classes.size || state.classes.has(i.cls)));
	next = 0;
	show_tabs();
	$("search").value = state.exact ? "" : state.q;
	$("chips").replaceChildren(...list.classes
		.filter(c => counts.has(c) || state.classes.has(c))
		.map(c => chip(c, counts.get(c) || 0)));
	show_filters();
	show_columns();
	$("count").textContent = shown.length + " of " + list.items.length + " " + state.tab;
	$("rows").replaceChildren();
	add_rows();
	if (state.exact)
		for (const button of $("rows").querySelectorAll(".open"))
			button.click();
	write_address();
}

function show_head()
{
	$("name").textContent = raw.name + ", " + raw.release;
	document.title = "Boundary of " + raw.name + ", " + raw.release;
	$("origin").textContent = "Cut by schedcut " + raw.schedcut + " from the vmlinux with build ID " +
		raw.build_id + "; references from " +
		(raw.references_from === "scan" ? "a scan" : raw.references_from) +
		(raw.inlining_known ? "" : "; no DWARF, so inlined copies are not known") + ".";
	const counts = count_by(functions, f => f.cls);
	$("legend").append(...function_classes.map(cls => element("span", {}, class_node(cls),
		element("span", { className: "dim", textContent: " " + (counts.get(cls) || 0) + ", " +
				  (meaning.functions[cls] || "") }))));
}

$("search").placeholder = "Search; by:NAME finds what NAME refers to";
$("search").addEventListener("input", event => {
	state.q = event.target.value;
	state.exact = "";
	show();
});
$("more").addEventListener("click", add_rows);
new IntersectionObserver(entries => {
	if (entries.some(e => e.isIntersecting) && next && next < shown.length)
		add_rows();
}, { rootMargin: "600px" }).observe($("more"));
addEventListener("hashchange", () => {
	read_address();
	show();
	$("list").scrollIntoView();
});

show_head();
draw_picture(({ file = "", side = "", groups = [], name = "" }) => {
	Object.assign(state, { tab: "functions", q: "", exact: "", classes: new Set(), sort: 0,
			       file, side, groups, group_name: name });
	show();
	$("list").focus({ preventScroll: true });
	$("list").scrollIntoView();
});
read_address();
show();
if (location.hash.length > 1)
	$("list").scrollIntoView();
