/*
 * The report, unpacked. src/report_html.c writes it: names that occur often stand
 * in tables and elsewhere are indices, -1 for none.
 */
const raw = JSON.parse(document.getElementById("report").textContent);
const FLAG_INIT = 1, FLAG_STAYS = 2;
const text = index => index < 0 ? "" : raw.texts[index];
const path = index => index < 0 ? "" : raw.paths[index];
/* Classes in the order of interest; those that this page does not know come last. */
const known_classes = ["interface", "callback", "insider", "outsider", "init", "unused",
	"shared", "private", "class", "glue"];
const class_rank = cls => (known_classes.indexOf(cls) + 1) || known_classes.length + 1;
const ordered = classes => [...classes].sort((a, b) => class_rank(a) - class_rank(b));
const function_classes = ordered(raw.function_classes);
const variable_classes = ordered(raw.variable_classes);

const outside = raw.outside.map(([at, name]) => ({ name, path: path(at) }));

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

/* Objects { from, kind, init, stays } out of triples. */
function unpack_referrers(flat)
{
	const list = [];
	for (let i = 0; i < flat.length; i += 3)
		list.push({ from: outside[flat[i]], kind: raw.kinds[flat[i + 1]],
			    init: !!(flat[i + 2] & FLAG_INIT), stays: !!(flat[i + 2] & FLAG_STAYS) });
	return list;
}

function unpack_callees(flat)
{
	const list = [];
	for (let i = 0; i < flat.length; i += 2)
		list.push({ to: outside[flat[i]], stays: !!(flat[i + 1] & FLAG_STAYS) });
	return list;
}

const functions = raw.functions.map(
	([name, file, line, cls, reason, obstacle, ins, outs, copies]) => ({
		name, file: path(file), line, cls: raw.function_classes[cls], reason: text(reason),
		obstacle: text(obstacle), ins: unpack_referrers(ins), outs: unpack_callees(outs),
		copies: copies.map(text),
	}));
const variables = raw.variables.map(([name, file, line, link, cls, reason, init]) => ({
	name, file: path(file), line, link: raw.links[link], cls: raw.variable_classes[cls],
	reason: text(reason), init: text(init),
}));

/* A record's members with its padding between them, by offset. */
const MEMBER_INTERNAL = 1, MEMBER_USED = 2, MEMBER_RESERVED = 4, MEMBER_BITS = 8;

function unpack_member([name, type, offset, size, flags, flat, n_observers])
{
	const observers = [];
	for (let i = 0; i < flat.length; i += 3)
		observers.push({ kind: raw.observer_kinds[flat[i]], who: text(flat[i + 1]),
				 where: text(flat[i + 2]) });
	return { name, type: text(type), offset, size, observers, n_observers,
		 internal: !!(flags & MEMBER_INTERNAL), used: !!(flags & MEMBER_USED),
		 reserved: !!(flags & MEMBER_RESERVED), bits: !!(flags & MEMBER_BITS) };
}

function unpack_gaps(flat)
{
	const gaps = [];
	for (let i = 0; i < flat.length; i += 2)
		gaps.push({ offset: flat[i], size: flat[i + 1],
			    bits: !!(flat[i] % 8 || flat[i + 1] % 8) });
	return gaps;
}

/* "public": not free, and defined in a header that is not the scheduler's. */
const record_classes = ["free", "fixed", "public"];
const records = raw.records.map(
	([name, file, line, union, boundary, free, lasting, size, members, gaps]) => ({
		name, file: path(file), line, kind: union ? "union" : "struct", lasting: !!lasting, size,
		cls: free ? "free" : boundary ? "fixed" : "public",
		members: members.map(unpack_member), gaps: unpack_gaps(gaps),
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
	for (const { path: file } of outside) {
		const group = raw_group(file);
		if (!special[group] && !group.startsWith(top + "/"))
			members.set(group, [...members.get(group) || [], file]);
	}
	for (const [group, paths] of members)
		group_names.set(group, common_directory(paths).split("/").slice(0, -1).slice(0, 2).join("/"));
}

function group_of(edge)
{
	const symbol = edge.from || edge.to;
	if (edge.kind === "export")
		return MODULES;
	if (edge.stays)
		return OWN;
	const group = raw_group(symbol.path);
	return group_names.get(group) || group;
}

for (const f of functions)
	for (const edge of [...f.ins, ...f.outs])
		edge.group = group_of(edge);

/* Does the reference lead into the module, on a kernel that has booted? */
const in_module = f => f.cls === "interface" || f.cls === "callback";
const enters = (f, edge) => in_module(f) && !edge.init && edge.kind !== "class";
