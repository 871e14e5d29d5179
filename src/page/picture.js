/*
 * The picture: the scheduler's files in the middle, what enters them on the
 * left, what they call on the right. Drawn from the report, once.
 */
const WIDTH = 1360, TOP = 34, BAR = 10;		/* of the drawing; of a directory's bar */
const LEFT = 190, RIGHT = WIDTH - 190;		/* outer edges of the bars */
const FILE_X = 470, FILE_W = 420, NAME_X = 172;	/* NAME_X: right end of a file's name */
const BAR_W = 160;				/* of the file with most functions */
const MAX_GROUPS = 13;				/* directories on a side, before "other" */
const ROOM = 560;				/* height that ribbons may take in one column */
const MIN_FILE = 17, FILE_GAP = 4, MIN_NODE = 15, NODE_GAP = 8, MAX_GAP = 30;

function svg(name, attributes, ...children)
{
	const element = document.createElementNS("http://www.w3.org/2000/svg", name);
	for (const [key, value] of Object.entries(attributes))
		element.setAttribute(key, value);
	element.append(...children);
	return element;
}

/* Ribbons of one side: { side, file, group, cls, refs, functions, names }. */
function collect_ribbons(side)
{
	const ribbons = new Map();
	for (const f of functions) {
		for (const edge of side === "in" ? f.ins.filter(e => enters(f, e)) : f.outs) {
			const cls = side === "in" ? f.cls : edge.stays ? "outsider" : "ribbon";
			const key = [f.file, edge.group, cls].join("\n");
			if (!ribbons.has(key))
				ribbons.set(key, { side, file: f.file, group: edge.group, cls,
						   refs: 0, names: new Map() });
			const ribbon = ribbons.get(key);
			const name = side === "in" ? f.name : edge.symbol.name;
			ribbon.refs++;
			ribbon.names.set(name, (ribbon.names.get(name) || 0) + 1);
		}
	}
	return [...ribbons.values()];
}

/* The largest directories; special groups come last. The rest becomes "other". */
function merge_groups(ribbons)
{
	const sum = new Map();
	for (const r of ribbons)
		sum.set(r.group, (sum.get(r.group) || 0) + r.refs);
	const plain = [...sum.keys()].filter(g => !special[g])
		.sort((a, b) => sum.get(b) - sum.get(a) || (a < b ? -1 : 1));
	const merged = new Set(plain.length > MAX_GROUPS + 1 ? plain.slice(MAX_GROUPS) : []);
	const names = plain.filter(g => !merged.has(g));
	if (merged.size)
		names.push(OTHER);
	names.push(...[MODULES, OWN, UNKNOWN].filter(g => sum.has(g)));
	for (const r of ribbons) {
		r.groups = merged.has(r.group) ? [...merged] : [r.group];
		if (merged.has(r.group))
			r.group = OTHER;
	}
	return names;
}

/* After merge_groups(): ribbons between the same two ends become one. */
function merge_ribbons(ribbons)
{
	const merged = new Map();
	for (const r of ribbons) {
		const key = [r.file, r.group, r.cls].join("\n"), first = merged.get(key);
		if (!first) {
			merged.set(key, r);
			continue;
		}
		first.refs += r.refs;
		for (const [name, n] of r.names)
			first.names.set(name, (first.names.get(name) || 0) + n);
	}
	return [...merged.values()];
}

const total = (list, key) => list.reduce((sum, item) => sum + item[key], 0);

/* Give the nodes of a column their y: spread over @height, but not far apart. */
function stack(nodes, height, least)
{
	const left = (height - total(nodes, "h")) / Math.max(1, nodes.length - 1);
	const gap = Math.max(least, Math.min(left, MAX_GAP));
	let y = TOP + (height - total(nodes, "h") - gap * (nodes.length - 1)) / 2;
	for (const node of nodes) {
		node.y = y;
		y += node.h + gap;
	}
}

/* Ports: where along its two ends each ribbon begins, in the other end's order. */
function place_ports(nodes, end, other_y)
{
	for (const node of nodes) {
		for (const side of ["in", "out"]) {
			const list = node.ribbons.filter(r => r.side === side)
				.sort((a, b) => other_y(a) - other_y(b) ||
					(a.cls < b.cls ? -1 : a.cls > b.cls ? 1 : 0));
			let y = node.y + (node.h - total(list, "w")) / 2;
			for (const r of list) {
				r[end] = y;
				y += r.w;
			}
		}
	}
}

function layout()
{
	const sides = ["in", "out"].map(side => {
		const ribbons = collect_ribbons(side), names = merge_groups(ribbons);
		return { side, names, ribbons: merge_ribbons(ribbons) };
	});
	const ribbons = sides.flatMap(s => s.ribbons);
	const scale = ROOM / Math.max(1, ...sides.map(
		s => s.ribbons.reduce((sum, r) => sum + Math.sqrt(r.refs), 0)));
	for (const r of ribbons)
		r.w = scale * Math.sqrt(r.refs);

	const rows = files.map(name => {
		const own = ribbons.filter(r => r.file === name);
		const [ins, outs] = ["in", "out"].map(s => own.filter(r => r.side === s));
		return { name, ribbons: own, ins: total(ins, "refs"), outs: total(outs, "refs"),
			 h: Math.max(MIN_FILE, total(ins, "w"), total(outs, "w")) };
	}).sort((a, b) => b.ins - a.ins || b.outs - a.outs || (a.name < b.name ? -1 : 1));
	const columns = sides.map(({ side, names, ribbons: list }) => names.map(name => {
		const own = list.filter(r => r.group === name);
		return { side, name, ribbons: own, refs: total(own, "refs"),
			 groups: [...new Set(own.flatMap(r => r.groups))],
			 h: Math.max(MIN_NODE, total(own, "w")) };
	}));
	const height = Math.max(total(rows, "h") + FILE_GAP * (rows.length - 1),
		...columns.map(c => total(c, "h") + NODE_GAP * (c.length - 1)));
	stack(rows, height, FILE_GAP);
	const row_y = new Map(rows.map(r => [r.name, r.y]));
	for (const column of columns) {
		stack(column, height, NODE_GAP);
		place_ports(column, "group_y", r => row_y.get(r.file));
	}
	const group_y = new Map(columns.flat().map(n => [n.side + n.name, n.y]));
	place_ports(rows, "file_y", r => group_y.get(r.side + r.group));
	return { rows, columns, ribbons, height };
}

/* --- what a pointer or a screen reader is told */

const plural = (n, one) => n + " " + one + (n === 1 ? "" : "s");

function most_used(names)
{
	const list = [...names].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
	return list.slice(0, 6).map(([name, n]) => n > 1 ? name + " ×" + n : name).join(", ") +
		(list.length > 6 ? ", …" : "");
}

function ribbon_text(r)
{
	const ends = r.side === "in" ? r.group + " → " + short_name(r.file)
				     : short_name(r.file) + " → " + r.group;
	const what = r.side === "in"
		? plural(r.refs, "reference") + " to " + plural(r.names.size, r.cls + " function")
		: plural(r.refs, "call") + " of " + plural(r.names.size, "function");
	return ends + "\n" + what + "\n" + most_used(r.names);
}

function node_text(node)
{
	const names = new Map();
	for (const r of node.ribbons)
		for (const [name, n] of r.names)
			names.set(name, (names.get(name) || 0) + n);
	const what = node.side === "in"
		? plural(node.refs, "reference") + " into the module, to " + plural(names.size, "function")
		: plural(node.refs, "call") + " from the module, to " + plural(names.size, "function");
	const note = node.name === OTHER ? node.groups.join(", ") : special[node.name];
	return [node.name, note, what, most_used(names)].filter(Boolean).join("\n");
}

function file_text(row)
{
	const own = functions.filter(f => f.file === row.name), classes = count_by(own, f => f.cls);
	return row.name + "\n" + plural(own.length, "function") + ": " + function_classes
		.filter(c => classes.has(c)).map(c => classes.get(c) + " " + c).join(", ") + "\n" +
		plural(row.ins, "reference") + " in, " + plural(row.outs, "call") + " out";
}

/* --- drawing */

function draw_ribbon(r)
{
	const from = r.side === "in" ? [LEFT, r.group_y] : [FILE_X + FILE_W, r.file_y];
	const to = r.side === "in" ? [FILE_X, r.file_y] : [RIGHT, r.group_y];
	const middle = (from[0] + to[0]) / 2;
	const curve = (a, b) => "C" + [middle, a[1], middle, b[1], b[0], b[1]].map(n => n.toFixed(1));
	const down = ([x, y]) => [x, y + r.w];
	return svg("path", {
		class: "ribbon", fill: "var(--" + r.cls + ")",
		d: "M" + from[0] + "," + from[1].toFixed(1) + curve(from, to) +
		   "L" + to[0] + "," + (to[1] + r.w).toFixed(1) + curve(down(to), down(from)) + "Z",
	});
}

function draw_node(node)
{
	const left = node.side === "in", middle = node.y + node.h / 2 + 4;
	const used = total(node.ribbons, "w");
	const label = svg("text", { x: left ? LEFT - BAR - 6 : RIGHT + BAR + 6, y: middle,
				    "text-anchor": left ? "end" : "start" },
			  node.name + " ", svg("tspan", { class: "count" }, String(node.refs)));
	return svg("g", { class: node.name === OWN ? "node own" : "node", tabindex: 0, role: "button",
			  "aria-label": node_text(node) },
		   svg("path", { class: "hit", d: "M" + (left ? 2 : RIGHT) + "," + (node.y - 1) + "h" +
				 (LEFT - 2) + "v" + (node.h + 2) + "h" + (2 - LEFT) + "z" }),
		   svg("rect", { x: left ? LEFT - BAR : RIGHT, width: BAR, rx: 1,
				 y: node.y + (node.h - used) / 2, height: Math.max(1, used) }),
		   label);
}

function draw_file(row, most)
{
	const own = functions.filter(f => f.file === row.name), classes = count_by(own, f => f.cls);
	const middle = row.y + row.h / 2, name = short_name(row.name);
	const count = (x, anchor, words) => svg("text", { class: "count", x, y: middle + 4,
							  "text-anchor": anchor }, words);
	const g = svg("g", { class: "file", tabindex: 0, role: "button", "aria-label": file_text(row) },
		svg("rect", { class: "body", x: FILE_X, y: row.y, width: FILE_W, height: row.h, rx: 3 }),
		svg("text", { x: FILE_X + NAME_X, y: middle + 4, "text-anchor": "end" },
		    name.length > 20 ? name.slice(0, 19) + "…" : name));
	let x = FILE_X + NAME_X + 8;
	for (const cls of function_classes) {
		const w = (classes.get(cls) || 0) / most * BAR_W;
		if (w)
			g.append(svg("rect", { x: x.toFixed(2), y: middle - 5, width: w.toFixed(2),
					       height: 10, fill: "var(--" + cls + ")" }));
		x += w;
	}
	g.append(count(x + 5, "start", String(own.length)));
	if (row.ins)
		g.append(count(FILE_X + 6, "start", "→ " + row.ins));
	if (row.outs)
		g.append(count(FILE_X + FILE_W - 6, "end", row.outs + " →"));
	return g;
}

/* Light up @element and what it is tied to; show @text beside it. */
function make_live(root, element, text, related, act)
{
	const tip = document.getElementById("tip");
	const show = (x, y) => {
		root.classList.add("dimmed");
		for (const other of [element, ...related])
			other.classList.add("lit");
		tip.textContent = text;
		tip.hidden = false;
		const box = tip.getBoundingClientRect();
		tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
		tip.style.top = Math.max(4, Math.min(y + 14, innerHeight - box.height - 8)) + "px";
	};
	const hide = () => {
		root.classList.remove("dimmed");
		for (const lit of root.querySelectorAll(".lit"))
			lit.classList.remove("lit");
		tip.hidden = true;
	};
	element.addEventListener("pointermove", event => show(event.clientX, event.clientY));
	element.addEventListener("pointerleave", hide);
	element.addEventListener("focus", () => {
		const box = element.getBoundingClientRect();
		if (element.matches(":focus-visible"))
			show(box.left, box.bottom - 10);
	});
	element.addEventListener("blur", hide);
	element.addEventListener("click", act);
	element.addEventListener("keydown", event => {
		if (event.key === "Enter" || event.key === " ") {
			event.preventDefault();
			act();
		}
	});
}

/* @choose is called with the filter { file, side, groups } of what is clicked. */
function draw_picture(choose)
{
	const { rows, columns, ribbons, height } = layout();
	const root = svg("svg", { viewBox: "0 0 " + WIDTH + " " + (TOP + height + 8), role: "group",
				  "aria-label": "Files of the scheduler and directories of the kernel" });
	const head = (x, anchor, words) => root.append(
		svg("text", { class: "head", x, y: 18, "text-anchor": anchor }, words));
	const most = Math.max(1, ...count_by(functions, f => f.file).values());

	head(LEFT, "end", "Enters the module");
	head(FILE_X + FILE_W / 2, "middle", home + ": functions by class");
	head(RIGHT, "start", "Called by the module");
	const drawn = new Map(ribbons.map(r => [r, draw_ribbon(r)]));
	const nodes = new Map(columns.flat().map(n => [n.side + n.name, draw_node(n)]));
	const blocks = new Map(rows.map(row => [row.name, draw_file(row, most)]));
	root.append(...drawn.values(), ...nodes.values(), ...blocks.values());

	const ends = r => [nodes.get(r.side + r.group), blocks.get(r.file)];
	const around = list => list.flatMap(r => [drawn.get(r), ...ends(r)]);
	for (const r of ribbons)
		make_live(root, drawn.get(r), ribbon_text(r), ends(r),
			  () => choose({ file: r.file, side: r.side, groups: r.groups, name: r.group }));
	for (const n of columns.flat())
		make_live(root, nodes.get(n.side + n.name), node_text(n), around(n.ribbons),
			  () => choose({ side: n.side, groups: n.groups, name: n.name }));
	for (const row of rows)
		make_live(root, blocks.get(row.name), file_text(row), around(row.ribbons),
			  () => choose({ file: row.name }));
	document.getElementById("picture").append(root);
}
