/*
 * The report: boundary.yaml, see docs/boundary.md, in the form that the lists and the picture
 * want.
 */
const raw = JSON.parse(document.getElementById("report").textContent);
/* Classes in the order of interest; those that this page does not know come last. */
const known_classes = ["interface", "callback", "insider", "outsider", "init", "unused",
	"shared", "private", "class", "glue"];
const class_rank = cls => (known_classes.indexOf(cls) + 1) || known_classes.length + 1;
const ordered = counts => Object.keys(counts).sort((a, b) => class_rank(a) - class_rank(b));
const function_classes = ordered(raw.counts.functions);
const variable_classes = ordered(raw.counts.variables);

function count_by(items, key)
{
	const counts = new Map();
	for (const item of items)
		counts.set(key(item), (counts.get(key(item)) || 0) + 1);
	return counts;
}

/* The directory that all of @paths are below, with its '/'. */
function common_directory(paths)
{
	const dirs = paths.map(p => p.split("/").slice(0, -1));
	let n = 0;
	while (dirs.length && n < dirs[0].length && dirs.every(d => d[n] === dirs[0][n]))
		n++;
	return dirs.length ? dirs[0].slice(0, n).map(d => d + "/").join("") : "";
}

/* @item's name, and "file:line" in two parts. */
function named(item)
{
	const colon = item.at.lastIndexOf(":");
	return { name: item.name, file: item.at.slice(0, colon), line: Number(item.at.slice(colon + 1)) };
}

/* A reference across the boundary: the symbol outside the module, and what is known of it. */
const edge_of = e => ({ symbol: { name: e.from || e.to, path: e.in || "" }, kind: e.by,
			init: !!e.init, stays: !!e.stays_in_vmlinux });
const functions = (raw.functions || []).map(f => ({
	...named(f), cls: f.class, reason: f.reason, obstacle: f.not_redirectable || "",
	ins: (f.referrers || []).map(edge_of), outs: (f.calls || []).map(edge_of),
	old_code: f.old_code_in || [],
}));
const variables = (raw.variables || []).map(v => ({
	...named(v), link: v.link, cls: v.class, reason: v.reason, init: v.init || "",
}));

/* Offset and size in bits, of a member or of padding. */
const bits_of = m => "bits" in m ? { bits: true, offset: 8 * m.offset + m.bit, size: m.bits }
				 : { bits: false, offset: 8 * m.offset, size: 8 * m.size };

function observer(entry)
{
	const kind = Object.keys(entry)[0];
	return { kind, who: entry[kind], where: entry.in || "" };
}

const member = m => ({
	name: m.name, type: m.type, ...bits_of(m), internal: m.internal, reserved: !!m.reserved,
	used: m.used !== false, observers: (m.by || []).map(observer),
	n_observers: (m.by || []).length + (m.more || 0),
});

/* "public": not free, and defined in a header that is not the scheduler's. */
const record_classes = ["free", "fixed", "public"];
const records = (raw.records || []).map(r => ({
	...named(r), kind: r.kind, lasting: r.lasting, size: r.size,
	cls: r.free ? "free" : r.boundary ? "fixed" : "public",
	members: r.members.map(member), gaps: (r.padding || []).map(bits_of),
}));

/*
 * Directories. What is outside is told apart by top directory, the boundary's
 * own top directory one level deeper; a directory is called by the longest
 * name that all its files share.
 */
const files = [...count_by(functions, f => f.file).keys()].sort();
const home = common_directory(files);
const own_directories = new Set(files.map(f => common_directory([f])));
const top = home.split("/")[0];
const short_name = file => file.startsWith(home) ? file.slice(home.length) : file;
const OWN = "scheduler in vmlinux", MODULES = "modules", UNKNOWN = "no source file",
	OTHER = "other";
const special = {
	[OWN]: "Code of the scheduler that stays in vmlinux, and its objects",
	[MODULES]: "Any module: the function is exported",
	[UNKNOWN]: "Trampolines, tables and global objects whose source file is not known",
	[OTHER]: "Directories with few references",
};

function raw_group(file)
{
	const dirs = file.split("/").slice(0, -1);
	if (!file)
		return UNKNOWN;
	if (own_directories.has(common_directory([file])))
		return OWN;
	if (dirs[0] === top)
		return dirs.length > 1 ? dirs[0] + "/" + dirs[1] : dirs[0] + "/*.c";
	return dirs[0];
}

const group_names = new Map();
{
	const members = new Map();
	const edges = functions.flatMap(f => [...f.ins, ...f.outs]);
	for (const file of new Set(edges.map(edge => edge.symbol.path))) {
		const group = raw_group(file);
		if (!special[group] && !group.startsWith(top + "/"))
			members.set(group, [...members.get(group) || [], file]);
	}
	for (const [group, paths] of members)
		group_names.set(group, common_directory(paths).split("/").slice(0, -1).slice(0, 2).join("/"));
}

function group_of(edge)
{
	if (edge.kind === "export")
		return MODULES;
	if (edge.stays)
		return OWN;
	const group = raw_group(edge.symbol.path);
	return group_names.get(group) || group;
}

for (const f of functions)
	for (const edge of [...f.ins, ...f.outs])
		edge.group = group_of(edge);

/* Does the reference lead into the module, on a kernel that has booted? */
const in_module = f => f.cls === "interface" || f.cls === "callback";
const enters = (f, edge) => in_module(f) && !edge.init && edge.kind !== "class";
