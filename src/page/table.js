/*
 * The lists: what the three tables have in their columns, and what a row tells
 * when it is opened.
 */
function element(name, properties, ...children)
{
	const node = Object.assign(document.createElement(name), properties);
	node.append(...children);
	return node;
}

const by_name = new Map();
for (const f of functions)
	by_name.set(f.name, f);

/* GCC's names of clones: the part before the first dot is the source's name. */
const source_name = symbol => symbol.split(".")[0];

/* @name, a link if the report has a function of that name. */
function name_node(name)
{
	const code = element("code", { textContent: name });
	const source = source_name(name);
	return by_name.has(source)
		? element("a", { href: "#f=" + encodeURIComponent(source) }, code) : code;
}

function separated(nodes, between)
{
	return nodes.flatMap((node, i) => i ? [between, node] : [node]);
}

/* Symbols of @edges below the directories that they are from. */
function edge_table(edges)
{
	const groups = new Map();
	for (const edge of edges) {
		const where = edge.kind === "export" ? MODULES : edge.symbol.path || UNKNOWN;
		groups.set(where, [...groups.get(where) || [], edge]);
	}
	const rows = [...groups].sort((a, b) => a[0] < b[0] ? -1 : 1).map(([where, list]) => {
		const names = list.map(edge => {
			const words = [edge.kind, edge.init ? "boot" : "", edge.stays ? "stays in vmlinux" : ""]
				.filter(word => word && word !== "code" && word !== "export");
			const name = name_node(edge.symbol.name);
			return words.length ? element("span", {}, name, element("span",
				{ className: "dim", textContent: " (" + words.join(", ") + ")" })) : name;
		});
		return element("tr", {}, element("th", { scope: "row", textContent: where }),
			       element("td", {}, ...separated(names, ", ")));
	});
	return element("table", { className: "edges" }, element("tbody", {}, ...rows));
}

function details(entries)
{
	const list = element("dl", {});
	for (const [term, value] of entries)
		if (value)
			list.append(element("dt", { textContent: term }), element("dd", {}, value));
	return list;
}

function function_details(f)
{
	return details([
		["Reason", f.reason],
		["Not redirectable", f.obstacle],
		["Old code in", f.old_code.length &&
			element("span", {}, ...separated(f.old_code.map(name_node), ", "))],
		["Referred to by", f.ins.length ? edge_table(f.ins) : "nothing outside the module"],
		["Calls in vmlinux", f.outs.length && edge_table(f.outs)],
	]);
}

const class_node = cls => {
	const swatch = element("span", { className: "swatch" });
	swatch.style.setProperty("--swatch", "var(--" + cls + ")");
	return element("span", {}, swatch, cls);
};

/* --- records */

/* Bytes, or byte.bit. */
const offset_text = m => String(Math.floor(m.offset / 8)) + (m.bits ? "." + m.offset % 8 : "");
const size_text = m => m.bits ? m.size + " bit" : String(m.size / 8);

/* C's way of writing it: "u64 [4]" is "u64 name[4]". */
function declaration(type, name)
{
	const array = /^(.*?)\s*((\[\d*\])+)$/.exec(type);
	if (type.includes("(*"))
		return type.replace("(*", "(*" + name);
	const [base, bounds] = array ? [array[1], array[2]] : [type, ""];
	return base + (base.endsWith("*") ? "" : " ") + name + bounds;
}

const observer_meaning = {
	outsider: "stays in vmlinux", old_code: "old code in", code: "in", address: "is given its address",
	callback: "is called back from outside",
};

function observers_text(m)
{
	const named = m.observers.filter(o => o.kind === "name").map(o => o.who);
	const words = m.observers.filter(o => o.kind !== "name").map(o => o.who + " (" +
		(observer_meaning[o.kind] || o.kind) + (o.where ? " " + o.where : "") + ")");
	const more = m.n_observers - m.observers.length;
	if (named.length)
		words.push("a member of this name is used in " + named.join(", "));
	return words.join(", ") + (more ? " and " + more + " more" : "");
}

function member_row(m)
{
	const state = !m.name ? "padding" : m.internal ? "internal" : "fixed";
	const notes = [m.reserved ? "reserved" : m.name && !m.used ? "not used by the scheduler" : "",
		       m.name ? observers_text(m) : ""].filter(Boolean);
	return element("tr", { className: state },
		element("td", { className: "number", textContent: offset_text(m) }),
		element("td", { className: "number", textContent: size_text(m) }),
		element("td", { className: "mono", textContent: m.name ? declaration(m.type, m.name) : "" }),
		element("td", { textContent: state }),
		element("td", { textContent: notes.join("; ") }));
}

function record_details(r)
{
	const heads = ["Offset", "Size", "Member", "", "Code outside the module that accesses it"];
	const missing = raw.records_search.missing.length
		? " This source lacks " + raw.records_search.missing.join(", ") + "." : "";
	const rows = [...r.members, ...r.gaps].sort((a, b) => a.offset - b.offset);
	return element("div", {},
		element("p", { textContent: (r.cls === "free"
			? "Every member is internal: names and meaning may change. "
			: "Members that other code accesses must keep their place and meaning. ") +
			(r.lasting ? "Objects may exist across a switch: the record's size, and the place and type of its members, must not change."
				   : "Objects are on stacks only.") }),
		element("p", { className: "dim", textContent: raw.records_search.files +
			" files of the source were searched for names of members." + missing }),
		element("table", { className: "members" },
			element("thead", {}, element("tr", {}, ...heads.map(
				head => element("th", { scope: "col", textContent: head })))),
			element("tbody", {}, ...rows.map(member_row))));
}

/* "a, b and 3 more" */
function few(names)
{
	const list = [...new Set(names)];
	return list.slice(0, 2).join(", ") +
		(list.length > 2 ? " and " + (list.length - 2) + " more" : "");
}

const init_meaning = {
	keep: "the initialiser in the source, at each activation",
	copy: "vmlinux's contents at activation; copied back at rollback",
	rebuild: "an activation hook",
};
const place = item => item.file + ":" + item.line;
const compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
const by_place = (a, b) => compare(a.file, b.file) || a.line - b.line;
const number = (title, width, value) => ({
	title, width, number: true, show: item => String(value(item) || ""),
	order: (a, b) => value(a) - value(b),
});
const words = (title, width, value) => ({
	title, width, show: value, order: (a, b) => compare(value(a), value(b)),
});
const class_column = classes => ({
	title: "Class", width: 9, show: item => class_node(item.cls),
	order: (a, b) => classes.indexOf(a.cls) - classes.indexOf(b.cls),
});
const place_column = { title: "Defined at", width: 20, show: place, order: by_place };

/*
 * One for each tab: the items, their classes (the chips), the columns. The
 * first column is the name, which opens the row. @order decides between rows
 * that the chosen column does not tell apart; @letter is the one of deep links:
 * #f=schedule.
 */
const lists = {
	functions: {
		letter: "f", items: functions, classes: function_classes,
		columns: [
			words("Name", 21, f => f.name), class_column(function_classes), place_column,
			words("Reason", 20, f => f.reason),
			number("In", 5, f => f.ins.length), number("Out", 5, f => f.outs.length),
			{ title: "Referred to by", width: 19, show: f => few(f.ins.map(e => e.symbol.name)),
			  order: (a, b) => a.ins.length - b.ins.length },
			{ title: "Old code in", width: 12, show: f => few(f.old_code),
			  order: (a, b) => b.old_code.length - a.old_code.length },
		],
		order: by_place,
		text: f => [f.name, place(f), f.cls, f.reason, f.obstacle],
		details: function_details,
	},
	variables: {
		letter: "v", items: variables, classes: variable_classes,
		columns: [
			words("Name", 30, v => v.name), class_column(variable_classes), place_column,
			words("Linkage", 10, v => v.link), words("Reason", 32, v => v.reason + (v.init ? "; init: " + v.init : "")),
		],
		order: by_place,
		text: v => [v.name, place(v), v.cls, v.reason],
		details: v => details([["Reason", v.reason], ["Initialised by", init_meaning[v.init]]]),
	},
	records: {
		letter: "r", items: records, classes: record_classes,
		columns: [
			words("Name", 26, r => r.kind + " " + r.name), class_column(record_classes),
			place_column, number("Size", 8, r => r.size),
			number("Members", 9, r => r.members.length),
			number("Internal", 9, r => r.members.filter(m => m.internal).length),
			number("Padding", 9, r => Math.floor(total(r.gaps, "size") / 8)),
			words("Objects", 10, r => r.lasting ? "across a switch" : "on stacks"),
		],
		order: () => 0,
		text: r => [r.name, place(r), r.cls, ...r.members.map(m => m.name)],
		details: record_details,
	},
};
