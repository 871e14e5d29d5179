// SPDX-License-Identifier: GPL-2.0-only
/*
 * trampoline.c - attach an empty BPF program to a kernel function:
 *
 *	trampoline fentry|fexit FUNCTION
 *
 * Prints how often the program has run (needs kernel.bpf_stats_enabled=1): once at the
 * beginning, and once for each line of stdin. Detaches it at the end of stdin. No
 * library: the VM tests would use libbpf only for the ID of one function.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BTF_PATH "/sys/kernel/btf/vmlinux"

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int bpf(enum bpf_cmd command, union bpf_attr *attr, unsigned int size)
{
	int ret = syscall(SYS_bpf, command, attr, size);

	if (ret < 0)
		die("bpf");
	return ret;
}

/* Bytes that follow the struct btf_type of a kind. */
static size_t extra_size(const struct btf_type *type)
{
	size_t n = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT: return sizeof(__u32);
	case BTF_KIND_ARRAY: return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM: return n * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64: return n * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO: return n * sizeof(struct btf_param);
	case BTF_KIND_VAR: return sizeof(struct btf_var);
	case BTF_KIND_DATASEC: return n * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG: return sizeof(struct btf_decl_tag);
	default: return 0;
	}
}

static char *read_all(const char *path, size_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	char *data;

	if (fd < 0 || fstat(fd, &st))
		die(path);
	*len = st.st_size;
	data = malloc(*len);
	for (size_t at = 0; at < *len;) {
		ssize_t n = read(fd, data + at, *len - at);

		if (n <= 0)
			die(path);
		at += n;
	}
	close(fd);
	return data;
}

static __u32 function_id(const char *name)
{
	size_t len;
	char *data = read_all(BTF_PATH, &len);
	const struct btf_header *header = (void *)data;
	const char *at = data + header->hdr_len + header->type_off, *end = at + header->type_len;
	const char *strings = data + header->hdr_len + header->str_off;

	for (__u32 id = 1; at < end; id++) {
		const struct btf_type *type = (void *)at;

		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC &&
		    !strcmp(strings + type->name_off, name))
			return id;
		at += sizeof(*type) + extra_size(type);
	}
	fprintf(stderr, "%s: not a function of %s\n", name, BTF_PATH);
	exit(1);
}

static int load(__u32 function, enum bpf_attach_type type)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_TRACING,
		.insns = (unsigned long)program,
		.insn_cnt = sizeof(program) / sizeof(program[0]),
		.license = (unsigned long)"GPL",
		.expected_attach_type = type,
		.attach_btf_id = function,
	};

	return bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
}

static void print_runs(int program)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = {
		.info = { .bpf_fd = program, .info_len = sizeof(info), .info = (unsigned long)&info },
	};

	bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr));
	printf("%llu\n", info.run_cnt);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	union bpf_attr attr = { 0 };
	char line[16];
	int program;

	if (argc != 3) {
		fprintf(stderr, "usage: trampoline fentry|fexit FUNCTION\n");
		return 2;
	}
	program = load(function_id(argv[2]),
		       strcmp(argv[1], "fexit") ? BPF_TRACE_FENTRY : BPF_TRACE_FEXIT);
	attr.raw_tracepoint.prog_fd = program;
	bpf(BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));
	do
		print_runs(program);
	while (fgets(line, sizeof(line), stdin));
	return 0;
}
