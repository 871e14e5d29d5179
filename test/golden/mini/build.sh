#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# build.sh OUTPUT [OPTION...] - build the miniature kernel to OUTPUT, with
# relocations and debug information; more options for gcc come last. Run it in
# its directory, because DWARF has the file names as given here.
set -e
output=$1
shift
exec gcc -g -O2 -Iinclude -Wall -Wno-unused-const-variable -Werror -mcmodel=kernel \
	-fno-pic -fno-pie -ffreestanding -fcf-protection=none -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-ipa-icf -fno-ipa-cp-clone \
	-pg -mfentry -mrecord-mcount -nostdlib -static -no-pie \
	-Wl,--build-id=sha1,-z,max-page-size=4096,--no-warn-rwx-segments,--emit-relocs \
	-Wl,-T,vmlinux.lds kernel/sched/core.c kernel/sched/fair.c kernel/time/timer.c \
	kernel/cgroup/cpuset.c init/main.c "$@" -o "$output"
