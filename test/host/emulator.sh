# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: deps
#
# lib/vm recognizes a CPU that the emulator forgot to wake, and no CPU that only
# looks like one: a guest that hangs by its own fault must not be tried again.

PYTHONDONTWRITEBYTECODE=1 python3 - "$ROOT/test/lib/vm" <<'EOP'
import importlib.machinery, importlib.util, sys

loader = importlib.machinery.SourceFileLoader("vm", sys.argv[1])
vm = importlib.util.module_from_spec(importlib.util.spec_from_loader("vm", loader))
loader.exec_module(vm)
vm.time.sleep = lambda _: None


class Monitor:
    """Answers as QEMU's monitor does. CPU 0 works; CPU 1 has the @states in turn."""

    def __init__(self, *states):
        self.states, self.cpu, self.asked = states, 0, 0

    def say(self, command):
        if command.startswith("cpu "):
            self.cpu = int(command[4:])
            self.asked += self.cpu
            return ""
        rip, flags, hlt, irr, ppr = self.states[min(self.asked, len(self.states)) - 1] \
            if self.cpu else ("ffffffff81000000", "00000246", 0, "236 ", "10")
        if command == "info registers":
            return "\r\nRIP=%s RFL=%s [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=%d\r\n" % (rip, flags, hlt)
        return "ISR\t (none)\r\nIRR\t %s\r\n\r\nAPR 0x01 TPR 0x10 LDR 0x02 PPR 0x%s\r\n" % (irr, ppr)


asleep = ("ffffffff81c17a0b", "00000202", 1, "49 236 ", "10")


def but(**changed):
    names = ("rip", "flags", "hlt", "irr", "ppr")
    return tuple(changed.get(name, value) for name, value in zip(names, asleep))


for expected, *states in (
        (True, asleep),
        (False, but(hlt=0)),					# it works
        (False, but(irr="(none)")),				# no interrupt is pending
        (False, but(flags="00000002")),				# interrupts are off
        (False, but(ppr="f0")),					# it handles a higher one
        (False, asleep, asleep, but(irr="(none)")),		# it was only late
        (False, asleep, but(rip="ffffffff81c17a0c"), asleep)):	# it ran meanwhile
    found = vm.lost_interrupt(Monitor(*states), 2)
    if bool(found) != expected:
        sys.exit("FAILED: %s: %s" % (states, found))
print(vm.lost_interrupt(Monitor(asleep), 2))
EOP
