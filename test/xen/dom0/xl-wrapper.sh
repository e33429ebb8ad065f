#!/bin/sh
# Stands in front of /usr/lib/xen-VERSION/bin/xl. QEMU's emulation reports a trapped RDTSC to a nested hypervisor in a
# way that Xen cannot use (`xl dmesg`: "SVM Insn len emulation failed"), so every guest of the lab reads the TSC
# itself. On real hardware nothing of this is needed, and relight does not know of it.
for word; do
  if [ "$word" = create ]; then exec "$0.real" "$@" 'tsc_mode="native"'; fi
done
exec "$0.real" "$@"
